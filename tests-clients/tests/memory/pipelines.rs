//! The commands of a pipeline are on their way together, so they wait once: as long as the one that
//! waits longest.

use std::time::Duration;

use chaos_core::inject_chaos;
use chaos_core::testing::Scope;
use lambda_runtime::{Context, Error, LambdaEvent};
use redis::{Pipeline, RedisResult, pipe};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::clients::{Connected, Upstream};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// GET a, GET b, GET c, GET d.
fn four() -> Pipeline {
    let mut pipeline = pipe();
    for key in ["a", "b", "c", "d"] {
        pipeline.cmd("GET").arg(key);
    }
    pipeline
}

fn atomic() -> Pipeline {
    let mut pipeline = four();
    pipeline.atomic();
    pipeline
}

/// Flags, each at some keys.
fn document(flags: &[(&str, &[&str], Value)]) -> Value {
    let mut document = json!({});
    for (name, keys, flag) in flags {
        let mut flag = flag.clone();
        flag["enabled"] = json!(true);
        flag["point"] = json!("redis.GET");
        flag["labels"] = json!({"key": keys});
        document[*name] = flag;
    }
    document
}

fn latency(wait: Duration, phase: &str) -> Value {
    json!({"mode": "latency", "min_latency": wait.as_secs() * 1_000, "phase": phase})
}

async fn ask(
    pipeline: &Pipeline,
    document: &Value,
    timeout: Option<Duration>,
) -> (RedisResult<Vec<String>>, Duration, Scope) {
    let scope = Scope::new(document);
    let begun = Instant::now();
    let mut connection = Connected::to(&Upstream::default(), timeout);
    let done = scope.run(pipeline.query_async(&mut connection)).await;
    (done, begun.elapsed(), scope)
}

fn near(one: Duration, other: Duration) -> bool {
    one.abs_diff(other) < Duration::from_millis(5)
}

#[tokio::test(start_paused = true)]
async fn all_commands_wait_once() {
    for phase in ["before", "after"] {
        let all: &[&str] = &["a", "b", "c", "d"];
        let document = document(&[("slow", all, latency(seconds(3), phase))]);
        for pipeline in [four(), atomic()] {
            let (done, took, scope) = ask(&pipeline, &document, None).await;
            assert_eq!(done.unwrap().len(), 4);
            assert!(near(took, seconds(3)), "{phase}: {took:?}");
            assert_eq!(scope.injected(), ["slow"; 4], "each of them was hit");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_longest_wait_is_that_of_all() {
    for phase in ["before", "after"] {
        // b waits for two flags, one after the other.
        let document = document(&[
            ("one", &["a", "b"], latency(seconds(2), phase)),
            ("two", &["b"], latency(seconds(3), phase)),
            ("three", &["d"], latency(seconds(4), phase)),
        ]);
        let (done, took, scope) = ask(&four(), &document, None).await;
        assert_eq!(done.unwrap().len(), 4);
        assert!(near(took, seconds(5)), "{phase}: {took:?}");
        assert_eq!(scope.injected().len(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn the_longest_wait_runs_into_the_timeout() {
    for phase in ["before", "after"] {
        let document = document(&[
            ("one", &["a"], latency(seconds(2), phase)),
            ("two", &["c"], latency(seconds(60), phase)),
        ]);
        let (done, took, _) = ask(&four(), &document, Some(seconds(10))).await;
        assert!(done.unwrap_err().is_timeout());
        assert!(near(took, seconds(10)), "{phase}: {took:?}");
        // Three times four seconds would be too long, and once is not.
        let all: &[&str] = &["a", "b", "c"];
        let document = self::document(&[("slow", all, latency(seconds(4), phase))]);
        let (done, took, _) = ask(&four(), &document, Some(seconds(10))).await;
        assert_eq!(done.unwrap().len(), 4);
        assert!(near(took, seconds(4)), "{phase}: {took:?}");
    }
}

/// What one command waits first counts for its second wait, as if they were waited one by one.
#[tokio::test(start_paused = true)]
async fn the_waits_of_one_command_are_no_longer_than_the_invocation() {
    #[inject_chaos]
    async fn handler(
        _event: LambdaEvent<Value>,
        timeout: Option<Duration>,
    ) -> Result<RedisResult<Vec<String>>, Error> {
        let mut connection = Connected::to(&Upstream::default(), timeout);
        Ok(four().query_async(&mut connection).await)
    }
    let slow = latency(seconds(4), "before");
    let silent = json!({"mode": "timeout", "timeout_buffer_ms": 1_000});
    for (second, timeout, expected, recorded) in [
        (slow.clone(), None, seconds(5), seconds(5)),
        (silent.clone(), None, seconds(4), seconds(4)),
        (silent, Some(seconds(3)), seconds(3), seconds(4)),
    ] {
        let document = document(&[("one", &["a"], slow.clone()), ("two", &["a"], second)]);
        let scope = Scope::new(&document);
        let mut context = Context::default();
        context.deadline = scope.deadline_in(seconds(5));
        let begun = Instant::now();
        let event = LambdaEvent::new(json!({}), context);
        let done = scope.run(handler(event, timeout)).await.unwrap();
        let took = begun.elapsed();
        assert!(near(took, expected), "{document}: {took:?} {done:?}");
        let waits = scope.decisions().into_iter();
        let waits: f64 = waits.filter_map(|own| own.latency_ms).sum();
        let whole = Duration::from_secs_f64(waits / 1_000.0);
        assert!(near(whole, recorded), "{document}: {whole:?}");
    }
}

/// An error that was injected in the place of a reply is not waited for, as that of one command is not.
#[tokio::test(start_paused = true)]
async fn nothing_comes_after_an_answer_that_was_injected() {
    let document = document(&[
        (
            "down",
            &["a"],
            json!({"mode": "exception", "exception_type": "LOADING"}),
        ),
        ("late", &["a"], latency(seconds(3), "after")),
    ]);
    let (done, took, scope) = ask(&four(), &document, None).await;
    let errors = done.unwrap_err().into_server_errors().unwrap();
    assert_eq!((errors.len(), errors[0].0), (1, 0));
    assert!(near(took, Duration::ZERO), "{took:?}");
    assert_eq!(scope.injected(), ["down"]);
}
