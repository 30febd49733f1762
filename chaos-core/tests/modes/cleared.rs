//! What was taken is said to be given back, once, however the call ends.

use chaos_core::inject_chaos;
use chaos_core::testing::{Action, Decision, Scope};
use lambda_runtime::Error;
use tokio::sync::Notify;

use super::*;

/// A handler has begun that only a cancellation ends.
static WAITS: Notify = Notify::const_new();

/// Two flags that take something, and one that does not.
fn taking() -> Scope {
    let document = json!({
        "latency": {"enabled": true, "min_latency": 1},
        "diskspace": {"enabled": true, "disk_space": 1},
        "cpu": {"enabled": true, "cpu_ms": 20, "cpu_threads": 1},
    });
    Scope::allowing(&document, &["latency", "diskspace", "cpu"])
}

#[inject_chaos]
async fn ends(how: &str) -> Result<(), Error> {
    match how {
        "error" => Err("its own".into()),
        "panic" => panic!("its own"),
        "cancelled" => {
            WAITS.notify_one();
            std::future::pending().await
        }
        _ => Ok(()),
    }
}

#[inject_chaos]
fn ends_blocking() {}

fn actions(decisions: &[Decision]) -> Vec<(Action, &'static str)> {
    let told = decisions.iter();
    told.map(|decision| (decision.action, decision.mode))
        .collect()
}

fn check(scope: &Scope) {
    let decisions = scope.decisions();
    assert_eq!(
        actions(&decisions),
        [
            (Action::Inject, "latency"),
            (Action::Inject, "diskspace"),
            (Action::Inject, "cpu"),
            (Action::Clear, "diskspace"),
            (Action::Clear, "cpu"),
        ]
    );
    // The same figures as when it was taken.
    for (taken, cleared) in [(1, 3), (2, 4)] {
        let mut taken: Decision = decisions[taken].clone();
        taken.action = Action::Clear;
        taken.message = None;
        assert_eq!(decisions[cleared], taken);
    }
    assert_eq!(decisions[3].disk_mb, Some(1));
    assert_eq!(scope.injected(), ["latency", "diskspace", "cpu"]);
}

#[tokio::test]
async fn after_a_return_and_after_an_error() {
    for how in ["return", "error"] {
        let scope = taking();
        assert_eq!(scope.run(ends(how)).await.is_ok(), how == "return");
        check(&scope);
    }
}

#[tokio::test]
async fn after_a_panic() {
    let scope = taking();
    let call = scope.clone();
    let call = tokio::spawn(async move { call.run(ends("panic")).await });
    assert!(call.await.is_err_and(|error| error.is_panic()));
    check(&scope);
}

#[tokio::test]
async fn after_a_cancellation() {
    let scope = taking();
    tokio::select! {
        _ = scope.run(ends("cancelled")) => panic!("it does not end by itself"),
        () = WAITS.notified() => {}
    }
    check(&scope);
}

#[test]
fn after_a_function_that_blocks() {
    let scope = taking();
    scope.run_blocking(ends_blocking);
    check(&scope);
}

#[tokio::test]
async fn nothing_is_cleared_that_was_not_taken() {
    let document = json!({"diskspace": {"enabled": true, "disk_space": 1}});
    let scope = Scope::dry_run(&document);
    assert!(scope.run(ends("return")).await.is_ok());
    assert_eq!(actions(&scope.decisions()), [(Action::DryRun, "diskspace")]);
}
