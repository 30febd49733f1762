//! What the peers were observed to do with a handler, through the public API: the cases of
//! `tests/conformance/outcome.json`, `chaos-lambda.json` and `match.json`.
#![cfg(all(feature = "inject", feature = "lambda"))]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chaos_core::testing::Scope;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};

fn cases(file: &str) -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/conformance");
    let text = std::fs::read_to_string(format!("{folder}/{file}")).expect("the cases");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    file["cases"].as_array().expect("cases").clone()
}

struct Observed {
    result: Result<Value, String>,
    runs: usize,
    slept: Duration,
}

/// Runs one case: a handler that returns what the case says, wrapped.
async fn observe(case: &Value) -> Observed {
    let runs = Arc::new(AtomicUsize::new(0));
    let (counted, returns) = (Arc::clone(&runs), case["handler_returns"].clone());
    let handler = chaos_core::wrap(move |_: LambdaEvent<Value>| {
        let (counted, returns) = (Arc::clone(&counted), returns.clone());
        async move {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Error>(returns)
        }
    });
    let (scope, _) = Scope::lenient(&case["document"]);
    let start = tokio::time::Instant::now();
    let event = LambdaEvent::new(json!({}), Context::default());
    let result = scope.run(handler(event)).await;
    Observed {
        result: result.map_err(|error| error.to_string()),
        runs: runs.load(Ordering::Relaxed),
        slept: start.elapsed(),
    }
}

#[tokio::test(start_paused = true)]
async fn one_flag_at_a_time_as_in_failure_lambda() {
    let cases = cases("outcome.json");
    assert_eq!(cases.len(), 18);
    for case in cases {
        let observed = observe(&case).await;
        let id = &case["id"];
        match &case["throws"] {
            Value::String(message) => {
                assert_eq!(observed.result.expect_err("an error"), *message, "{id}");
            }
            _ => assert_eq!(observed.result.expect("a reply"), case["returns"], "{id}"),
        }
        assert_eq!(observed.runs > 0, case["handler_ran"] == true, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn documents_of_chaos_lambda() {
    let cases = cases("chaos-lambda.json");
    assert_eq!(cases.len(), 24);
    for case in cases {
        let observed = observe(&case).await;
        let id = &case["id"];
        match case["throws"].as_str() {
            // Python shows the error's type before its message.
            Some(thrown) => {
                let error = observed.result.expect_err("an error");
                assert_eq!(format!("Exception: {error}"), *thrown, "{id}");
            }
            None => assert_eq!(observed.result.expect("a reply"), case["returns"], "{id}"),
        }
        // Its second run of a handler is a defect that this project does not share.
        let runs = case["handler_runs"].as_u64().expect("a number").min(1);
        assert_eq!(observed.runs as u64, runs, "{id}");
        let slept = case["slept_ms"].as_array().expect("a list");
        let slept: f64 = slept.iter().filter_map(Value::as_f64).sum();
        let difference = observed.slept.as_secs_f64() * 1_000.0 - slept;
        assert!(
            (0.0..=1.5).contains(&difference),
            "{id}: slept {:?}",
            observed.slept
        );
    }
}

/// A call is hit where failure-lambda has the conditions hold for its event.
#[tokio::test]
async fn conditions_hold_for_calls() {
    let cases = cases("match.json");
    assert_eq!(cases.len(), 154);
    let mut hits = 0;
    for case in cases {
        let flag = json!({"enabled": true, "match": case["match"]});
        let scope = Scope::new(&json!({ "exception": flag }));
        let handler =
            chaos_core::wrap(async |event: LambdaEvent<Value>| Ok::<_, Error>(event.payload));
        let event = LambdaEvent::new(case["event"].clone(), Context::default());
        let hit = scope.run(handler(event)).await.is_err();
        assert_eq!(json!(hit), case["matches"], "{}", case["id"]);
        hits += usize::from(hit);
    }
    assert!((20..134).contains(&hits), "{hits}");
}
