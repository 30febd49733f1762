//! A call of the AWS SDK: `GetQueueUrl` of SQS.

use anyhow::Result;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use tokio::runtime::Runtime;

use super::Over;
use super::server;
use crate::measure::{Measured, Measuring, Pace};

const TYPE: &str = "application/x-amz-json-1.0";
const REPLY: &str = r#"{"QueueUrl":"https://sqs.eu-west-1.amazonaws.com/1/orders"}"#;

pub(super) fn measure(over: Over, measuring: &Measuring, runtime: &Runtime) -> Result<Measured> {
    let (http, url) = match over {
        Over::Memory => {
            let canned = Canned(SharedHttpConnector::new(Answer));
            (
                SharedHttpClient::new(canned),
                "http://127.0.0.1:9".to_owned(),
            )
        }
        Over::Tcp => {
            let server = server::http(TYPE, REPLY)?;
            let client = aws_smithy_http_client::Builder::new().build_http();
            (client, format!("http://{server}"))
        }
    };
    let credentials = Credentials::from_keys("bench", "bench", None);
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .retry_config(RetryConfig::disabled())
        .http_client(http)
        .build();
    let plain = Client::new(&config);
    let instrumented = Client::new(&chaos_core::aws::instrument(config));
    Ok(measuring.pair_at(
        Pace::Slow,
        || runtime.block_on(asked(&plain)),
        || runtime.block_on(asked(&instrumented)),
    ))
}

async fn asked(client: &Client) -> bool {
    let asked = client.get_queue_url().queue_name("orders").send().await;
    asked.is_ok()
}

/// An HTTP client that answers by itself.
#[derive(Debug)]
struct Canned(SharedHttpConnector);

impl HttpClient for Canned {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.clone()
    }
}

#[derive(Debug)]
struct Answer;

impl HttpConnector for Answer {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let mut reply = HttpResponse::new(http::StatusCode::OK.into(), SdkBody::from(REPLY));
        reply.headers_mut().insert("content-type", TYPE);
        HttpConnectorFuture::ready(Ok(reply))
    }
}
