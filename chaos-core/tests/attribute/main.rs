//! Every shape of function that the attribute takes, with and without a fault.
#![cfg(all(feature = "inject", feature = "lambda"))]

mod arguments;
mod elsewhere;
mod errors;
mod inference;
mod instrument;
#[path = "../log/mod.rs"]
mod log;
mod lowered;
mod results;

use chaos_core::testing::Scope;
use chaos_core::{InjectedError, inject_chaos};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};

fn nothing() -> Scope {
    Scope::new(&json!({}))
}

fn boom() -> Scope {
    Scope::new(&json!({"exception": {"enabled": true, "exception_msg": "boom"}}))
}

/// A fault at the point of this name.
fn boom_at(point: &str) -> Scope {
    Scope::new(&json!({"exception": {"enabled": true, "exception_msg": "boom", "point": point}}))
}

fn slow() -> Scope {
    Scope::new(&json!({"latency": {"enabled": true, "min_latency": 5000}}))
}

fn event(payload: Value) -> LambdaEvent<Value> {
    LambdaEvent::new(payload, Context::default())
}

#[inject_chaos]
async fn aliased(n: u8) -> Answer<u8> {
    Ok(n)
}

/// An alias of a `Result`.
type Answer<T> = std::result::Result<T, Error>;

/// `?` has two ways into it: inference must know which one is meant.
#[derive(Debug, thiserror::Error)]
enum Own {
    #[error("not a number: {0}")]
    Parse(#[from] std::num::ParseIntError),
    #[error(transparent)]
    Injected(#[from] InjectedError),
}
