//! A table of one item, for the tests of modes.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::get_item::{GetItemError, GetItemOutput};
use aws_sdk_dynamodb::types::AttributeValue;
use chaos_core::testing::Scope;
use chaos_tests_aws::Service;
use serde_json::{Value, json};

pub(crate) type Got = Result<GetItemOutput, SdkError<GetItemError>>;

pub(crate) const ITEM: &str =
    r#"{"Item":{"id":{"S":"1"},"name":{"S":"a real and rather long name"}}}"#;

/// A table that has one item, and a client for it.
pub(crate) struct Table {
    pub(crate) service: Service,
    pub(crate) client: Client,
}

impl Table {
    pub(crate) async fn new() -> Self {
        let service = Service::answering("application/x-amz-json-1.0", ITEM).await;
        let client = Client::new(&service.config());
        Self { service, client }
    }

    /// With time limits of the SDK's.
    pub(crate) async fn limited(timeouts: TimeoutConfig) -> Self {
        let service = Service::answering("application/x-amz-json-1.0", ITEM).await;
        let config = service.config().into_builder();
        let client = Client::new(&config.timeout_config(timeouts).build());
        Self { service, client }
    }

    pub(crate) async fn get(&self) -> Got {
        self.get_from("orders").await
    }

    pub(crate) async fn get_from(&self, table: &str) -> Got {
        let key = AttributeValue::S("1".to_owned());
        let get = self.client.get_item().table_name(table).key("id", key);
        get.send().await
    }

    /// Under one flag at every call of DynamoDB.
    pub(crate) async fn under(&self, flag: Value) -> (Got, Scope) {
        let scope = scope(flag);
        (scope.run(self.get()).await, scope)
    }
}

/// One flag at every call of DynamoDB.
pub(crate) fn scope(mut flag: Value) -> Scope {
    flag["enabled"] = json!(true);
    flag["point"] = json!("aws.dynamodb.*");
    Scope::new(&json!({"flag": flag}))
}

/// Whether it is what the service answered.
pub(crate) fn is_real(got: &Got) -> bool {
    got.as_ref()
        .is_ok_and(|got| got.item().is_some_and(|item| item.len() == 2))
}
