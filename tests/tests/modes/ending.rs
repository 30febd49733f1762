//! The modes that end calls, processes and patience: `timeout`, `lost_reply`, `panic`, `exit`.

use std::time::Duration;

use chaos_local::{Invocation, InvokeError};
use chaos_tests::{Running, function};
use serde_json::{Value, json};

async fn with(document: Value, allow: &str) -> Running {
    let launch = function!("value").document(&document);
    launch.env("CHAOS_ALLOW", allow).start().await
}

fn own_answer() -> Value {
    json!({"statusCode": 200, "body": "own answer"})
}

fn within(time: Duration) -> Invocation {
    Invocation::new(json!({})).timeout(time)
}

#[tokio::test]
async fn timeout_waits_until_the_deadline_less_the_buffer() {
    // A buffer that a busy machine does not use up.
    let document = json!({"timeout": {"enabled": true, "timeout_buffer_ms": 8_000}});
    let function = with(document, "timeout").await;
    let reply = function.reply(within(Duration::from_secs(10))).await;
    assert_eq!(reply.payload(), Ok(own_answer()));
    let waited = Duration::from_millis(1_900)..Duration::from_secs(10);
    assert!(waited.contains(&reply.duration), "{reply:?}");
}

/// Without a buffer the function is cut off, as Lambda does it, and starts again.
#[tokio::test]
async fn timeout_without_a_buffer_is_the_end_of_the_invocation() {
    let document = json!({"timeout": {"enabled": true, "limit": 1}});
    let function = with(document, "timeout").await;
    let error = function.no_answer(within(Duration::from_secs(1))).await;
    assert!(matches!(error, InvokeError::TimedOut { .. }), "{error}");
}

#[tokio::test]
async fn lost_reply_does_the_work_and_fails() {
    let document = json!({"lost_reply": {"enabled": true, "exception_msg": "lost"}});
    let function = with(document, "lost_reply").await;
    let error = function.failure(json!({})).await;
    assert_eq!(error.error_message, "lost");
}

#[tokio::test]
async fn panic_fails_the_invocation_and_the_process_lives() {
    let document = json!({"panic": {"enabled": true, "exception_msg": "boom", "limit": 1}});
    let function = with(document, "panic").await;
    let before = function.function.pid();
    let error = function.failure(json!({})).await;
    assert!(error.error_message.contains("boom"), "{error:?}");
    assert_eq!(function.answer(json!({})).await, own_answer());
    assert_eq!(function.function.pid(), before);
}

#[tokio::test]
async fn exit_ends_the_process_with_its_code() {
    let document = json!({"exit": {"enabled": true, "exit_code": 7}});
    let function = with(document, "exit").await;
    let error = function.no_answer(json!({})).await;
    let InvokeError::Exited { status, .. } = &error else {
        panic!("{error}\n{}", function.story());
    };
    assert_eq!(status.code(), Some(7));
}

#[tokio::test]
async fn what_ends_a_process_takes_its_name() {
    let document = json!({
        "panic": {"enabled": true},
        "exit": {"enabled": true},
        "memory": {"enabled": true},
        "cpu": {"enabled": true},
    });
    let function = function!("value").document(&document).start().await;
    assert_eq!(function.answer(json!({})).await, own_answer());
    let blocked = function.line("what is blocked", |line| line.field("mode") == "exit");
    assert_eq!(blocked.await.field("action"), "block");
    assert_eq!(function.actions("inject").len(), 0, "{}", function.story());
}
