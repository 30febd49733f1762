//! A small function; what else is in its binary is up to the features.

#[cfg(feature = "redis_client")]
mod cache;
#[cfg(feature = "point")]
mod points;
#[cfg(feature = "tower_client")]
mod service;
#[cfg(feature = "client")]
mod table;
#[cfg(feature = "reqwest_client")]
mod web;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Error> {
    #[cfg(feature = "chaos")]
    chaos_core::init().await;
    #[cfg(feature = "client")]
    table::connect().await;
    lambda_runtime::run(service_fn(greet)).await
}

#[cfg_attr(feature = "chaos", chaos_core::inject_chaos)]
async fn greet(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let name = event.payload["name"].as_str().unwrap_or("world");
    #[cfg(feature = "client")]
    let name: &str = &table::known_as(name).await?;
    #[cfg(feature = "redis_client")]
    let name: &str = &cache::known_as(name).await?;
    #[cfg(feature = "reqwest_client")]
    let name: &str = &web::known_as(name).await?;
    #[cfg(feature = "tower_client")]
    let name: &str = &service::known_as(name).await?;
    #[cfg(feature = "point")]
    let name: &str = &points::known_as(name).await?;
    Ok(json!({ "statusCode": 200, "body": format!("hello, {name}") }))
}
