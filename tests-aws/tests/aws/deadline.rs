//! A call inside an invocation is waited for until that one's deadline.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::error::SdkError;
use chaos_core::inject_chaos;
use chaos_core::testing::Scope;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};

use crate::table::{Got, Table, is_real, scope};

/// What comes of a call in an invocation that has so long to go.
async fn called(table: &Table, scope: &Scope, left: Duration) -> Got {
    #[inject_chaos]
    async fn handler(_event: LambdaEvent<Value>, table: &Table) -> Result<Got, Error> {
        Ok(table.get().await)
    }
    let mut context = Context::default();
    context.deadline = scope.deadline_in(left);
    let event = LambdaEvent::new(json!({}), context);
    let handled = scope.run(handler(event, table)).await;
    handled.expect("the handler meets no fault")
}

/// Each attempt meets it: once the buffer has begun they time out at once.
#[tokio::test]
async fn a_timeout_ends_the_buffer_before_the_deadline() {
    let table = Table::new().await;
    let scope = scope(json!({"mode": "timeout", "timeout_buffer_ms": 60_000}));
    let begun = Instant::now();
    let got = called(&table, &scope, Duration::from_secs(61)).await;
    let took = begun.elapsed();
    let Err(SdkError::DispatchFailure(failure)) = got else {
        panic!("no failure of the connection: {got:?}")
    };
    assert!(failure.is_timeout());
    assert_eq!(table.service.seen(), 0);
    let decisions = scope.decisions();
    assert_eq!(decisions.len(), 3, "three attempts");
    let waits = decisions
        .iter()
        .map(|own| own.latency_ms.unwrap_or_default());
    let waits: Vec<f64> = waits.collect();
    assert!((0.0..=1_000.0).contains(&waits[0]), "{waits:?}");
    assert_eq!(waits[1..], [0.0, 0.0], "the buffer has begun");
    // A deadline is in whole milliseconds, rounded down.
    let bounds = Duration::from_millis(990)..Duration::from_secs(30);
    assert!(bounds.contains(&took), "{took:?}");
    assert!(
        decisions.iter().all(|own| own.message.is_none()),
        "{decisions:?}"
    );
}

#[tokio::test]
async fn latency_ends_with_the_invocation() {
    let table = Table::new().await;
    let scope = scope(json!({"mode": "latency", "min_latency": 600_000}));
    let begun = Instant::now();
    let got = called(&table, &scope, Duration::from_millis(500)).await;
    assert!(is_real(&got), "{got:?}");
    assert!(begun.elapsed() < Duration::from_mins(1));
    let wait = scope.decisions()[0].latency_ms.unwrap_or_default();
    assert!((0.0..=500.0).contains(&wait), "{wait}");
}
