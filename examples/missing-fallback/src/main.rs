//! Looks a user up: in Redis, and where they are not there, in a table.
//!
//! `VERSION` says how: `naive` fails with Redis, `mended` asks the table then too.

mod cache;
mod lookup;
mod table;

use aws_config::SdkConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use lambda_runtime::{Error, run, service_fn};

use crate::cache::Cache;
use crate::table::Table;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .without_time()
        .init();
    chaos_core::init().await;
    let redis = std::env::var("REDIS_URL").map_err(|_| "REDIS_URL says where Redis is")?;
    let cache = &Cache::connect(&redis).await;
    // From here on every call of every client is a point.
    let config = chaos_core::aws::instrument(config().await);
    let table = &Table::new(&config);
    let version = std::env::var("VERSION").unwrap_or_else(|_| "naive".to_owned());
    match &*version {
        "naive" => run(service_fn(|event| lookup::naive(event, cache, table))).await,
        "mended" => run(service_fn(|event| lookup::mended(event, cache, table))).await,
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
