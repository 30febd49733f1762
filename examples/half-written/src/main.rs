//! A shop takes an order down and has it shipped: two tables.
//!
//! `VERSION` says how: `naive` writes to one and then to the other, `mended` to both or to none.

mod order;
mod tables;

use aws_config::SdkConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use lambda_runtime::{Error, run, service_fn};

use crate::tables::Tables;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .without_time()
        .init();
    chaos_core::init().await;
    // From here on every call of every client is a point.
    let config = chaos_core::aws::instrument(config().await);
    let tables = &Tables::new(&config);
    let version = std::env::var("VERSION").unwrap_or_else(|_| "naive".to_owned());
    match &*version {
        "naive" => run(service_fn(|event| order::naive(event, tables))).await,
        "mended" => run(service_fn(|event| order::mended(event, tables))).await,
        other => Err(format!("VERSION is {other:?}; write naive or mended").into()),
    }
}

/// With the SDK's default features this is `aws_config::load_from_env().await`. This workspace turns
/// them off, to have one TLS library instead of two.
async fn config() -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    aws_config::from_env().http_client(http).load().await
}
