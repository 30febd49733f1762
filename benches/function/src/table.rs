//! A client of DynamoDB, as functions have one: trimmed as chaos-core's own for Parameter Store is.

use std::sync::OnceLock;

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use lambda_runtime::Error;

static CLIENT: OnceLock<Client> = OnceLock::new();

/// Before the first request.
pub(crate) async fn connect() {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http.build_https())
        .load()
        .await;
    #[cfg(feature = "aws")]
    let config = chaos_core::aws::instrument(config);
    CLIENT.get_or_init(|| Client::new(&config));
}

/// What the table has for a name.
pub(crate) async fn known_as(name: &str) -> Result<String, Error> {
    let client = CLIENT.get().ok_or("not connected")?;
    let key = AttributeValue::S(name.to_owned());
    let found = client.get_item().table_name("names").key("name", key);
    let item = found.send().await?.item.unwrap_or_default();
    let known = item.get("known_as").and_then(|value| value.as_s().ok());
    Ok(known.map_or(name, String::as_str).to_owned())
}
