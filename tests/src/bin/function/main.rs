//! One function for all tests: `TEST_HANDLER` picks its handler, `TEST_INIT` has it call
//! `chaos_core::init()` first, and `TEST_EXTENSION` has it read the parameter that it names through
//! the Parameters and Secrets extension. With `TEST_CLIENT=own` it is read through a client of the
//! function's.

mod disk;
mod errors;
mod events;
mod http;
mod names;
mod points;
mod returns;
mod shared;
mod streams;
mod undone;

use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use chaos_core::source::{ExtensionSource, SsmSource};
use chaos_core::{Chaos, ChaosLayer, wrap};
use lambda_runtime::{Error, run, run_concurrent, service_fn};
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .without_time()
        .init();
    if let Ok(parameter) = std::env::var("TEST_EXTENSION") {
        let source = ExtensionSource::new(parameter);
        Chaos::from_env().source(source).init().await;
    } else if std::env::var("TEST_CLIENT").is_ok_and(|client| client == "own") {
        let source = SsmSource::with_client(own_client().await, chaos_tests::PARAMETER);
        Chaos::from_env().source(source).init().await;
    } else if std::env::var_os("TEST_INIT").is_some() {
        chaos_core::init().await;
    }
    let handler = std::env::var("TEST_HANDLER").unwrap_or_default();
    match &*handler {
        "disk" => run(service_fn(disk::worker)).await,

        "api_v2" => run(service_fn(returns::api_v2)).await,
        "api_v1" => run(service_fn(returns::api_v1)).await,
        "alb" => run(service_fn(returns::alb)).await,
        "value" => run(service_fn(returns::value)).await,
        "own" => run(service_fn(returns::own)).await,
        "plain" => run(service_fn(returns::plain)).await,
        "serialize" => run(service_fn(returns::serialize)).await,
        "sqs" => run(service_fn(returns::sqs)).await,
        "sns" => run(service_fn(events::sns)).await,
        "event_bridge" => run(service_fn(events::event_bridge)).await,
        "s3" => run(service_fn(events::s3)).await,
        "pointed" => run(service_fn(returns::pointed)).await,
        "point" => run(service_fn(returns::point)).await,
        "reaching" => run(service_fn(points::reaching)).await,
        "wrapped" => run(service_fn(wrap(returns::bare))).await,
        "names" => run_concurrent(service_fn(names::resolves)).await,
        "asks" => run_concurrent(service_fn(names::asks)).await,
        "undone" => run_concurrent(service_fn(undone::round)).await,
        "twice" => run(service_fn(undone::worker)).await,
        "concurrent" => run_concurrent(service_fn(returns::slow)).await,

        "diagnostic" => run(service_fn(errors::diagnostic)).await,
        "thiserror" => run(service_fn(errors::own)).await,
        "by_path" => run(service_fn(errors::by_path)).await,
        "layer" => {
            let layered = ServiceBuilder::new().layer(ChaosLayer::new());
            run(layered.service_fn(returns::bare)).await
        }

        "http_response" => lambda_http::run(service_fn(http::response)).await,
        "http_into" => lambda_http::run(service_fn(http::into)).await,
        "http_value" => lambda_http::run(service_fn(http::value)).await,
        "http_layer" => {
            let layered = ServiceBuilder::new().layer(ChaosLayer::new());
            lambda_http::run(layered.service_fn(http::bare)).await
        }

        "shared_v2" => run(service_fn(shared::api_v2)).await,
        "shared_v1" => run(service_fn(shared::api_v1)).await,
        "shared_alb" => run(service_fn(shared::alb)).await,
        "shared_value" => run(service_fn(shared::value)).await,
        "shared_wrapped" => run(service_fn(wrap(shared::bare))).await,
        "shared_http" => lambda_http::run(service_fn(shared::response)).await,
        "shared_into" => lambda_http::run(service_fn(shared::into)).await,
        "shared_router" => {
            let layered = ServiceBuilder::new().layer(ChaosLayer::new());
            lambda_http::run(layered.service(shared::router())).await
        }

        "stream" => run(service_fn(streams::annotated)).await,
        "stream_layer" => {
            let layered = ServiceBuilder::new().layer(ChaosLayer::new());
            run(layered.service_fn(streams::bare)).await
        }
        "stream_http" => {
            let layered = ServiceBuilder::new().layer(ChaosLayer::new());
            let service = layered.service_fn(streams::response);
            lambda_http::run_with_streaming_response(service).await
        }
        "stream_any" => {
            let layered = ServiceBuilder::new().layer(ChaosLayer::any_body());
            let service = layered.service_fn(streams::boxed);
            lambda_http::run_with_streaming_response(service).await
        }
        "stream_router" => lambda_http::run_with_streaming_response(streams::router()).await,

        other => Err(format!("TEST_HANDLER={other:?} names no handler").into()),
    }
}

/// The client that a function has anyway.
async fn own_client() -> aws_sdk_ssm::Client {
    let client = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let config = aws_config::from_env().http_client(client).load().await;
    aws_sdk_ssm::Client::new(&config)
}
