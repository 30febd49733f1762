//! A small function; what else is in its binary is up to the features.

#[cfg(feature = "client")]
mod table;

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
    let name = table::known_as(name).await?;
    Ok(json!({ "statusCode": 200, "body": format!("hello, {name}") }))
}
