//! A worker behind an SQS queue, with chaos at its handler and at the write that it makes.
//!
//! `WORKER` says which one: `naive` charges for each delivery, `mended` once for each message.

mod ledger;
#[cfg(test)]
mod tests;
mod worker;

use lambda_runtime::{Error, run, service_fn};

use crate::ledger::FileLedger;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .without_time()
        .init();
    chaos_core::init().await;
    let file = std::env::var("LEDGER").unwrap_or_else(|_| "/tmp/ledger.jsonl".to_owned());
    let ledger = FileLedger::new(file);
    let worker = std::env::var("WORKER").unwrap_or_else(|_| "naive".to_owned());
    match &*worker {
        "naive" => run(service_fn(|event| worker::naive(event, &ledger))).await,
        "mended" => run(service_fn(|event| worker::mended(event, &ledger))).await,
        other => Err(format!("WORKER is {other:?}; write naive or mended").into()),
    }
}
