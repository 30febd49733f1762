//! What fetches the document meets no fault, although it is the user's own client that is
//! instrumented. A process of its own, since it is the process's engine that fetches.

use std::time::Duration;

use aws_sdk_ssm::Client;
use chaos_core::Chaos;
use chaos_core::source::SsmSource;
use chaos_tests_aws::Service;
use serde_json::{Value, json};

fn parameter(document: &Value) -> String {
    json!({"Parameter": {"Name": "chaos", "Value": document.to_string()}}).to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_read_through_the_client_that_it_makes_fail() {
    let document = json!({
        "denied": {"mode": "denylist", "enabled": true, "point": "aws.*", "deny_list": [".*"]},
    });
    let service = Service::answering("application/x-amz-json-1.1", parameter(&document)).await;
    let client = Client::new(&service.config());
    let source = SsmSource::with_client(client.clone(), "chaos");
    let chaos = Chaos::from_env().source(source).cache_ttl(Duration::ZERO);
    chaos.fetch_timeout(Duration::from_secs(5)).init().await;
    assert_eq!(service.seen(), 1);

    // Three attempts, each of which has the document fetched anew, and none goes out itself.
    let own = || client.get_parameter().name("mine").send();
    let error = own().await.unwrap_err();
    assert!(error.as_service_error().is_none(), "{error:?}");
    assert_eq!(service.seen(), 4);

    service.answer(parameter(&json!({})));
    assert!(own().await.is_ok(), "it was switched off");
}
