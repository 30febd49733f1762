//! `every`, `skip_first` and `limit`.

use std::time::Duration;

use chaos_core::testing::{Action, Scope};
use serde_json::json;
use tokio::time::Instant;

use super::{event, fails, handler, hits};

#[tokio::test]
async fn every_skip_first_and_limit_count_the_calls_that_are_concerned() {
    let scope = Scope::new(&json!({
        "exception": {"enabled": true, "skip_first": 2, "every": 3, "limit": 2},
    }));
    let hit: Vec<usize> = (1..=14)
        .zip(hits(&scope, 14).await)
        .filter_map(|(nth, hit)| hit.then_some(nth))
        .collect();
    assert_eq!(hit, [5, 8]);
}

#[tokio::test]
async fn counters_survive_a_flip_that_leaves_the_flag_equal() {
    let document = json!({"exception": {"enabled": true, "limit": 2}});
    let scope = Scope::new(&document);
    assert!(fails(&scope).await);
    let mut another = document.clone();
    another["latency"] = json!({"enabled": false});
    scope.flip(&another);
    assert_eq!(hits(&scope, 3).await, [true, false, false]);
    scope.flip(&json!({"exception": {"enabled": true, "limit": 1}}));
    assert_eq!(
        hits(&scope, 2).await,
        [true, false],
        "another flag counts anew"
    );
}

#[tokio::test(start_paused = true)]
async fn a_latency_with_a_limit_of_one_is_a_cold_start() {
    let scope = Scope::new(&json!({"latency": {"enabled": true, "min_latency": 800, "limit": 1}}));
    let mut took = Vec::new();
    for _ in 0..4 {
        let start = Instant::now();
        assert!(!fails(&scope).await);
        took.push(start.elapsed() >= Duration::from_millis(800));
    }
    assert_eq!(took, [true, false, false, false]);
}

#[tokio::test]
async fn calls_that_a_flag_does_not_concern_are_not_counted() {
    let scope = Scope::new(&json!({"exception": {
        "enabled": true, "skip_first": 1, "limit": 1,
        "match": [{"path": "path", "value": "/orders"}],
    }}));
    let mut hit = Vec::new();
    for path in ["/", "/orders", "/", "/orders", "/", "/orders"] {
        let call = handler(event(json!({"path": path})));
        hit.push(scope.run(call).await.is_err());
    }
    assert_eq!(hit, [false, false, false, true, false, false]);
}

#[tokio::test]
async fn what_another_flag_answers_first_is_not_counted_against_the_limit() {
    let scope = Scope::new(&json!({
        "statuscode": {"enabled": true, "limit": 2},
        "exception": {"enabled": true, "limit": 1},
    }));
    hits(&scope, 5).await;
    assert_eq!(scope.injected(), ["statuscode", "statuscode", "exception"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_injected_is_not_counted_against_the_limit() {
    // The deadline of the first invocations is not known.
    let scope = Scope::new(&json!({"timeout": {"enabled": true, "limit": 1}}));
    hits(&scope, 3).await;
    assert_eq!(scope.decisions().len(), 3);
    let mut known = event(json!({}));
    known.context.deadline = scope.deadline_in(Duration::from_secs(10));
    scope.run(handler(known)).await.expect("its own answer");
    assert_eq!(scope.injected(), ["timeout"]);
}

#[tokio::test]
async fn a_dry_run_counts_as_the_real_thing_and_not_against_it() {
    let document = |dry: bool| json!({"settings": {"dry_run": dry}, "exception": {"enabled": true, "limit": 1}});
    let scope = Scope::new(&document(true));
    assert_eq!(hits(&scope, 3).await, [false; 3]);
    scope.flip(&document(false));
    assert_eq!(hits(&scope, 3).await, [true, false, false]);
    let made = scope.decisions().into_iter().map(|made| made.action);
    assert_eq!(made.collect::<Vec<_>>(), [Action::DryRun, Action::Inject]);
}
