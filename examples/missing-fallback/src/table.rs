//! Users in DynamoDB.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::Error;

use crate::lookup::User;

#[derive(Debug)]
pub(crate) struct Table {
    dynamodb: Client,
}

impl Table {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            dynamodb: Client::new(config),
        }
    }

    pub(crate) async fn get(&self, id: &str) -> Result<Option<User>, Error> {
        let get = self.dynamodb.get_item().table_name("users");
        let found = get.key("id", AttributeValue::S(id.to_owned())).send().await;
        let Some(item) = found.map_err(aws_sdk_dynamodb::Error::from)?.item else {
            return Ok(None);
        };
        let name = item.get("name").and_then(|name| name.as_s().ok());
        Ok(Some(User {
            id: id.to_owned(),
            name: name.cloned().ok_or("a user without a name")?,
        }))
    }
}
