//! Handlers that need names of hosts: one looks a name up, as every client does that connects to a
//! host, and one asks a host with a client that people use.

use std::error::Error as StdError;
use std::iter::successors;
use std::sync::LazyLock;
use std::time::Duration;

use chaos_core::inject_chaos;
use lambda_runtime::{Error, LambdaEvent};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::lookup_host;

/// A connection that is kept alive would ask no resolver.
static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let client = Client::builder().no_proxy().pool_max_idle_per_host(0);
    client.build().expect("a client")
});

/// `{"wait_ms": 2000}` has it look again after a while.
#[inject_chaos]
pub(crate) async fn resolves(event: LambdaEvent<Value>) -> Result<Value, Error> {
    wait(&event).await;
    let failed = match lookup_host(("localhost", 80)).await {
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    };
    Ok(json!({"failed": failed}))
}

/// Asks the `url` of the event, and says what it was answered, or all of the client's error.
#[inject_chaos]
pub(crate) async fn asks(event: LambdaEvent<Value>) -> Result<Value, Error> {
    wait(&event).await;
    let url = event.payload["url"].as_str().ok_or("no url")?;
    Ok(match ask(url).await {
        Ok(body) => json!({"answered": body}),
        Err(error) => json!({"failed": {
            "is_connect": error.is_connect(),
            "is_request": error.is_request(),
            "is_timeout": error.is_timeout(),
            "says": said(&error.without_url()),
        }}),
    })
}

async fn wait(event: &LambdaEvent<Value>) {
    if let Some(wait) = event.payload["wait_ms"].as_u64() {
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
}

async fn ask(url: &str) -> reqwest::Result<String> {
    let response = CLIENT.get(url).send().await?.error_for_status()?;
    response.text().await
}

/// The error and what is behind it, the resolver's own at the end.
fn said(error: &reqwest::Error) -> Vec<String> {
    let first: &dyn StdError = error;
    let chain = successors(Some(first), |&error| error.source());
    chain.map(ToString::to_string).collect()
}
