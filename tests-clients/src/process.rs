//! Modes that are about the process, at the call of a client: for tests of any seam.

use std::env;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use chaos_core::testing::{Action, Scope};
use serde_json::{Value, json};

use crate::taken::{CORES, MEGABYTES, Taken};

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
        "diskspace": {"enabled": true, "point": points, "disk_space": MEGABYTES},
        "memory": {"enabled": true, "point": points, "memory_mb": MEGABYTES},
        "cpu": {"enabled": true, "point": points, "cpu_threads": CORES},
        // So that there is time to look at what is taken.
        "latency": {"enabled": true, "point": points, "phase": "after", "min_latency": 200},
    });
    let allowed = ["diskspace", "memory", "cpu", "latency"];
    let scope = Scope::allowing(&document, &allowed);
    let before = Taken::now();
    let (made, most) = most_while(scope.run(call())).await;
    assert!(made, "the call is made");
    most.assert_more_than(&before);
    assert!(Taken::now().disk < MEGABYTES);
    let decisions = scope.decisions().into_iter();
    let decisions = decisions.filter(|own| own.mode != "latency");
    let decisions: Vec<_> = decisions.map(|own| (own.action, own.mode)).collect();
    let all = |action| modes.map(|mode| (action, mode));
    assert_eq!(
        decisions,
        [all(Action::Inject), all(Action::Clear)].concat()
    );
}

/// The most of each that is taken while it runs.
async fn most_while<T>(running: impl Future<Output = T>) -> (T, Taken) {
    let ended = Arc::new(AtomicBool::new(false));
    let watched = Arc::clone(&ended);
    let watch = thread::spawn(move || {
        let mut most = Taken::default();
        while !watched.load(Ordering::SeqCst) {
            let now = Taken::now();
            most.disk = most.disk.max(now.disk);
            most.memory = most.memory.max(now.memory);
            most.cores = most.cores.max(now.cores);
            thread::sleep(Duration::from_millis(2));
        }
        most
    });
    let output = running.await;
    ended.store(true, Ordering::SeqCst);
    (output, watch.join().expect("it watches"))
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
