//! Which calls are counted, whose they are, and when.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use chaos_tests::document::is_on;
use chaos_tests::{Running, function};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

async fn run(attributes: Value) -> Running {
    let mut flag = json!({"enabled": true, "status_code": 503});
    for (key, value) in attributes.as_object().expect("attributes") {
        flag[key] = value.clone();
    }
    function!("value")
        .document(&json!({"statuscode": flag}))
        .start()
        .await
}

async fn hits(function: &Running, calls: usize) -> Vec<usize> {
    let mut hits = Vec::new();
    for nth in 1..=calls {
        if is_on(&function.answer(json!({})).await) {
            hits.push(nth);
        }
    }
    hits
}

#[tokio::test]
async fn the_first_are_let_through_and_of_the_rest_each_second_is_hit_three_times() {
    let function = run(json!({"skip_first": 2, "every": 2, "limit": 3})).await;
    assert_eq!(hits(&function, 12).await, [4, 6, 8], "{}", function.story());
}

/// A latency with a limit of one hits a new environment once, and the next one once.
#[tokio::test]
async fn a_latency_with_a_limit_of_one_is_a_cold_start() {
    for _ in 0..2 {
        let document = json!({"latency": {"enabled": true, "min_latency": 300, "limit": 1}});
        let function = function!("value").document(&document).start().await;
        let first = function.timed(json!({})).await;
        assert!(first >= Duration::from_millis(300), "{first:?}");
        for _ in 0..5 {
            function.answer(json!({})).await;
        }
        function.settle().await;
        assert_eq!(function.actions("inject").len(), 1, "{}", function.story());
    }
}

/// The customers that are hit, by two flags of one document.
async fn customers() -> [BTreeSet<u32>; 2] {
    let flag = |code: u16| {
        json!({"enabled": true, "mode": "statuscode", "status_code": code, "percentage": 40,
            "by": "customer.id", "phase": "before"})
    };
    let mut hit = [BTreeSet::new(), BTreeSet::new()];
    for (at, name) in ["one", "two"].into_iter().enumerate() {
        let function = function!("value").document(&json!({ name: flag(503) }));
        let function = function.start().await;
        for customer in 0..60 {
            let event = json!({"customer": {"id": customer}});
            if is_on(&function.answer(event).await) {
                hit[at].insert(customer);
            }
        }
    }
    hit
}

/// In any process.
#[tokio::test]
async fn the_same_customers_are_hit_each_time_and_others_by_another_flag() {
    let [one, two] = customers().await;
    assert_eq!([one.clone(), two.clone()], customers().await);
    for hit in [&one, &two] {
        assert!((8..=40).contains(&hit.len()), "{hit:?}");
    }
    assert!(one.difference(&two).count() > 3, "{one:?} {two:?}");
    assert!(two.difference(&one).count() > 3, "{one:?} {two:?}");
}

#[tokio::test]
async fn nothing_happens_before_its_time() {
    let begins = SystemTime::now() + Duration::from_secs(6);
    let written = OffsetDateTime::from(begins).format(&Rfc3339);
    let function = run(json!({"starts_at": written.expect("a time")})).await;
    // What an invocation takes on a busy machine at the most.
    let slow = Duration::from_secs(3);
    while SystemTime::now() + slow < begins {
        let answer = function.answer(json!({})).await;
        assert!(!is_on(&answer), "{}", function.story());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let left = begins.duration_since(SystemTime::now());
    tokio::time::sleep(left.unwrap_or_default()).await;
    assert_eq!(hits(&function, 3).await, [1, 2, 3], "{}", function.story());
}
