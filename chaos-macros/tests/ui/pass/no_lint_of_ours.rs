#![deny(warnings, unused, rust_2018_idioms, unused_qualifications, unreachable_pub)]
#![deny(missing_docs, unused_results, unused_lifetimes, single_use_lifetimes, let_underscore_drop)]
#![forbid(unsafe_code)]
//! Nothing that the attribute writes is linted.

use chaos_core::inject_chaos;
use lambda_runtime::LambdaEvent;

#[inject_chaos]
async fn handler(LambdaEvent { payload, .. }: LambdaEvent<u8>) -> Result<u8, lambda_runtime::Error> {
    if payload == 0 {
        return Ok(0);
    }
    Ok(payload)
}

#[inject_chaos(point = "a.b", labels(id, twice = id * 2))]
fn point(id: u8) -> Result<u8, lambda_runtime::Error> {
    Ok(id)
}

#[inject_chaos]
async fn nothing() {}

#[inject_chaos]
async fn diverges() -> Result<u8, lambda_runtime::Error> {
    panic!("always")
}

#[inject_chaos]
async fn ignored(_event: LambdaEvent<u8>, _: u8) {}

fn main() {
    drop(handler(LambdaEvent::new(1, lambda_runtime::Context::default())));
    drop(point(1));
    drop(nothing());
    drop(diverges());
    drop(ignored(LambdaEvent::new(1, lambda_runtime::Context::default()), 1));
}
