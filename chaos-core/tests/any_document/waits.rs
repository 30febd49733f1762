//! What a call waits: by each flag's bounds, and all together.

use std::time::Duration;

use serde_json::Value;

use crate::call::{Call, Door};

/// The longest that a function may run.
const LONGEST_MS: f64 = 900_000.0;
/// What is lost where durations are written as milliseconds.
const INEXACT_MS: f64 = 0.001;

/// The waits so far, in milliseconds.
#[derive(Debug)]
pub(crate) struct Waits {
    /// What the invocation had at its beginning, where it has a deadline.
    had: Option<f64>,
    waited: f64,
    /// By how much all of them together may have ended late.
    late: f64,
    /// By how much one may: timers end at whole milliseconds, a clock that is set does not.
    tick: f64,
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

impl Waits {
    pub(crate) fn of(call: &Call) -> Self {
        Self {
            had: call.left.map(ms),
            waited: 0.0,
            late: 0.0,
            tick: if call.door == Door::Blocking {
                0.0
            } else {
                1.0
            },
        }
    }

    pub(crate) fn know_a_deadline(&self) -> bool {
        self.had.is_some()
    }

    /// Holds one more wait to what the document has of the flag, and to what was left.
    pub(crate) fn one_more(&mut self, mode: &str, flag: &Value, waited: f64) -> Result<(), String> {
        // What was left at the most, and what if all waits before ended late.
        let most = self.had.map_or(f64::INFINITY, |had| had - self.waited);
        let least = most - self.late;
        let (from, to) = if mode == "latency" {
            let (min, max) = bounds(flag);
            (min.min(least.max(0.0)), max.min(most.max(0.0)))
        } else {
            let buffer = flag["timeout_buffer_ms"].as_f64().unwrap_or(0.0);
            let wait = |left| until_deadline(buffer, left);
            (wait(least - INEXACT_MS), wait(most + INEXACT_MS))
        };
        self.waited += waited;
        self.late += self.tick;
        if (from - INEXACT_MS..=to + INEXACT_MS).contains(&waited) {
            return Ok(());
        }
        Err(format!("{waited} ms is no wait from {from} to {to} ms"))
    }

    /// Holds them to what really went by.
    pub(crate) fn add_up_to(&self, took: Duration) -> Result<(), String> {
        let late = ms(took) - self.waited;
        if (-INEXACT_MS..=self.late + INEXACT_MS).contains(&late) {
            return Ok(());
        }
        Err(format!("it took {took:?} and not {} ms", self.waited))
    }
}

/// The shortest and the longest wait of mode `latency`.
fn bounds(flag: &Value) -> (f64, f64) {
    let min = flag["min_latency"].as_f64().unwrap_or(0.0);
    let uniform = matches!(flag["distribution"].as_str(), None | Some("uniform"));
    let longest = if uniform { min } else { LONGEST_MS };
    (min, flag["max_latency"].as_f64().unwrap_or(longest))
}

/// The wait of mode `timeout` where so much is left: without a buffer, a second past the deadline.
fn until_deadline(buffer: f64, left: f64) -> f64 {
    let left = left.clamp(0.0, LONGEST_MS);
    // A time has no fractions of nanoseconds.
    if buffer < 0.000_000_5 {
        return if left > 0.0 { left + 1_000.0 } else { 0.0 };
    }
    (left - buffer).max(0.0)
}
