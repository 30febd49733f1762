//! Mode `latency`: the answer is the handler's own, later.

use std::time::Duration;

use chaos_tests::{Launch, function};
use serde_json::{Value, json};

const WAIT: Duration = Duration::from_millis(300);

fn delayed(percentage: u8) -> Launch {
    function!("value").document(&json!({
        "latency": {"enabled": true, "percentage": percentage, "min_latency": 300, "max_latency": 300}
    }))
}

fn own_answer() -> Value {
    json!({"statusCode": 200, "body": "own answer"})
}

#[tokio::test]
async fn always() {
    let function = delayed(100).start().await;
    for _ in 0..3 {
        let reply = function.reply(json!({})).await;
        assert!(reply.duration >= WAIT, "{reply:?}\n{}", function.story());
        assert_eq!(reply.payload(), Ok(own_answer()));
        let line = function.line("the wait", |line| {
            line.field("request_id") == reply.request_id
        });
        let line = line.await;
        assert_eq!(line.field("action"), "inject", "{line}");
        assert_eq!(line.field("mode"), "latency", "{line}");
        assert_eq!(line.field("latency_ms"), "300.0", "{line}");
    }
}

#[tokio::test]
async fn never() {
    let function = delayed(0).start().await;
    let mut waits = Vec::new();
    for _ in 0..5 {
        let reply = function.reply(json!({})).await;
        waits.push(reply.duration);
        assert_eq!(reply.payload(), Ok(own_answer()));
    }
    let shortest = waits.iter().min();
    assert!(shortest < Some(&WAIT), "{waits:?}\n{}", function.story());
    function.settle().await;
    assert!(
        function.actions("inject").is_empty(),
        "{}",
        function.story()
    );
}

/// A wait between two bounds is between them, and not always the same.
#[tokio::test]
async fn between_bounds() {
    let document = json!({"latency": {"enabled": true, "min_latency": 20, "max_latency": 80}});
    let function = function!("value").document(&document).start().await;
    for _ in 0..20 {
        let waited = function.timed(json!({})).await;
        assert!(waited >= Duration::from_millis(20), "{}", function.story());
    }
    function.settle().await;
    let waits: Vec<f64> = function
        .actions("inject")
        .iter()
        .filter_map(|line| line.field("latency_ms").parse().ok())
        .collect();
    assert!(waits.len() >= 20, "{}", function.story());
    assert!(
        waits.iter().all(|wait| (20.0..=80.0).contains(wait)),
        "{waits:?}"
    );
    assert!(waits.iter().any(|wait| *wait < 50.0), "{waits:?}");
    assert!(waits.iter().any(|wait| *wait > 50.0), "{waits:?}");
}
