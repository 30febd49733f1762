//! What each mode does to the time, the memory and the cores of a call, and that it is undone;
//! `doors.rs` has what comes back from a call.
#![cfg(all(feature = "inject", feature = "lambda"))]

#[path = "modes/any_body.rs"]
mod any_body;
#[path = "modes/cleared.rs"]
mod cleared;
#[path = "modes/corruption.rs"]
mod corruption;
#[path = "modes/corruption_streams.rs"]
mod corruption_streams;
#[path = "modes/cpu.rs"]
mod cpu;
#[path = "modes/denylist.rs"]
mod denylist;
#[path = "modes/diskspace.rs"]
mod diskspace;
#[path = "modes/duplicate.rs"]
mod duplicate;
#[path = "modes/duplicate_futures.rs"]
mod duplicate_futures;
#[path = "modes/ending.rs"]
mod ending;
#[path = "modes/lossy.rs"]
mod lossy;
#[path = "modes/lost_reply.rs"]
mod lost_reply;
#[path = "modes/memory.rs"]
mod memory;
#[path = "modes/timeout.rs"]
mod timeout;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};

/// An event whose invocation ends that long from now.
fn ending_in(left: Duration) -> LambdaEvent<Value> {
    let mut context = Context::default();
    let deadline = SystemTime::now() + left;
    let since = deadline.duration_since(UNIX_EPOCH).expect("after 1970");
    context.deadline = u64::try_from(since.as_millis()).expect("a number");
    LambdaEvent::new(json!({}), context)
}

/// An event whose deadline nobody knows.
fn unending() -> LambdaEvent<Value> {
    LambdaEvent::new(json!({}), Context::default())
}
