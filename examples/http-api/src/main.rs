//! A shop's API on `lambda_http`: an axum router with chaos round it.

mod shop;
#[cfg(test)]
mod tests;

use chaos_core::ChaosLayer;
use lambda_http::Error;
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .without_time()
        .init();
    chaos_core::init().await;
    let service = ServiceBuilder::new()
        .layer(ChaosLayer::new())
        .service(shop::router());
    lambda_http::run(service).await
}
