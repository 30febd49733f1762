//! Mode `memory`: it is resident while the handler runs, and back after it.

use chaos_tests::{Launch, function};
use serde_json::{Value, json};

const MEGABYTE: u64 = 1 << 20;
const TAKEN: u64 = 200 * MEGABYTE;

/// A function whose document takes 200 megabytes, where the mode may be used.
fn taking(percentage: u8) -> Launch {
    let flag = json!({"enabled": true, "percentage": percentage, "memory_mb": 200});
    let launch = function!("undone").document(&json!({"memory": flag}));
    launch.env("CHAOS_ALLOW", "memory")
}

fn looks() -> Value {
    json!({"look": true})
}

#[tokio::test]
async fn always() {
    let function = taking(100).start().await;
    let before = function.found().await.resident;
    for _ in 0..3 {
        let reply = function.reply(looks()).await;
        let during = function.meanwhile(&reply.request_id).await.resident;
        assert!(
            during >= before + TAKEN,
            "{before}, then {during}\n{}",
            function.story()
        );
        let after = function.found().await.resident;
        assert!(
            after < before + TAKEN / 4,
            "{before}, then {after}\n{}",
            function.story()
        );
        let line = function.line("the memory", |line| {
            line.is_action("inject") && line.field("request_id") == reply.request_id
        });
        assert_eq!(line.await.field("memory_mb"), "200");
    }
}

#[tokio::test]
async fn never() {
    let function = taking(0).start().await;
    let before = function.found().await.resident;
    let reply = function.reply(looks()).await;
    let during = function.meanwhile(&reply.request_id).await.resident;
    assert!(during < before + TAKEN / 4, "{before}, then {during}");
}
