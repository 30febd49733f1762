//! Mode `cpu`: cores are busy while the handler runs, or for as long as the document says.

use chaos_tests::{Launch, Running, function};
use serde_json::{Value, json};

/// Of 200 ms, how long busy threads have a core at the least, on a machine with other things to do.
const BUSY_MS: u64 = 20;

/// A function with this flag, where the mode may be used.
fn taking(mut flag: Value) -> Launch {
    flag["enabled"] = json!(true);
    let launch = function!("undone").document(&json!({"cpu": flag}));
    launch.env("CHAOS_ALLOW", "cpu")
}

async fn assert_idle(function: &Running) {
    let found = function.found().await;
    assert_eq!(found.threads, 0, "{found:?}\n{}", function.story());
    assert!(found.busy_ms < BUSY_MS, "{found:?}\n{}", function.story());
}

#[tokio::test]
async fn always() {
    let function = taking(json!({"cpu_threads": 3})).start().await;
    assert_idle(&function).await;
    for _ in 0..3 {
        let reply = function.reply(json!({"look": true})).await;
        let found = function.meanwhile(&reply.request_id).await;
        assert_eq!(found.threads, 3, "{found:?}\n{}", function.story());
        assert!(found.busy_ms >= BUSY_MS, "{found:?}\n{}", function.story());
        assert_idle(&function).await;
    }
    let line = function
        .line("the threads", |line| line.is_action("inject"))
        .await;
    assert_eq!(line.field("cpu_threads"), "3", "{line}");
}

/// The handler looks for 200 ms, and the threads have ended when it counts them.
#[tokio::test]
async fn for_less_than_the_handler_takes() {
    let flag = json!({"cpu_threads": 2, "cpu_ms": 50});
    let function = taking(flag).start().await;
    let reply = function.reply(json!({"look": true})).await;
    let found = function.meanwhile(&reply.request_id).await;
    assert_eq!(found.threads, 0, "{found:?}\n{}", function.story());
    assert!(found.busy_ms < 2 * 50 + BUSY_MS, "{found:?}");
    let line = function
        .line("the threads", |line| line.is_action("inject"))
        .await;
    assert_eq!(line.field("cpu_ms"), "50", "{line}");
}

#[tokio::test]
async fn never() {
    let function = taking(json!({"percentage": 0})).start().await;
    let reply = function.reply(json!({"look": true})).await;
    let found = function.meanwhile(&reply.request_id).await;
    assert_eq!(found.threads, 0, "{found:?}");
    assert!(found.busy_ms < BUSY_MS, "{found:?}");
}
