//! A handler that ends in every way, and says what it finds while chaos is at work and after it.

use std::future::{pending, ready};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use chaos_core::inject_chaos;
use chaos_tests::Found;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use tokio::sync::{Barrier, Notify};
use tokio::time::timeout;

/// How often the handler has begun.
static RUNS: AtomicU64 = AtomicU64::new(0);
/// Eight handlers run at once.
static EIGHT: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(8));

/// What stands round the handler, without chaos. `{"probe": true}` has it say what it finds;
/// `{"drop_ms": 100}` has it drop the handler's future after that time, and 0 after its first poll.
pub(crate) async fn round(event: LambdaEvent<Value>) -> Result<Value, Error> {
    if event.payload["probe"] == true {
        let found = Found::here(RUNS.load(Relaxed)).await?;
        return Ok(serde_json::to_value(found)?);
    }
    let dropped = Ok(json!({"given_up": true}));
    let give_up = Arc::new(Notify::new());
    let ends = |event| ends(event, Arc::clone(&give_up));
    if let Some(ms) = event.payload["drop_ms"].as_u64() {
        if ms == 0 {
            return tokio::select! {
                biased;
                ended = ends(event) => ended,
                () = ready(()) => dropped,
            };
        }
        let ended = timeout(Duration::from_millis(ms), ends(event)).await;
        return ended.unwrap_or(dropped);
    }
    tokio::select! {
        ended = ends(event) => ended,
        () = give_up.notified() => dropped,
    }
}

/// Logs what it finds, and ends as the event says. With `"in_run": 2` only its second run in this
/// process does; with `"eight": true` it waits until eight of them run. It can ask to be given up.
#[inject_chaos]
async fn ends(event: LambdaEvent<Value>, give_up: Arc<Notify>) -> Result<Value, Error> {
    let run = RUNS.fetch_add(1, Relaxed) + 1;
    if event.payload["eight"] == true {
        EIGHT.wait().await;
    }
    if event.payload["look"] == true {
        let found = serde_json::to_string(&Found::here(run).await?)?;
        tracing::info!(id = event.context.request_id, found, "meanwhile");
    }
    if event.payload["eight"] == true {
        EIGHT.wait().await;
    }
    let ends = event.payload["in_run"].as_u64().is_none_or(|of| of == run);
    match event.payload["end"].as_str() {
        Some("error") if ends => Err("its own".into()),
        Some("panic") if ends => panic!("its own"),
        Some("dropped") if ends => {
            give_up.notify_one();
            pending().await
        }
        Some("stay") if ends => {
            tracing::info!("staying");
            pending().await
        }
        _ => Ok(json!({"statusCode": 200, "body": "own answer", "run": run})),
    }
}

/// A worker of a queue that is not idempotent: what it has seen before it says has failed.
#[inject_chaos]
pub(crate) async fn worker(event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    let run = RUNS.fetch_add(1, Relaxed) + 1;
    let mut response = SqsBatchResponse::default();
    let again = event.payload.records.iter().filter(|_| run > 1);
    response.batch_item_failures = again
        .map(|message| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = message.message_id.clone().unwrap_or_default();
            failure
        })
        .collect();
    Ok(response)
}
