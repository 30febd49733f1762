//! The SDK's own default HTTP client, which most functions have.

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::ProvideErrorMetadata as _;
use chaos_core::testing::Scope;
use chaos_tests_aws::Service;
use serde_json::json;

use crate::cbor::EMPTY;

/// As most functions have it.
async fn loaded(url: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::for_tests())
        .retry_config(RetryConfig::disabled())
        .endpoint_url(url)
        .load()
        .await
}

/// Without any word on an HTTP client.
fn built(url: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(url)
        .build()
}

#[tokio::test]
async fn it_is_a_seam() {
    let service = Service::answering("application/cbor", EMPTY).await;
    let url = service.url();
    for config in [loaded(url).await, built(url)] {
        assert!(config.http_client().is_none(), "it is the SDK's own");
        let client = Client::new(&chaos_core::aws::instrument(config));
        let delete = || client.delete_alarms().alarm_names("late").send();
        let seen = service.seen();
        delete().await.expect("the real reply");
        assert_eq!(service.seen(), seen + 1);

        let scope = Scope::new(&json!({"exception": {"enabled": true,
            "point": "aws.cloudwatch.DeleteAlarms", "labels": {"region": "eu-west-1"},
            "exception_type": "ResourceNotFound"}}));
        let error = scope.run(delete()).await.unwrap_err().into_service_error();
        assert_eq!(error.code(), Some("ResourceNotFound"));
        assert!(error.is_resource_not_found(), "{error:?}");
        assert_eq!(scope.injected().len(), 1);
        let lost = Scope::new(&json!({"lost_reply": {"enabled": true, "point": "aws.*"}}));
        assert!(lost.run(delete()).await.is_err());
        assert_eq!(service.seen(), seen + 2, "it took effect");
    }
}
