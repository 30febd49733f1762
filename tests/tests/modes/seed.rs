//! Each mode half the time: with a seed, the same invocations are hit in every process.

use chaos_local::Reply;
use chaos_tests::{Line, Running, function};
use serde_json::{Value, json};

/// How often each function is invoked. Of 60 fair draws, fewer than 16 or more than 44 come once
/// in ten thousand times; with a seed it is the same draw each time.
const INVOCATIONS: usize = 60;

/// A flag that hits half the time, with figures such as `{"status_code": 429}`.
fn document(mode: &str, figures: &Value, seed: u64) -> Value {
    let mut document = json!({
        "settings": {"seed": seed},
        mode: {"enabled": true, "percentage": 50}
    });
    for (name, figure) in figures.as_object().expect("figures have names") {
        document[mode][name] = figure.clone();
    }
    document
}

/// Which invocations were hit, as their replies show it.
async fn hits(function: &Running, is_hit: impl Fn(&Reply) -> bool) -> Vec<bool> {
    let mut hits = Vec::new();
    for _ in 0..INVOCATIONS {
        hits.push(is_hit(&function.reply(json!({})).await));
    }
    hits
}

/// The same seed brings the same sequence of hits to two processes, another seed another one.
async fn half(handler: &str, mode: &str, figures: Value, is_hit: impl Fn(&Reply) -> bool + Copy) {
    let run = async |seed| {
        let document = document(mode, &figures, seed);
        let function = function!(handler).document(&document).start().await;
        let hits = hits(&function, is_hit).await;
        let hit = hits.iter().filter(|hit| **hit).count();
        assert!(
            (16..=44).contains(&hit),
            "{hit} of {INVOCATIONS}\n{}",
            function.story()
        );
        // what the log says is what came back
        let logged = function.line("the last hit", last_of(hit)).await;
        assert_eq!(logged.field("mode"), mode);
        assert_eq!(
            function.actions("inject").len(),
            hit,
            "{}",
            function.story()
        );
        hits
    };
    let (one, two, other) = tokio::join!(run(7), run(7), run(8));
    assert_eq!(one, two);
    assert_ne!(one, other);
}

/// Finds the line of the n-th hit.
fn last_of(hit: usize) -> impl FnMut(&Line) -> bool {
    let mut seen = Vec::new();
    move |line| {
        // the log is searched from its start each time there is more of it
        let id = line.field("request_id");
        if line.is_action("inject") && !seen.contains(&id) {
            seen.push(id);
        }
        seen.len() == hit
    }
}

fn answer(reply: &Reply) -> Value {
    reply.payload().expect("the function does not fail")
}

#[tokio::test]
async fn latency() {
    let waited = |reply: &Reply| reply.duration.as_millis() >= 100;
    half("value", "latency", json!({"min_latency": 100}), waited).await;
}

#[tokio::test]
async fn exception() {
    let failed = |reply: &Reply| reply.failed;
    half(
        "value",
        "exception",
        json!({"exception_msg": "boom"}),
        failed,
    )
    .await;
}

#[tokio::test]
async fn statuscode() {
    let replaced = |reply: &Reply| answer(reply)["statusCode"] == 429;
    half("value", "statuscode", json!({"status_code": 429}), replaced).await;
}

#[tokio::test]
async fn diskspace() {
    let held = |reply: &Reply| answer(reply)["held"].as_u64() >= Some(8 << 20);
    half("disk", "diskspace", json!({"disk_space": 8}), held).await;
}
