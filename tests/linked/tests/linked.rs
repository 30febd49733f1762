//! The function, as it was built: names are denied while the document says so, other faults are
//! injected, and all is as before when it no longer does.

use std::path::PathBuf;
use std::time::Duration;

use chaos_local::{Function, Reply};
use serde_json::{Value, json};

/// The function that `cargo xtask proof --only lto` built, or else the one that cargo built for this
/// test.
fn program() -> PathBuf {
    let built = std::env::var_os("CHAOS_TESTS_LINKED");
    built.map_or_else(|| env!("CARGO_BIN_EXE_chaos-linked").into(), PathBuf::from)
}

async fn invoked(document: &Value) -> (Reply, Reply) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("chaos.json");
    std::fs::write(&file, document.to_string()).expect("written");
    let function = Function::builder("linked")
        .timeout(Duration::from_mins(1))
        .init_timeout(Duration::from_mins(1))
        .env("CHAOS_CONFIG_FILE", &file)
        .env("CHAOS_CACHE_TTL", "0")
        .env("CHAOS_FETCH_TIMEOUT_MS", "60000")
        .env("CHAOS_ALLOW", "denylist,latency,statuscode,exception,panic")
        .start(program())
        .await
        .expect("it starts");
    let invoke = async || function.invoke(json!({})).await.expect("an answer");
    let during = invoke().await;
    std::fs::write(&file, "{}").expect("written");
    (during, invoke().await)
}

fn answer(reply: &Reply) -> Value {
    reply.payload().expect("JSON")
}

#[track_caller]
fn assert_resolves(reply: &Reply) {
    let answer = answer(reply);
    assert!(answer["addresses"].as_u64() > Some(0), "{answer}");
}

#[tokio::test]
async fn names_are_denied_and_resolve_again() {
    let document = json!({ "denylist": { "enabled": true, "deny_list": ["^localhost$"] } });
    let (during, after) = invoked(&document).await;
    let error = answer(&during)["error"].as_str().map(str::to_owned);
    assert!(
        error.is_some_and(|error| error.contains("Name or service not known")),
        "{}",
        answer(&during)
    );
    assert_resolves(&after);
}

#[tokio::test]
async fn other_names_resolve() {
    let document = json!({ "denylist": { "enabled": true, "deny_list": ["^example"] } });
    let (during, after) = invoked(&document).await;
    assert_resolves(&during);
    assert_resolves(&after);
}

#[tokio::test]
async fn an_error_and_a_status_code_are_injected() {
    let exception = json!({ "exception": { "enabled": true, "exception_msg": "injected here" } });
    let (during, after) = invoked(&exception).await;
    let error = during.payload().expect_err("an error");
    assert_eq!(error.error_message, "injected here");
    assert_resolves(&after);
    let (during, after) = invoked(&json!({ "statuscode": { "enabled": true } })).await;
    assert_eq!(answer(&during)["statusCode"], 500);
    assert_resolves(&after);
}
