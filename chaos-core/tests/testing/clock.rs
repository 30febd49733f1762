//! Everything that looks at time agrees.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use chaos_core::testing::Scope;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use tokio::time::{advance, timeout};

use super::*;

#[inject_chaos]
async fn on_event(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

#[inject_chaos]
fn blocking_on_event(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

fn ending_in(scope: &Scope, left: Duration) -> LambdaEvent<Value> {
    let mut context = Context::default();
    context.deadline = scope.deadline_in(left);
    LambdaEvent::new(json!({}), context)
}

/// 2040-01-01T00:00:00Z, far from the system's clock.
fn year_2040() -> SystemTime {
    UNIX_EPOCH + SECOND * 2_208_988_800
}

fn waited(scope: &Scope) -> Vec<f64> {
    let decisions = scope.decisions();
    decisions.iter().filter_map(|d| d.latency_ms).collect()
}

#[tokio::test(start_paused = true)]
async fn a_latency_takes_no_time_and_runs_into_timeouts_as_it_would() {
    let real = Instant::now();
    let scope = Scope::new(&json!({"latency": {"enabled": true, "min_latency": 30_000}}));
    let (start, before) = (tokio::time::Instant::now(), scope.now());
    scope.run(handler()).await.expect("an answer");
    assert_eq!(start.elapsed().as_secs(), 30);
    let gone = scope.now().duration_since(before).expect("later");
    assert_eq!(gone, start.elapsed(), "the scope's clock goes with tokio's");
    assert!(timeout(29 * SECOND, scope.run(handler())).await.is_err());
    assert!(timeout(31 * SECOND, scope.run(handler())).await.is_ok());
    assert!(real.elapsed() < 20 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn windows_open_and_close_as_time_goes_by() {
    let at = |minutes: u32| {
        json!({"exception": {
            "enabled": true,
            "starts_at": "2040-01-01T00:10:00Z",
            "expires_at": format!("2040-01-01T00:{minutes}:00Z"),
        }})
    };
    let scope = Scope::builder(&at(30)).virtual_clock(year_2040()).build();
    assert!(scope.run(handler()).await.is_ok(), "it has not begun");
    advance(10 * 60 * SECOND).await;
    assert!(scope.run(handler()).await.is_err());
    advance((20 * 60 - 1) * SECOND).await;
    assert!(scope.run(handler()).await.is_err());
    advance(SECOND).await;
    assert!(scope.run(handler()).await.is_ok(), "it is over");
    scope.flip(&at(59));
    assert!(scope.run(handler()).await.is_err());
    advance(60 * 60 * SECOND).await;
    assert!(scope.run(handler()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_document_itself_expires() {
    let scope = Scope::builder(&json!({
        "settings": {"expires_at": "2040-01-01T00:30:00Z"}, "exception": {"enabled": true},
    }));
    let scope = scope.virtual_clock(year_2040()).build();
    assert!(scope.run(handler()).await.is_err());
    advance(60 * 60 * SECOND).await;
    assert!(scope.run(handler()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn deadlines_are_judged_and_waited_for_by_the_scopes_clock() {
    for start in [year_2040(), UNIX_EPOCH + SECOND, SystemTime::now()] {
        let document = json!({"timeout": {"enabled": true, "timeout_buffer_ms": 1_000}});
        let scope = Scope::builder(&document).virtual_clock(start).build();
        advance(60 * 60 * SECOND).await;
        let event = ending_in(&scope, 30 * SECOND);
        let began = tokio::time::Instant::now();
        scope.run(on_event(event)).await.expect("an answer");
        let waited = began.elapsed();
        // A deadline is in whole milliseconds, rounded down; a timer is rounded up.
        assert!(waited.abs_diff(29 * SECOND) <= Duration::from_millis(2));

        let event = ending_in(&scope, SECOND);
        advance(SECOND).await;
        scope.run(on_event(event)).await.expect("an answer");
        let decisions = scope.decisions();
        let why = decisions[1].to_string();
        assert!(why.contains("deadline is not known"), "{why}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_other_wait_is_longer_than_the_deadline() {
    let document = json!({"latency": {"enabled": true, "min_latency": 60_000}});
    let scope = Scope::builder(&document).virtual_clock(year_2040()).build();
    let began = tokio::time::Instant::now();
    let event = ending_in(&scope, 3 * SECOND);
    scope.run(on_event(event)).await.expect("an answer");
    assert!(began.elapsed().abs_diff(3 * SECOND) <= Duration::from_millis(2));
}

#[test]
fn with_a_virtual_clock_what_blocks_sets_it_forward() {
    let real = Instant::now();
    let document = json!({
        "latency": {"enabled": true, "min_latency": 30_000, "limit": 1},
        "late": {"enabled": true, "mode": "latency", "phase": "after", "min_latency": 5_000},
        "exception": {"enabled": true, "starts_at": "2040-01-01T00:01:00Z"},
    });
    let scope = Scope::builder(&document).virtual_clock(year_2040()).build();
    scope.run_blocking(blocking_handler).expect("an answer");
    assert!(scope.now() >= year_2040() + 35 * SECOND);
    assert_eq!(waited(&scope), [30_000.0, 5_000.0]);
    for _ in 0..5 {
        scope.run_blocking(blocking_handler).expect("an answer");
    }
    assert!(
        scope.run_blocking(blocking_handler).is_err(),
        "a minute has gone by"
    );
    let event = ending_in(&scope, 2 * SECOND);
    scope.flip(&json!({"timeout": {"enabled": true}}));
    let before = scope.now();
    scope
        .run_blocking(|| blocking_on_event(event))
        .expect("an answer");
    let gone = scope.now().duration_since(before).expect("later");
    assert!((SECOND..3 * SECOND).contains(&gone), "{gone:?}");
    assert!(real.elapsed() < 20 * SECOND);
}

#[test]
fn without_one_what_blocks_really_blocks() {
    let real = Instant::now();
    let scope = Scope::new(&json!({"latency": {"enabled": true, "min_latency": 50}}));
    scope.run_blocking(blocking_handler).expect("an answer");
    assert!(real.elapsed() >= Duration::from_millis(50));
}

#[test]
fn a_scope_starts_with_the_systems_clock() {
    let before = SystemTime::now();
    let scope = Scope::new(&json!({}));
    let now = scope.now();
    assert!(before <= now && now <= SystemTime::now() + SECOND);
    let early = Scope::builder(&json!({})).virtual_clock(UNIX_EPOCH - SECOND);
    assert!(early.build().now() < UNIX_EPOCH + 60 * SECOND);
}
