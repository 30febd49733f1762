//! Mode `denylist`: while every name is denied, the document is read with the real SSM client, by
//! an endpoint with a name, and chaos is switched off.

use std::sync::Arc;
use std::time::Duration;

use chaos_local::{Behaviour, ParameterStore};
use chaos_tests::{PARAMETER, Running, function};
use serde_json::{Value, json};
use tokio::time::sleep;

/// Longer than the document is fresh, and less than twice that.
const STALE: Duration = Duration::from_millis(1_300);

/// Longer than all else in a test.
const LONG: Duration = Duration::from_secs(6);

fn document(enabled: bool) -> String {
    json!({"denylist": {"enabled": enabled, "deny_list": [".*"]}}).to_string()
}

async fn start(params: &ParameterStore, client: &str) -> Arc<Running> {
    let endpoint = format!("http://localhost:{}", params.address().port());
    let launch = function!("names")
        .parameter(params)
        .env("TEST_CLIENT", client);
    let launch = launch.env("AWS_ENDPOINT_URL_SSM", endpoint);
    let running = launch.env("AWS_LAMBDA_MAX_CONCURRENCY", "4").start().await;
    Arc::new(running)
}

/// An invocation that lasts that long before it looks the name up.
fn invoke(function: &Arc<Running>, wait: Duration) -> tokio::task::JoinHandle<Value> {
    let function = Arc::clone(function);
    let wait_ms = u64::try_from(wait.as_millis()).expect("a few");
    tokio::spawn(async move { function.answer(json!({"wait_ms": wait_ms})).await })
}

/// Has the next fetch connect anew, which takes a lookup.
async fn cut_connections(params: &ParameterStore) {
    params.behave(Behaviour::Refuse).await.expect("cut");
    params.behave(Behaviour::Normal).await.expect("open again");
}

async fn is_read_and_switched_off_with(client: &str) {
    let params = ParameterStore::start().await.expect("a store");
    params.put(PARAMETER, &document(true)).expect("it fits");
    let function = start(&params, client).await;
    let denied =
        json!({"failed": "failed to lookup address information: Name or service not known"});
    assert_eq!(function.answer(json!({})).await, denied);

    // Names are denied all the while, by this one, when the next one has the document fetched.
    let long = invoke(&function, LONG);
    sleep(STALE).await;
    cut_connections(&params).await;
    let reads = params.count("GetParameter");
    params.put(PARAMETER, &document(false)).expect("it fits");
    assert_eq!(function.answer(json!({})).await, denied);
    params.arrived("GetParameter", reads + 1).await;
    function
        .line("that it is off", |line| line.is_action("clear"))
        .await;
    assert!(!long.is_finished(), "names were denied until here");

    assert_eq!(long.await.expect("an answer"), denied);
    let back = function.answer(json!({})).await;
    assert_eq!(back, json!({"failed": null}), "{}", function.story());
    assert!(function.troubles().is_empty(), "{}", function.story());
}

#[tokio::test]
async fn the_document_is_read_with_the_built_in_client() {
    is_read_and_switched_off_with("built in").await;
}

#[tokio::test]
async fn the_document_is_read_with_a_client_of_the_users_own() {
    is_read_and_switched_off_with("own").await;
}
