//! Mode `denylist`: a client fails as it does where a name does not exist, and works again in the
//! next invocation. While every name is denied, the document is read with the real SSM client, by an
//! endpoint with a name, and chaos is switched off.

use std::sync::Arc;
use std::time::Duration;

use chaos_local::{Behaviour, ParameterStore};
use chaos_tests::host::{self, Host};
use chaos_tests::{Launch, PARAMETER, Running, function};
use serde_json::{Value, json};
use tokio::time::sleep;

/// Longer than the document is fresh, and less than twice that.
const STALE: Duration = Duration::from_millis(1_300);

/// Longer than all else in a test.
const LONG: Duration = Duration::from_secs(6);

/// What the resolver says of a name that does not exist.
const UNKNOWN: &str = "failed to lookup address information: Name or service not known";

fn document(enabled: bool) -> String {
    json!({"denylist": {"enabled": enabled, "deny_list": [".*"]}}).to_string()
}

fn launch(params: &ParameterStore, handler: &str) -> Launch {
    let endpoint = format!("http://localhost:{}", params.address().port());
    function!(handler)
        .parameter(params)
        .env("AWS_ENDPOINT_URL_SSM", endpoint)
        .env("AWS_LAMBDA_MAX_CONCURRENCY", "4")
}

/// An invocation that lasts that long before it needs the name.
fn invoke(
    function: &Arc<Running>,
    mut event: Value,
    wait: Duration,
) -> tokio::task::JoinHandle<Value> {
    let function = Arc::clone(function);
    event["wait_ms"] = u64::try_from(wait.as_millis()).expect("a few").into();
    tokio::spawn(async move { function.answer(event).await })
}

/// Has the next fetch connect anew, which takes a lookup.
async fn cut_connections(params: &ParameterStore) {
    params.behave(Behaviour::Refuse).await.expect("cut");
    params.behave(Behaviour::Normal).await.expect("open again");
}

/// `denied` and `back` are what the event comes to while names are denied, and after.
async fn is_read_and_switched_off(
    params: &ParameterStore,
    function: Launch,
    event: &Value,
    is_denied: fn(&Value) -> bool,
    back: Value,
) {
    params.put(PARAMETER, &document(true)).expect("it fits");
    let function = Arc::new(function.start().await);
    let assert_denied = |answer: &Value| {
        assert!(is_denied(answer), "{answer}\n{}", function.story());
    };
    assert_denied(&function.answer(event.clone()).await);

    // Names are denied all the while, by this one, when the next one has the document fetched.
    let long = invoke(&function, event.clone(), LONG);
    sleep(STALE).await;
    cut_connections(params).await;
    let reads = params.count("GetParameter");
    params.put(PARAMETER, &document(false)).expect("it fits");
    assert_denied(&function.answer(event.clone()).await);
    params.arrived("GetParameter", reads + 1).await;
    function
        .line("that it is off", |line| line.is_action("clear"))
        .await;
    assert!(!long.is_finished(), "names were denied until here");

    assert_denied(&long.await.expect("an answer"));
    let answer = function.answer(event.clone()).await;
    assert_eq!(answer, back, "{}", function.story());
    assert!(function.troubles().is_empty(), "{}", function.story());
}

async fn is_read_and_switched_off_with(client: &str) {
    let params = ParameterStore::start().await.expect("a store");
    let function = launch(&params, "names").env("TEST_CLIENT", client);
    let is_denied = |answer: &Value| answer["failed"] == UNKNOWN;
    let back = json!({"failed": null});
    is_read_and_switched_off(&params, function, &json!({}), is_denied, back).await;
}

#[tokio::test]
async fn the_document_is_read_with_the_built_in_client() {
    is_read_and_switched_off_with("built in").await;
}

#[tokio::test]
async fn the_document_is_read_with_a_client_of_the_users_own() {
    is_read_and_switched_off_with("own").await;
}

/// The last of what the client says is the resolver's.
fn resolver_says(answer: &Value) -> &Value {
    let said = answer["failed"]["says"].as_array();
    said.and_then(|said| said.last()).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn the_document_is_read_while_the_functions_http_client_is_denied_every_name() {
    let params = ParameterStore::start().await.expect("a store");
    let host = Host::start().await;
    let event = json!({"url": host.url("localhost")});
    let is_denied = |answer: &Value| resolver_says(answer) == UNKNOWN;
    let back = json!({"answered": host::ANSWER});
    let function = launch(&params, "asks");
    is_read_and_switched_off(&params, function, &event, is_denied, back).await;
    assert_eq!(host.asked(), 1, "once, when chaos was off");
}

/// An HTTP client of the function's own tells no difference: the one error is as the other, what
/// the resolver says aside, as a machine without a name server says of a real name that it cannot be
/// told now.
#[tokio::test]
async fn an_http_client_fails_as_for_a_name_that_does_not_exist() {
    let host = Host::start().await;
    let document = json!({"denylist": {"enabled": true, "deny_list": ["^localhost$"], "limit": 1}});
    let function = function!("asks").document(&document);
    // Whoever has a name server that does not answer shall not wait for it.
    let function = function.env("RES_OPTIONS", "timeout:1 attempts:1");
    let function = function.start().await;
    let ask = |name: &str| function.answer(json!({"url": host.url(name)}));

    let mut denied = ask("localhost").await;
    assert_eq!(host.asked(), 0, "it was denied");
    let answered = ask("localhost").await;
    assert_eq!(
        answered,
        json!({"answered": host::ANSWER}),
        "in the next invocation it works\n{}",
        function.story()
    );

    let mut unknown = ask("nowhere.invalid").await;
    assert_eq!(*resolver_says(&denied), UNKNOWN, "{denied}");
    for answer in [&mut denied, &mut unknown] {
        let said = answer["failed"]["says"].as_array_mut();
        let resolver = said.and_then(Vec::pop).expect("it fails");
        let resolver = resolver.as_str().expect("a text");
        assert!(
            resolver.starts_with("failed to lookup address information: "),
            "{resolver}"
        );
    }
    assert_eq!(denied, unknown);
    assert_eq!(denied["failed"]["is_connect"], true, "{denied}");
    assert_eq!(function.actions("inject").len(), 1, "{}", function.story());
}
