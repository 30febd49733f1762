use std::ops::RangeInclusive;

use chaos_core::inject_chaos;
use chaos_core::testing::{Action, Scope};
use lambda_runtime::Error;

use super::*;

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

fn seconds(from: u64, to: u64) -> RangeInclusive<Duration> {
    Duration::from_secs(from)..=Duration::from_secs(to)
}

/// With ten seconds left by the scope's clock, which stands still while the system's goes on.
fn event(scope: &Scope) -> LambdaEvent<Value> {
    let mut event = unending();
    event.context.deadline = scope.deadline_in(Duration::from_secs(10));
    event
}

/// How long a call with ten seconds left takes.
async fn waited(scope: &Scope) -> Duration {
    let start = tokio::time::Instant::now();
    scope.run(handler(event(scope))).await.expect("an answer");
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn waits_until_the_deadline_less_the_buffer() {
    let flag = |buffer: u32| json!({"timeout": {"enabled": true, "timeout_buffer_ms": buffer}});
    let scope = Scope::new(&flag(4_000));
    assert!(seconds(5, 6).contains(&waited(&scope).await));
    let figure = scope.decisions()[0].latency_ms.expect("a figure");
    assert!((5_000.0..=6_000.0).contains(&figure), "{figure}");

    let scope = Scope::new(&flag(20_000));
    assert_eq!(waited(&scope).await, Duration::ZERO, "the buffer has begun");
    assert_eq!(scope.injected(), ["timeout"]);
}

/// An answer at the deadline would race with Lambda's end of the invocation.
#[tokio::test(start_paused = true)]
async fn without_a_buffer_it_waits_past_the_deadline() {
    for phase in ["before", "after"] {
        let scope = Scope::new(&json!({"timeout": {"enabled": true, "phase": phase}}));
        let past = Duration::from_millis(10_900)..=Duration::from_millis(11_001);
        let waited = waited(&scope).await;
        assert!(past.contains(&waited), "{phase}: {waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn waits_after_the_work_too() {
    let flag = json!({"enabled": true, "phase": "after", "timeout_buffer_ms": 1});
    let scope = Scope::new(&json!({ "timeout": flag }));
    assert!(seconds(9, 10).contains(&waited(&scope).await));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_deadline_is_not_waited_for_and_reported() {
    for phase in ["before", "after"] {
        let scope = Scope::new(&json!({"timeout": {"enabled": true, "phase": phase}}));
        let start = tokio::time::Instant::now();
        scope.run(handler(unending())).await.expect("an answer");
        assert_eq!(start.elapsed(), Duration::ZERO);
        let decision = &scope.decisions()[0];
        assert_eq!(decision.action, Action::Error);
        let why = decision.message.as_deref().expect("why");
        assert!(why.contains("deadline is not known"), "{why}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_point_waits_for_the_deadline_of_its_invocation() {
    #[inject_chaos(point = "store.get")]
    async fn get() -> Result<(), Error> {
        Ok(())
    }
    #[inject_chaos]
    async fn calls_on(event: LambdaEvent<Value>) -> Result<Value, Error> {
        get().await?;
        Ok(event.payload)
    }
    for phase in ["before", "after"] {
        let flag = json!({"enabled": true, "point": "store.*", "phase": phase});
        let scope = Scope::new(&json!({ "timeout": flag }));
        let start = tokio::time::Instant::now();
        scope.run(calls_on(event(&scope))).await.expect("an answer");
        assert!(seconds(10, 11).contains(&start.elapsed()), "{phase}");
    }
}

#[test]
fn a_function_that_is_not_async_really_waits() {
    #[inject_chaos]
    fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
        Ok(event.payload)
    }
    let scope = Scope::new(&json!({"timeout": {"enabled": true, "timeout_buffer_ms": 700}}));
    let event = ending_in(Duration::from_secs(2));
    // Less the ticks of a coarse clock.
    let since = Duration::from_millis(event.context.deadline - 700 - 20);
    let buffer_begins = UNIX_EPOCH + since;
    scope.run_blocking(|| handler(event)).expect("an answer");
    assert!(SystemTime::now() >= buffer_begins, "it did not wait");
    let wait = scope.decisions()[0].latency_ms.expect("a figure");
    assert!(wait <= 1_300.0, "{wait}");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_does_not_wait() {
    let scope = Scope::dry_run(&json!({"timeout": {"enabled": true}}));
    assert_eq!(waited(&scope).await, Duration::ZERO);
    assert_eq!(scope.decisions()[0].action, Action::DryRun);
}
