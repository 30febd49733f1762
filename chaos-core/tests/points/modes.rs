//! What modes do at a named point, as they do at the handler.

use std::process::Command;
use std::time::Duration;

use chaos_core::testing::{Action, Scope};
use chaos_core::{InjectedError, inject_chaos};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::taken::{CORES, MEGABYTES, Taken};

/// What the tests below start as a process has this in its environment.
const CHILD: &str = "TEST_CHILD";

#[inject_chaos(point = "stock.count")]
async fn count() -> Result<Value, InjectedError> {
    Ok(json!({"statusCode": 200, "body": "seven"}))
}

fn at_the_point(mode: &str, mut flag: Value) -> Value {
    flag["enabled"] = json!(true);
    flag["point"] = json!("stock.*");
    json!({ mode: flag })
}

#[tokio::test]
async fn latency_is_waited_and_the_function_runs() {
    let start = std::time::Instant::now();
    let scope = Scope::new(&at_the_point("latency", json!({"min_latency": 50})));
    assert_eq!(scope.run(count()).await.unwrap()["body"], "seven");
    assert!(start.elapsed().as_millis() >= 50);
    assert_eq!(scope.injected(), ["latency"]);
}

#[tokio::test(start_paused = true)]
async fn with_phase_after_the_function_runs_and_then_it_waits() {
    #[inject_chaos(point = "stock.when")]
    async fn when() -> Result<Instant, InjectedError> {
        Ok(Instant::now())
    }
    let wait = Duration::from_secs(3);
    for (phase, before) in [("before", wait), ("after", Duration::ZERO)] {
        let flag = json!({"min_latency": 3_000, "phase": phase});
        let scope = Scope::new(&at_the_point("latency", flag));
        let start = Instant::now();
        let ran = scope.run(when()).await.unwrap();
        let near = |took: Duration, expected| took.abs_diff(expected).as_millis() < 5;
        assert!(near(ran - start, before), "{phase}: {:?}", ran - start);
        assert!(
            near(start.elapsed(), wait),
            "{phase}: {:?}",
            start.elapsed()
        );
    }
}

#[tokio::test]
async fn a_status_code_is_answered_where_the_type_carries_one() {
    let scope = Scope::new(&at_the_point("statuscode", json!({"status_code": 503})));
    assert_eq!(scope.run(count()).await.unwrap()["statusCode"], 503);
    let after = json!({"status_code": 503, "phase": "after"});
    let scope = Scope::new(&at_the_point("statuscode", after));
    let answer = scope.run(count()).await.unwrap();
    assert_eq!(answer, json!({"statusCode": 503, "body": "seven"}));
}

#[tokio::test]
async fn disk_memory_and_cores_are_taken_and_given_back() {
    #[inject_chaos(point = "stock.hold")]
    async fn hold() -> Result<Taken, InjectedError> {
        // A thread has its name once it runs.
        while Taken::now().cores < CORES {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(Taken::now())
    }
    let mut document = at_the_point("diskspace", json!({"disk_space": MEGABYTES}));
    document["memory"] = at_the_point("memory", json!({"memory_mb": MEGABYTES}))["memory"].clone();
    document["cpu"] = at_the_point("cpu", json!({"cpu_threads": CORES}))["cpu"].clone();
    let modes = ["diskspace", "memory", "cpu"];
    let scope = Scope::allowing(&document, &modes);
    let before = Taken::now();
    let held = scope.run(hold()).await.unwrap();
    if cfg!(target_os = "linux") {
        held.assert_more_than(&before);
        assert!(Taken::now().disk < MEGABYTES);
    }
    let decisions = scope.decisions().into_iter();
    let decisions: Vec<_> = decisions.map(|own| (own.action, own.mode)).collect();
    let all = |action| modes.map(|mode| (action, mode));
    assert_eq!(
        decisions,
        [all(Action::Inject), all(Action::Clear)].concat()
    );
}

#[cfg(all(feature = "dns", target_os = "linux", target_env = "gnu"))]
#[tokio::test]
async fn names_are_denied_while_it_runs() {
    #[inject_chaos(point = "stock.find")]
    async fn resolves() -> Result<bool, InjectedError> {
        Ok(tokio::net::lookup_host(("localhost", 80)).await.is_ok())
    }
    let list = json!({"deny_list": ["^localhost$"]});
    let scope = Scope::new(&at_the_point("denylist", list));
    assert!(!scope.run(resolves()).await.unwrap());
    assert!(resolves().await.unwrap());
}

#[tokio::test]
async fn panic_is_one_if_it_is_allowed() {
    let document = at_the_point("panic", json!({}));
    let scope = Scope::allowing(&document, &["panic"]);
    let ended = tokio::spawn(async move { scope.run(count()).await }).await;
    assert!(ended.unwrap_err().is_panic());
    let unnamed = Scope::new(&document);
    assert!(unnamed.run(count()).await.is_ok());
}

/// In a process of its own, which is this test once more.
#[tokio::test]
async fn exit_ends_the_process() {
    if std::env::var_os(CHILD).is_some() {
        let _never = count().await;
        return;
    }
    let document = at_the_point("exit", json!({"exit_code": 42}));
    let mut child = Command::new(std::env::current_exe().expect("this test"));
    child
        .args(["--exact", "modes::exit_ends_the_process"])
        .env(CHILD, "1")
        .env("CHAOS_CONFIG", document.to_string())
        .env("CHAOS_ALLOW", "exit");
    let status = child.output().expect("a process").status;
    assert_eq!(status.code(), Some(42));
}
