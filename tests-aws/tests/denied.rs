//! A name that a handler's deny list denies to the whole process is refused on a connection that
//! is kept alive too. A process of its own, as everything in it meets the list.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use chaos_core::testing::Scope;
use chaos_core::{InjectedError, inject_chaos};
use chaos_tests_aws::Service;
use serde_json::json;

/// Whether the call failed as one whose name does not resolve.
#[inject_chaos]
async fn handler(client: Client) -> Result<bool, InjectedError> {
    Ok(match client.list_tables().send().await {
        Ok(_) => false,
        Err(SdkError::DispatchFailure(failure)) => failure.is_io(),
        Err(other) => panic!("{other:?}"),
    })
}

#[tokio::test]
async fn a_connection_that_is_kept_alive_is_refused() {
    let service = Service::answering("application/x-amz-json-1.0", "{}").await;
    let client = Client::new(&service.config());
    let denying = |host| Scope::new(&json!({"denylist": {"enabled": true, "deny_list": [host]}}));

    let other = denying("amazonaws");
    assert!(!other.run(handler(client.clone())).await.unwrap());
    assert_eq!(service.seen(), 1);
    let own = denying("^127\\.0\\.0\\.1$");
    assert!(own.run(handler(client.clone())).await.unwrap());
    assert_eq!(service.seen(), 1);
    assert!(
        !handler(client).await.unwrap(),
        "it is undone with the handler"
    );
    assert_eq!(service.seen(), 2);
}
