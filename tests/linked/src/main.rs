//! A function that resolves a name as std and every client built on it do. The mode `denylist` takes a
//! symbol of the C library's place, which is the linker's business: so this is built in several ways
//! (`cargo xtask proof --only lto`), and run.

use std::net::ToSocketAddrs as _;

use chaos_core::inject_chaos;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .without_time()
        .init();
    lambda_runtime::run(service_fn(resolve)).await
}

#[inject_chaos]
async fn resolve(_: LambdaEvent<Value>) -> Result<Value, Error> {
    let found = tokio::task::spawn_blocking(|| ("localhost", 80).to_socket_addrs()).await?;
    Ok(match found {
        Ok(addresses) => json!({ "addresses": addresses.count() }),
        Err(error) => json!({ "error": error.to_string() }),
    })
}
