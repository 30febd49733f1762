//! The function that is asked: it stands in for somebody else's, which thinks for a moment.

use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(service_fn(recommend)).await
}

async fn recommend(event: LambdaEvent<Value>) -> Result<Vec<String>, Error> {
    tokio::time::sleep(Duration::from_millis(50)).await;
    let item = event.payload["item"].as_str().ok_or("no item")?;
    Ok(vec![
        format!("a basket for each {item}"),
        "pears".to_owned(),
    ])
}
