//! Modes `panic` and `exit`, the latter in a process of its own.

use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use chaos_core::inject_chaos;
use chaos_core::testing::{Action, Scope};
use lambda_runtime::Error;

use super::*;

static RUNS: AtomicUsize = AtomicUsize::new(0);

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    RUNS.fetch_add(1, Ordering::Relaxed);
    print!("the work is done;");
    Ok(event.payload)
}

/// What the tests below start as a process, with the environment that they give it.
#[test]
fn child() {
    if std::env::var_os("TEST_CHILD").is_none() {
        return;
    }
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        for _ in 0..2 {
            let ended = tokio::spawn(handler(unending())).await;
            let panicked = ended.is_err_and(|error| error.is_panic());
            let runs = RUNS.load(Ordering::Relaxed);
            println!("panicked: {panicked}, runs: {runs}");
        }
    });
}

/// A process in which that document is in force, and exactly these modes are allowed.
fn process(document: &Value, allow: Option<&str>) -> Output {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command
        .args(["--exact", "ending::child", "--nocapture"])
        .env("TEST_CHILD", "1")
        .env("CHAOS_CONFIG", document.to_string());
    if let Some(allow) = allow {
        command.env("CHAOS_ALLOW", allow);
    }
    command.output().expect("a process")
}

/// The fields of the first event of that action.
fn event(output: &Output, action: &str) -> Value {
    let text = String::from_utf8_lossy(&output.stderr);
    let mut events = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let event = events.find(|event: &Value| event["action"] == action);
    event.unwrap_or_else(|| panic!("no {action} in {text}"))
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn exit_ends_the_process_with_its_code_after_saying_so() {
    let document = json!({"exit": {"enabled": true, "exit_code": 42}});
    let output = process(&document, Some("exit"));
    assert_eq!(output.status.code(), Some(42), "{output:?}");
    assert!(!printed(&output).contains("runs:"), "{output:?}");
    assert!(!printed(&output).contains("the work"), "{output:?}");
    let event = event(&output, "inject");
    assert_eq!(
        (&event["mode"], &event["exit_code"]),
        (&json!("exit"), &json!(42))
    );
}

#[test]
fn exit_after_the_work_lets_its_output_out() {
    let document = json!({"exit": {"enabled": true, "exit_code": 0, "phase": "after"}});
    let output = process(&document, Some("exit"));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(
        printed(&output).ends_with("the work is done;"),
        "{output:?}"
    );
}

#[test]
fn panic_ends_the_call_and_not_the_process() {
    let document = json!({"panic": {"enabled": true, "exception_msg": "oh no", "limit": 1}});
    let output = process(&document, Some("panic"));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(
        printed(&output).contains("panicked: true, runs: 0"),
        "{output:?}"
    );
    assert!(
        printed(&output).contains("panicked: false, runs: 1"),
        "{output:?}"
    );
    let event = event(&output, "inject");
    assert_eq!(
        (&event["mode"], &event["detail"]),
        (&json!("panic"), &json!("oh no"))
    );
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("\noh no\n"),
        "{output:?}"
    );
}

#[test]
fn what_is_not_named_ends_nothing() {
    for (mode, allow) in [
        ("panic", None),
        ("exit", None),
        ("exit", Some("panic")),
        ("panic", Some("exit")),
    ] {
        let output = process(&json!({mode: {"enabled": true}}), allow);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(
            printed(&output).contains("panicked: false, runs: 2"),
            "{output:?}"
        );
        assert_eq!(event(&output, "block")["mode"], mode);
    }
}

#[test]
fn a_dry_run_ends_nothing() {
    let document = json!({
        "settings": {"dry_run": true}, "panic": {"enabled": true}, "exit": {"enabled": true},
    });
    let output = process(&document, Some("panic,exit"));
    assert!(
        printed(&output).contains("panicked: false, runs: 2"),
        "{output:?}"
    );
    assert_eq!(event(&output, "dryrun")["mode"], "panic");
}

#[test]
fn a_function_that_is_not_async_panics_after_its_work_too() {
    #[inject_chaos(point = "store.get")]
    fn get() -> usize {
        7
    }
    let document = json!({"panic": {"enabled": true, "point": "store.*", "phase": "after"}});
    let scope = Scope::allowing(&document, &["panic"]);
    let call = std::panic::AssertUnwindSafe(|| scope.run_blocking(get));
    let panic = std::panic::catch_unwind(call).expect_err("a panic");
    let message = panic.downcast_ref::<String>().expect("a text");
    assert_eq!(message, "Injected panic");
    assert_eq!(scope.decisions()[0].action, Action::Inject);
}
