//! While a document is young enough nobody asks for it. Whoever keeps it fresh asks again once it is not,
//! however little concerned them before: the handler, or what is called without one. In a process of its
//! own, since a test's scope has everybody ask.
#![cfg(all(feature = "inject", feature = "lambda"))]

#[cfg(feature = "http")]
#[path = "table/request.rs"]
mod request;
mod table;

use std::time::{Duration, Instant};

use chaos_core::{Chaos, InjectedError, inject_chaos};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};
use table::Table;

#[cfg(feature = "http")]
use self::request::request;

const CACHE: Duration = Duration::from_millis(50);
/// Longer than a refresh takes on the busiest machine.
const PATIENCE: Duration = Duration::from_secs(20);

const IDLE: &str = "{}";
#[cfg(feature = "http")]
const AT_REQUESTS: &str = r#"{"p": {"enabled": true, "mode": "exception", "point": "http.GET"}}"#;
const AT_POINTS: &str = r#"{"p": {"enabled": true, "mode": "exception", "point": "store.get"}}"#;
const AT_HANDLERS: &str = r#"{"exception": {"enabled": true}}"#;

#[inject_chaos(point = "store.get")]
async fn get() -> Result<(), InjectedError> {
    Ok(())
}

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

async fn invoke() -> Result<(), Error> {
    let event = LambdaEvent::new(json!({}), Context::default());
    handler(event).await.map(drop)
}

/// Calls until it fails, or no longer does.
async fn until(fails: bool, call: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while call().await != fails {
        assert!(
            begun.elapsed() < PATIENCE,
            "the document is never read again"
        );
        tokio::time::sleep(CACHE / 10).await;
    }
}

/// Finds nothing on, time and again while the document is young; then one that concerns it, and nothing
/// again.
async fn obeys(document: &'static str, call: impl AsyncFn() -> bool) {
    for _ in 0..3 {
        assert!(!call().await, "nothing is on");
    }
    for (document, fails) in [(document, true), (IDLE, false)] {
        Table::put(document);
        until(fails, &call).await;
    }
}

#[tokio::test]
async fn what_nothing_concerned_asks_again() {
    Table::put(IDLE);
    Chaos::from_env()
        .source(Table)
        .cache_ttl(CACHE)
        .init()
        .await;
    // Nobody else keeps the document fresh for what no handler came before; so they come in this order.
    #[cfg(feature = "http")]
    obeys(AT_REQUESTS, async || request().await.is_err()).await;
    obeys(AT_POINTS, async || get().await.is_err()).await;
    obeys(AT_HANDLERS, async || invoke().await.is_err()).await;
}
