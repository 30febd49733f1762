//! Faults in tests: scopes, their clocks and seeds, and that tests do not see one another.
#![cfg(all(feature = "inject", feature = "lambda"))]

#[path = "testing/clock.rs"]
mod clock;
/// The documentation shows this one.
#[path = "testing/each_fault.rs"]
mod each_fault;
#[path = "testing/parallel.rs"]
mod parallel;
#[path = "testing/scope.rs"]
mod scope;
#[path = "testing/turns.rs"]
mod turns;

use std::time::Duration;

use chaos_core::inject_chaos;
use lambda_runtime::Error;

#[inject_chaos]
async fn handler() -> Result<(), Error> {
    Ok(())
}

#[inject_chaos]
fn blocking_handler() -> Result<(), Error> {
    Ok(())
}

const SECOND: Duration = Duration::from_secs(1);
