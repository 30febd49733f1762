//! Which calls a flag hits: shares, seeds, counts, limits, times, and whose calls they are.
#![cfg(all(feature = "inject", feature = "lambda"))]

#[path = "trigger/by.rs"]
mod by;
#[path = "trigger/counts.rs"]
mod counts;
#[path = "trigger/random.rs"]
mod random;
#[path = "trigger/times.rs"]
mod times;

use chaos_core::inject_chaos;
use chaos_core::testing::Scope;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

fn event(payload: Value) -> LambdaEvent<Value> {
    LambdaEvent::new(payload, Context::default())
}

async fn fails(scope: &Scope) -> bool {
    scope.run(handler(event(json!({})))).await.is_err()
}

async fn hits(scope: &Scope, calls: usize) -> Vec<bool> {
    let mut hits = Vec::new();
    for _ in 0..calls {
        hits.push(fails(scope).await);
    }
    hits
}
