//! How long a call waits, at each client, before it and after it: inside the client's timeout, and up to
//! the invocation's deadline.

use std::time::Duration;

use chaos_core::inject_chaos;
use chaos_core::testing::{Decision, Scope};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::clients::{Came, KINDS, Kind, Upstream};

/// How long the server takes.
const WORK: Duration = Duration::from_secs(1);
/// How long a client waits that has a timeout.
const LIMIT: Duration = Duration::from_secs(10);

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What came of a call.
struct Call {
    came: Came,
    took: Duration,
    /// How often the server was asked.
    asked: usize,
    decisions: Vec<Decision>,
}

impl Call {
    /// Deadlines are whole milliseconds.
    fn is(&self, came: &Came, took: Duration, asked: usize) -> bool {
        self.came == *came
            && self.took.abs_diff(took) < Duration::from_millis(5)
            && self.asked == asked
    }
}

impl std::fmt::Display for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} after {:?}, ", self.came, self.took)?;
        write!(f, "asked {}: {:?}", self.asked, self.decisions)
    }
}

/// A call in an invocation, under one flag.
async fn call(kind: Kind, flag: Value, timeout: Option<Duration>, left: Option<Duration>) -> Call {
    call_of(kind, Upstream::that_takes(WORK), flag, timeout, left).await
}

async fn call_of(
    kind: Kind,
    upstream: Upstream,
    mut flag: Value,
    timeout: Option<Duration>,
    left: Option<Duration>,
) -> Call {
    #[inject_chaos]
    async fn handler(
        _event: LambdaEvent<Value>,
        kind: Kind,
        upstream: Upstream,
        timeout: Option<Duration>,
    ) -> Result<Came, Error> {
        Ok(kind.call(&upstream, timeout).await)
    }
    flag["enabled"] = json!(true);
    flag["point"] = json!(["http.GET", "redis.GET"]);
    let scope = Scope::new(&json!({ "flag": flag }));
    let mut context = Context::default();
    if let Some(left) = left {
        context.deadline = scope.deadline_in(left);
    }
    let event = LambdaEvent::new(json!({}), context);
    let begun = Instant::now();
    let handled = scope.run(handler(event, kind, upstream.clone(), timeout));
    let came = handled.await.expect("the handler meets no fault");
    Call {
        came,
        took: begun.elapsed(),
        asked: upstream.asked(),
        decisions: scope.decisions(),
    }
}

fn latency(wait: Duration, phase: &str) -> Value {
    let wait = wait.as_secs() * 1_000;
    json!({"mode": "latency", "min_latency": wait, "phase": phase})
}

fn time_out(buffer: Duration, phase: &str) -> Value {
    let buffer = buffer.as_secs() * 1_000;
    json!({"mode": "timeout", "timeout_buffer_ms": buffer, "phase": phase})
}

#[tokio::test(start_paused = true)]
async fn latency_is_waited_before_the_call_and_after_it() {
    for kind in KINDS {
        for phase in ["before", "after"] {
            for timeout in [None, Some(LIMIT)] {
                let call = call(kind, latency(seconds(3), phase), timeout, None).await;
                let is = call.is(&Came::Answered, WORK + seconds(3), 1);
                assert!(is, "{kind:?} {phase} {timeout:?}: {call}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn latency_ends_with_the_clients_timeout() {
    for kind in KINDS {
        for (phase, asked) in [("before", 0), ("after", 1)] {
            let call = call(kind, latency(seconds(60), phase), Some(LIMIT), None).await;
            let is = call.is(&Came::TimedOut, LIMIT, asked);
            assert!(is, "{kind:?} {phase}: {call}");
        }
    }
}

/// What the call itself took counts as well.
#[tokio::test(start_paused = true)]
async fn a_wait_and_the_call_together_are_no_longer_than_the_timeout() {
    for kind in KINDS {
        let slow = Upstream::that_takes(seconds(6));
        let flag = latency(seconds(6), "after");
        let late = call_of(kind, slow, flag, Some(LIMIT), None).await;
        assert!(late.is(&Came::TimedOut, LIMIT, 1), "{kind:?} after: {late}");
        let slow = Upstream::that_takes(seconds(6));
        let flag = latency(seconds(6), "before");
        let late = call_of(kind, slow, flag, Some(LIMIT), None).await;
        if kind == Kind::Reqwest {
            // The real client is told what is left, and keeps to it by itself.
            assert_eq!(late.asked, 1, "{late}");
        } else {
            assert!(
                late.is(&Came::TimedOut, LIMIT, 1),
                "{kind:?} before: {late}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn latency_ends_with_the_invocation() {
    for kind in KINDS {
        let call = call(kind, latency(seconds(60), "before"), None, Some(seconds(5))).await;
        let is = call.is(&Came::Answered, seconds(5) + WORK, 1);
        assert!(is, "{kind:?}: {call}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_lasts_as_long_as_the_client_waits() {
    for kind in KINDS {
        for (phase, asked) in [("before", 0), ("after", 1)] {
            for left in [None, Some(seconds(60))] {
                let flag = time_out(Duration::ZERO, phase);
                let call = call(kind, flag, Some(LIMIT), left).await;
                let is = call.is(&Came::TimedOut, LIMIT, asked);
                assert!(is, "{kind:?} {phase} {left:?}: {call}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_ends_the_buffer_before_the_deadline() {
    for kind in KINDS {
        for (phase, asked) in [("before", 0), ("after", 1)] {
            for timeout in [None, Some(LIMIT)] {
                let flag = time_out(seconds(2), phase);
                let call = call(kind, flag, timeout, Some(seconds(5))).await;
                let is = call.is(&Came::TimedOut, seconds(3), asked);
                assert!(is, "{kind:?} {phase} {timeout:?}: {call}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_without_a_buffer_goes_a_second_past_the_deadline() {
    for kind in KINDS {
        for (phase, asked) in [("before", 0), ("after", 1)] {
            let flag = time_out(Duration::ZERO, phase);
            let call = call(kind, flag, None, Some(seconds(5))).await;
            let is = call.is(&Came::TimedOut, seconds(6), asked);
            assert!(is, "{kind:?} {phase}: {call}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn where_nothing_says_how_long_a_call_times_out_at_once_and_the_log_says_so() {
    for kind in KINDS {
        for (phase, took, asked) in [("before", Duration::ZERO, 0), ("after", WORK, 1)] {
            let call = call(kind, time_out(Duration::ZERO, phase), None, None).await;
            let is = call.is(&Came::TimedOut, took, asked);
            assert!(is, "{kind:?} {phase}: {call}");
            let said = call.decisions[0].message.as_deref().unwrap_or_default();
            assert!(said.contains("without a wait"), "{kind:?} {phase}: {said}");
        }
    }
}
