//! Each mode half the time: with a seed, the same invocations are hit in every process.

use chaos_tests::{Line, Running, function};
use serde_json::{Value, json};

/// How often each function is invoked. Of 60 fair draws, fewer than 16 or more than 44 come once
/// in ten thousand times; with a seed it is the same draw each time.
const INVOCATIONS: usize = 60;

fn document(mode: &str, seed: u64, figures: Value) -> Value {
    let mut flag = json!({"enabled": true, "percentage": 50});
    let flag_figures = figures.as_object().expect("figures are an object").clone();
    flag.as_object_mut()
        .expect("a flag is an object")
        .extend(flag_figures);
    json!({"settings": {"seed": seed}, mode: flag})
}

/// Which invocations were hit, as the answers show it.
async fn hits(function: &Running, is_hit: impl Fn(&Value) -> bool) -> Vec<bool> {
    let mut hits = Vec::new();
    for _ in 0..INVOCATIONS {
        let reply = function.reply(json!({})).await;
        let answer = reply.payload().unwrap_or_else(|error| error.to_json());
        let waited = reply.duration.as_millis();
        hits.push(is_hit(&json!({"answer": answer, "waited": waited as u64})));
    }
    hits
}

/// The same seed brings the same sequence of hits to two processes, another seed another one.
async fn half(handler: &str, mode: &str, figures: Value, is_hit: impl Fn(&Value) -> bool + Copy) {
    let run = async |seed| {
        let document = document(mode, seed, figures.clone());
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

#[tokio::test]
async fn latency() {
    let figures = json!({"min_latency": 100});
    half("value", "latency", figures, |seen| {
        seen["waited"].as_u64() >= Some(100)
    })
    .await;
}

#[tokio::test]
async fn exception() {
    let figures = json!({"exception_msg": "boom"});
    half("value", "exception", figures, |seen| {
        seen["answer"]["errorMessage"] == "boom"
    })
    .await;
}

#[tokio::test]
async fn statuscode() {
    let figures = json!({"status_code": 429});
    half("value", "statuscode", figures, |seen| {
        seen["answer"]["statusCode"] == 429
    })
    .await;
}

#[tokio::test]
async fn diskspace() {
    let eight = 8 << 20;
    let figures = json!({"disk_space": 8});
    half("disk", "diskspace", figures, |seen| {
        seen["answer"]["held"].as_u64() >= Some(eight)
    })
    .await;
}
