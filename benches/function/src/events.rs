//! A handler of events.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

use crate::greeting::greeting;

/// Answers until the process ends.
pub(crate) async fn serve() -> Result<(), Error> {
    lambda_runtime::run(service_fn(greet)).await
}

#[cfg_attr(feature = "chaos", chaos_core::inject_chaos)]
async fn greet(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let name = event.payload["name"].as_str().unwrap_or("world");
    Ok(json!({ "statusCode": 200, "body": greeting(name).await? }))
}
