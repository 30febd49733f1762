//! The modes that do at an AWS call what they do at any point, and the one that does nothing there.

use std::process::Command;

use chaos_core::testing::{Action, Scope};
use chaos_tests_clients::process;
use serde_json::{Value, json};

use crate::table::{Table, is_real, scope};

/// A scope in which this mode may be used, at every call of DynamoDB.
fn allowing(mode: &str, mut flag: Value) -> Scope {
    flag["mode"] = json!(mode);
    flag["enabled"] = json!(true);
    flag["point"] = json!("aws.dynamodb.*");
    Scope::allowing(&json!({"flag": flag}), &[mode])
}

#[tokio::test]
async fn disk_memory_and_cores_are_taken_and_given_back() {
    let table = Table::new().await;
    let call = async || is_real(&table.get().await);
    process::takes("aws.dynamodb.*", call).await;
}

#[tokio::test]
async fn what_is_taken_is_given_back_when_the_attempt_ends() {
    for (mode, figure) in [
        ("diskspace", json!({"disk_space": 4})),
        ("memory", json!({"memory_mb": 4})),
        ("cpu", json!({"cpu_threads": 1, "cpu_ms": 5_000})),
    ] {
        let table = Table::new().await;
        let scope = allowing(mode, figure);
        let got = scope.run(table.get()).await;
        assert!(is_real(&got), "{mode}: {got:?}");
        let decisions = scope.decisions();
        let actions: Vec<Action> = decisions.iter().map(|made| made.action).collect();
        assert_eq!(actions, [Action::Inject, Action::Clear], "{mode}");
        let taken = &decisions[0];
        match mode {
            "diskspace" => assert_eq!(taken.disk_mb, Some(4)),
            "memory" => assert_eq!(taken.memory_mb, Some(4)),
            _ => assert_eq!(taken.cpu_threads, Some(1)),
        }
        assert_eq!(table.service.seen(), 1, "{mode}");
    }
}

#[tokio::test]
async fn panic_is_one_of_whoever_calls() {
    for (phase, seen) in [("before", 0), ("after", 1)] {
        let table = Table::new().await;
        let scope = allowing("panic", json!({"phase": phase}));
        let client = table.client.clone();
        let call = scope.run(async move { client.list_tables().send().await.is_ok() });
        let ended = tokio::spawn(call).await;
        assert!(ended.is_err_and(|error| error.is_panic()), "{phase}");
        assert_eq!(table.service.seen(), seen, "{phase}");
    }
}

/// What the test below starts as a process.
#[tokio::test]
async fn child() {
    if std::env::var_os("TEST_CHILD").is_none() {
        return;
    }
    chaos_core::init().await;
    let table = Table::new().await;
    let _got = table.get().await;
    println!("it lives, {} requests", table.service.seen());
}

#[test]
fn exit_ends_the_process_before_the_call_goes_out() {
    let document = json!({"exit": {"enabled": true, "exit_code": 42, "point": "aws.*"}});
    let ended = |allow: &str| {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        let command = command
            .args(["--exact", "anywhere::child", "--nocapture"])
            .env("TEST_CHILD", "1")
            .env("CHAOS_CONFIG", document.to_string())
            .env("CHAOS_ALLOW", allow);
        let output = command.output().expect("a process");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), printed)
    };
    let (code, printed) = ended("exit");
    assert_eq!(code, Some(42), "{printed}");
    assert!(!printed.contains("it lives"), "{printed}");
    let (code, printed) = ended("latency");
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("it lives, 1 requests"), "{printed}");
}

#[tokio::test]
async fn duplicate_is_nothing_and_the_log_says_so() {
    let table = Table::new().await;
    let scope = scope(json!({"mode": "duplicate"}));
    assert!(is_real(&scope.run(table.get()).await));
    assert_eq!(table.service.seen(), 1);
    let decision = &scope.decisions()[0];
    assert_eq!(decision.action, Action::Error);
    let why = decision.message.as_deref().unwrap_or_default();
    assert!(why.contains("only a handler is run twice"), "{why}");
}
