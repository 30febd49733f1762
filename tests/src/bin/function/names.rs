//! A handler that looks a name up, as every client does that connects to a host.

use std::time::Duration;

use chaos_core::inject_chaos;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use tokio::net::lookup_host;

/// `{"wait_ms": 2000}` has it look again after a while.
#[inject_chaos]
pub(crate) async fn resolves(event: LambdaEvent<Value>) -> Result<Value, Error> {
    if let Some(wait) = event.payload["wait_ms"].as_u64() {
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
    let failed = match lookup_host(("localhost", 80)).await {
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    };
    Ok(json!({"failed": failed}))
}
