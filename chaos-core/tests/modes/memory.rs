//! Mode `memory`: it is resident while the function runs, and back however that ends.

use std::process::Command;

use chaos_core::inject_chaos;
use chaos_core::testing::{Action, Scope};
use lambda_runtime::Error;
use tokio::sync::{Mutex, Notify};

use super::*;

/// One at a time: each looks at the memory of the same process.
static MEMORY: Mutex<()> = Mutex::const_new(());
/// A handler has begun that only a cancellation ends.
static WAITS: Notify = Notify::const_new();
const MEGABYTES: u64 = 400;

fn taking() -> Scope {
    let document = json!({"memory": {"enabled": true, "memory_mb": MEGABYTES}});
    Scope::allowing(&document, &["memory"])
}

/// Without what is mapped from files, as the debug information is for a backtrace.
fn resident_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let mut lines = status.lines();
    let kilobytes =
        lines.find_map(|line| line.strip_prefix("RssAnon:")?.trim().strip_suffix(" kB"));
    let kilobytes: u64 = kilobytes.expect("its line").parse().expect("a number");
    kilobytes / 1024
}

/// Whether it is taken, by half of what was asked for either way.
fn taken(before: u64) -> bool {
    resident_megabytes() > before + MEGABYTES / 2
}

#[inject_chaos]
async fn ends(how: &str, before: u64) -> Result<(), Error> {
    assert!(taken(before), "the memory is taken while the handler runs");
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

async fn memory_is_back_after(how: &'static str) {
    let _one = MEMORY.lock().await;
    let before = resident_megabytes();
    let call = tokio::spawn(async move {
        let scope = taking();
        tokio::select! {
            _ = scope.run(ends(how, before)) => assert_ne!(how, "cancelled"),
            () = WAITS.notified() => assert_eq!(how, "cancelled"),
        }
        assert_eq!(scope.decisions()[0].memory_mb, Some(MEGABYTES));
    });
    assert_eq!(call.await.is_err(), how == "panic");
    assert!(!taken(before), "the memory is back");
}

#[tokio::test]
async fn after_a_return() {
    memory_is_back_after("return").await;
}

#[tokio::test]
async fn after_an_error() {
    memory_is_back_after("error").await;
}

#[tokio::test]
async fn after_a_panic() {
    memory_is_back_after("panic").await;
}

#[tokio::test]
async fn after_a_cancellation() {
    memory_is_back_after("cancelled").await;
}

#[test]
fn in_a_function_that_is_not_async() {
    #[inject_chaos(point = "store.get")]
    fn get(before: u64) -> bool {
        taken(before)
    }
    let _one = MEMORY.blocking_lock();
    let document = json!({"memory": {
        "enabled": true, "memory_mb": MEGABYTES, "point": "store.*",
    }});
    let scope = Scope::allowing(&document, &["memory"]);
    let before = resident_megabytes();
    assert!(scope.run_blocking(|| get(before)));
    assert!(!taken(before), "the memory is back");
}

#[tokio::test]
async fn neither_a_dry_run_nor_what_is_not_named_takes_any() {
    #[inject_chaos]
    async fn handler(before: u64) -> Result<bool, Error> {
        Ok(taken(before))
    }
    let _one = MEMORY.lock().await;
    let dry = json!({
        "settings": {"dry_run": true}, "memory": {"enabled": true, "memory_mb": MEGABYTES},
    });
    let wet = json!({"memory": {"enabled": true, "memory_mb": MEGABYTES}});
    for (scope, action) in [
        (Scope::allowing(&dry, &["memory"]), Action::DryRun),
        (Scope::new(&wet), Action::Block),
    ] {
        let before = resident_megabytes();
        assert!(!scope.run(handler(before)).await.expect("an answer"));
        assert_eq!(scope.decisions()[0].action, action);
        assert_eq!(scope.decisions()[0].memory_mb, Some(MEGABYTES));
    }
}

/// What the next test starts as a process that may have little memory.
#[tokio::test]
async fn child() {
    #[inject_chaos]
    async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
        Ok(event.payload)
    }
    if std::env::var_os("TEST_CHILD").is_none() {
        return;
    }
    let document = json!({"memory": {"enabled": true, "memory_mb": 10_240}});
    let scope = Scope::allowing(&document, &["memory"]);
    scope.run(handler(unending())).await.expect("an answer");
    let decision = &scope.decisions()[0];
    println!("{}: {:?}", decision.action, decision.message);
}

#[test]
fn memory_that_is_refused_is_reported_and_the_function_runs() {
    let output = Command::new("sh")
        .args([
            "-c",
            "ulimit -v 4000000 && exec \"$0\" --exact memory::child --nocapture",
        ])
        .arg(std::env::current_exe().expect("this test"))
        .env("TEST_CHILD", "1")
        .output()
        .expect("a process");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(
        printed.contains("error: Some(\"no 10240 MB of memory"),
        "{output:?}"
    );
}
