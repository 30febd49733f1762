//! The same for documents that are in a file or in the environment.

use chaos_tests::document::is_on;
use chaos_tests::{Launch, Running, function};
use serde_json::json;

/// The handler's own answer comes back, and one line says why, however often it is invoked.
async fn is_no_chaos(launch: Launch, why: &str) {
    let function = launch.start().await;
    for _ in 0..20 {
        assert!(!is_now_on(&function).await, "{}", function.story());
    }
    function.settle().await;
    let troubles = function.troubles();
    assert_eq!(troubles.len(), 1, "{why}\n{}", function.story());
    let message = troubles[0].field("message");
    assert!(message.contains(why), "{message}");
}

async fn is_now_on(function: &Running) -> bool {
    is_on(&function.answer(json!({})).await)
}

#[tokio::test]
async fn garbage_in_the_environment() {
    for garbage in ["{", "null", "enabled: true", "\"{}\""] {
        let launch = function!("value").env("CHAOS_CONFIG", garbage);
        is_no_chaos(launch, "environment variable CHAOS_CONFIG").await;
    }
}

#[tokio::test]
async fn a_setting_that_is_none() {
    let document = json!({
        "settings": {"dry_runn": true},
        "statuscode": {"enabled": true, "status_code": 503}
    });
    is_no_chaos(function!("value").document(&document), "dry_run").await;
}

#[tokio::test]
async fn no_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("chaos.json");
    // read anew at each invocation, and said once all the same
    let launch = function!("value").file(&file).env("CHAOS_CACHE_TTL", "0");
    is_no_chaos(launch, "chaos.json").await;
}

#[tokio::test]
async fn a_folder_instead_of_a_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let launch = function!("value")
        .file(directory.path())
        .env("CHAOS_CACHE_TTL", "0");
    is_no_chaos(launch, "is not a regular file").await;
}

/// An invalid flag is skipped and the valid ones stay.
#[tokio::test]
async fn one_bad_flag_among_good_ones() {
    let document = json!({
        "latency": {"enabled": true, "min_latencyy": 100},
        "statuscode": {"enabled": true, "status_code": 503}
    });
    let function = function!("value").document(&document).start().await;
    assert!(is_now_on(&function).await, "{}", function.story());
    let line = function
        .line("what is wrong", |line| line.field("level") == "WARN")
        .await;
    let message = line.field("message");
    assert!(message.contains("min_latency"), "{message}");
}
