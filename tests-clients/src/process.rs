//! Modes that are about the process, at the call of a client: for tests of any seam.

use std::env;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::process::Command;
use std::task::Poll;

use chaos_core::testing::{Action, Scope};
use serde_json::{Value, json};

/// Set in the environment of the process that [`exits`] starts.
const CHILD: &str = "CHAOS_TESTS_CHILD";

/// Modes that take something of the process: it is taken for a call, given back after it, and the call
/// is made.
///
/// # Panics
///
/// If it is not so.
pub async fn takes(points: &str, call: impl AsyncFn() -> bool) {
    let modes = ["diskspace", "memory", "cpu"];
    let document = json!({
        "diskspace": {"enabled": true, "point": points, "disk_space": 1},
        "memory": {"enabled": true, "point": points, "memory_mb": 1},
        "cpu": {"enabled": true, "point": points, "cpu_threads": 1},
    });
    let scope = Scope::allowing(&document, &modes);
    assert!(scope.run(call()).await, "the call is made");
    let decisions = scope.decisions().into_iter();
    let decisions: Vec<_> = decisions.map(|own| (own.action, own.mode)).collect();
    let all = |action| modes.map(|mode| (action, mode));
    assert_eq!(
        decisions,
        [all(Action::Inject), all(Action::Clear)].concat()
    );
}

/// Mode `panic`: the call panics, and only if that is allowed.
///
/// # Panics
///
/// If it is not so.
pub async fn panics(points: &str, call: impl AsyncFn() -> bool) {
    let document = json!({"panic": {"enabled": true, "point": points}});
    let scope = Scope::allowing(&document, &["panic"]);
    let mut panicking = pin!(scope.run(call()));
    let panicked =
        poll_fn(
            |cx| match catch_unwind(AssertUnwindSafe(|| panicking.as_mut().poll(cx))) {
                Ok(poll) => poll.map(|_| false),
                Err(_) => Poll::Ready(true),
            },
        );
    assert!(panicked.await, "it panics");
    let unnamed = Scope::new(&document);
    assert!(unnamed.run(call()).await, "it takes its name");
}

/// Mode `exit`: the process ends. It is the test of that name once more, in a process of its own, in
/// which the call is made.
///
/// # Panics
///
/// If it does not end.
pub async fn exits(points: &str, test: &str, call: impl AsyncFn() -> bool) {
    if env::var_os(CHILD).is_some() {
        call().await;
        return;
    }
    let document: Value = json!({"exit": {"enabled": true, "point": points, "exit_code": 42}});
    let output = Command::new(env::current_exe().expect("this test"))
        .args(["--exact", test])
        .env(CHILD, "1")
        .env("CHAOS_CONFIG", document.to_string())
        .env("CHAOS_ALLOW", "exit")
        .output()
        .expect("a process");
    assert_eq!(output.status.code(), Some(42), "{output:?}");
}
