//! A shop's page for an item, with what people also buy: that it asks of another function.
//!
//! `VERSION` says which one: `naive` waits for the other function, `mended` no longer than it can
//! afford.

mod page;
mod recommend;
#[cfg(test)]
mod tests;

use aws_config::SdkConfig;
use aws_sdk_lambda::Client;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use lambda_runtime::{Error, run, service_fn};

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
    let lambda = &Client::new(&config);
    let version = std::env::var("VERSION").unwrap_or_else(|_| "naive".to_owned());
    match &*version {
        "naive" => run(service_fn(|event| page::naive(event, lambda))).await,
        "mended" => run(service_fn(|event| page::mended(event, lambda))).await,
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
