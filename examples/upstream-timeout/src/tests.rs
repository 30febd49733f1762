//! Each version under faults of the call that it makes, none of which gets as far as the wire. What
//! a deadline does to a process is in `tests/deadline.rs`.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_sdk_lambda::Client;
use chaos_core::plan;
use chaos_core::testing::Scope;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};

use crate::page::{self, Page, Visit};

#[derive(Clone, Copy, Debug)]
enum Version {
    Naive,
    Mended,
}

/// A client of nobody: port 9 is no service's.
async fn lambda() -> Client {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::for_tests())
        .endpoint_url("http://127.0.0.1:9")
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
        .load();
    Client::new(&chaos_core::aws::instrument(config.await))
}

/// The page that a version shows under a document, 3 seconds before its deadline.
async fn shown(version: Version, document: &Value) -> Result<Page, Error> {
    let scope = Scope::new(document);
    let mut context = Context::default();
    context.deadline = scope.deadline_in(Duration::from_secs(3));
    let item = "apples".to_owned();
    let event = LambdaEvent::new(Visit { item }, context);
    let lambda = &lambda().await;
    let page = match version {
        Version::Naive => scope.run(page::naive(event, lambda)).await,
        Version::Mended => scope.run(page::mended(event, lambda)).await,
    };
    assert!(!scope.injected().is_empty(), "{document}");
    page
}

/// One flag at the call.
fn at_the_call(mut flag: Value) -> Value {
    flag["enabled"] = json!(true);
    flag["point"] = json!("aws.lambda.Invoke");
    flag["labels"] = json!({"function": "recommend"});
    json!({ "flag": flag })
}

#[tokio::test]
async fn whatever_the_call_does_the_mended_one_has_a_page_and_the_naive_one_none() {
    for flag in [
        json!({"mode": "exception", "exception_type": "TooManyRequestsException"}),
        json!({"mode": "exception", "exception_type": "ResourceNotFoundException"}),
        json!({"mode": "statuscode", "status_code": 503}),
        json!({"mode": "denylist", "deny_list": ["127"]}),
        json!({"mode": "statuscode", "status_code": 200, "body": "no list"}),
    ] {
        let document = at_the_call(flag);
        assert!(
            shown(Version::Naive, &document).await.is_err(),
            "{document}"
        );
        let page = shown(Version::Mended, &document).await.expect("a page");
        assert!(page.degraded, "{document}");
        assert_eq!((page.cents, page.also.len()), (450, 0), "{document}");
    }
}

/// What the README gives to flip.
#[test]
fn the_document_is_sound() {
    let reading = plan::read(include_str!("../document.json"));
    assert_eq!(reading.findings, []);
    assert_eq!(reading.plan.flags.len(), 1);
}
