//! What people also buy, which another function knows.

use std::time::Duration;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::Config;
use aws_sdk_lambda::config::timeout::TimeoutConfig;
use aws_sdk_lambda::primitives::Blob;
use lambda_runtime::Error;
use serde_json::json;

/// The function that is asked.
const FUNCTION: &str = "recommend";

/// Asks the other function, within a time limit if there is one: the SDK's own, so that its retries
/// are within it too.
pub(crate) async fn recommended(
    lambda: &Client,
    item: &str,
    limit: Option<Duration>,
) -> Result<Vec<String>, Error> {
    let mut timeouts = TimeoutConfig::builder();
    timeouts.set_operation_timeout(limit);
    let limited = Config::builder().timeout_config(timeouts.build());

    let event = json!({ "item": item }).to_string();
    let invoke = lambda
        .invoke()
        .function_name(FUNCTION)
        .payload(Blob::new(event));
    let reply = invoke.customize().config_override(limited).send().await?;
    let payload = reply.payload.unwrap_or_else(|| Blob::new(""));
    if let Some(error) = reply.function_error {
        let story = String::from_utf8_lossy(payload.as_ref()).into_owned();
        return Err(format!("{FUNCTION} failed ({error}): {story}").into());
    }
    Ok(serde_json::from_slice(payload.as_ref())?)
}
