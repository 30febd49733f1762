//! Named points in a real process: the list of them, and which invocation they are in.

use std::time::Duration;

use chaos_local::Invocation;
use chaos_tests::{Launch, Running, function};
use serde_json::{Value, json};

fn reaching() -> Launch {
    function!("reaching")
}

/// Point, labels and how often it was reached, as the handler lists them.
fn listed(calls: u64) -> Value {
    json!({
        "store.get": [["kind", "shard", "tenant"], calls],
        "store.later": [["tenant"], calls],
        "store.put": [["size"], calls],
    })
}

/// The lines that say of a point that it was reached.
fn reached(function: &Running) -> Vec<[String; 2]> {
    let lines = function.actions("reach").into_iter();
    let mut reached: Vec<_> = lines
        .map(|line| ["point", "labels"].map(|field| line.field(field)))
        .collect();
    reached.sort();
    reached
}

#[tokio::test]
async fn the_points_that_are_reached_are_listed_and_each_is_said_once() {
    let document = json!({"latency": {"enabled": true, "min_latency": 0, "point": "store.get"}});
    for launch in [reaching(), reaching().document(&document)] {
        let function = launch.env("CHAOS_LIST_POINTS", "1").start().await;
        for calls in 1..=3 {
            assert_eq!(function.answer(json!({})).await, listed(calls));
        }
        let said = [
            ["store.get", "kind,shard,tenant"],
            ["store.later", "tenant"],
            ["store.put", "size"],
        ];
        let last = |line: &chaos_tests::Line| line.field("message") == "later";
        function.line("that the last one is reached", last).await;
        assert_eq!(reached(&function), said, "{}", function.story());
    }
}

#[tokio::test]
async fn nothing_is_listed_unless_it_is_asked_for() {
    let off = json!({"latency": {"enabled": true, "min_latency": 0, "point": "store.get"}});
    for launch in [
        reaching().document(&off),
        reaching().document(&off).env("CHAOS_LIST_POINTS", "off"),
        reaching()
            .env("CHAOS_LIST_POINTS", "1")
            .env("CHAOS_DISABLED", "1"),
    ] {
        let function = launch.start().await;
        assert_eq!(function.answer(json!({})).await, json!({}));
        function
            .line("that the last one is reached", |line| {
                line.field("message") == "later"
            })
            .await;
        assert_eq!(reached(&function), [[""; 2]; 0], "{}", function.story());
    }
}

#[tokio::test]
async fn a_flag_hits_the_labels_that_it_names() {
    for (labels, fails) in [
        (json!({"kind": "read", "shard": "3"}), true),
        (json!({"kind": "read", "shard": "2"}), false),
        (json!({"tenant": ["b", "a"]}), true),
        (json!({"tenant": "b"}), false),
    ] {
        let document = json!({"exception": {"enabled": true, "point": "store.get",
            "labels": labels}});
        let function = reaching().document(&document).start().await;
        let reply = function.reply(json!({"tenant": "a"})).await;
        assert_eq!(reply.failed, fails, "{labels}");
    }
}

#[tokio::test]
async fn each_point_knows_the_request_that_it_is_in() {
    let document = json!({"latency": {"enabled": true, "min_latency": 1, "point": "store.*"}});
    let function = reaching().document(&document).start().await;
    for id in ["first", "second"] {
        let event = Invocation::new(json!({})).request_id(id);
        function.answer(event).await;
        for point in ["store.get", "store.put", "store.later"] {
            let known = |line: &chaos_tests::Line| {
                line.is_action("inject")
                    && line.field("point") == point
                    && line.field("request_id") == id
            };
            function.line(&format!("{point} in {id}"), known).await;
        }
    }
}

/// Without passing anything: no wait at a point goes past the deadline, in a spawned task either.
#[tokio::test]
async fn each_point_knows_the_deadline_that_it_has() {
    for point in ["store.get", "store.put", "store.later"] {
        let document = json!({"latency": {"enabled": true, "min_latency": 60_000,
            "point": point}});
        let function = reaching().document(&document).start().await;
        let timeout = Duration::from_millis(1_500);
        let event = Invocation::new(json!({})).timeout(timeout);
        // it ends at its deadline, and whether it answers in that moment is anybody's guess
        let _ended = function.function.invoke(event).await;
        let line = function.line("the wait", |line| line.is_action("inject"));
        let line = line.await;
        let waited = line.json()["latency_ms"].as_f64().expect("a figure");
        assert!(waited > 0.0 && waited <= 1_500.0, "{line}");
        assert_eq!(line.field("point"), point);
    }
}
