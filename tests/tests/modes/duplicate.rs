//! Mode `duplicate`: the handler does its work twice, and its second result is what comes back.

use chaos_tests::{Launch, events, function};
use serde_json::{Value, json};

fn twice(handler: &str, percentage: u8) -> Launch {
    let flag = json!({"enabled": true, "percentage": percentage});
    function!(handler).document(&json!({"duplicate": flag}))
}

fn run_of(answer: &Value) -> u64 {
    answer["run"].as_u64().expect("which run it is")
}

#[tokio::test]
async fn always() {
    let function = twice("undone", 100).start().await;
    for run in [2, 4, 6] {
        let reply = function.reply(json!({})).await;
        let answer = reply.payload().expect("an answer");
        assert_eq!(run_of(&answer), run, "{}", function.story());
        assert_eq!(function.found().await.runs, run, "{}", function.story());
        let line = function.line("that it is run twice", |line| {
            line.is_action("inject") && line.field("request_id") == reply.request_id
        });
        assert_eq!(line.await.field("mode"), "duplicate");
    }
}

#[tokio::test]
async fn never() {
    let function = twice("undone", 0).start().await;
    for run in [1, 2, 3] {
        let answer = function.answer(json!({})).await;
        assert_eq!(run_of(&answer), run, "{}", function.story());
    }
}

/// What the first run comes to is nobody's: its error is not reported, and a panic ends it before
/// the second begins.
#[tokio::test]
async fn the_first_result_is_dropped_and_the_second_returned() {
    let function = twice("undone", 100).start().await;
    let answer = function.answer(json!({"end": "error", "in_run": 1})).await;
    assert_eq!(run_of(&answer), 2, "{}", function.story());
    let error = function.failure(json!({"end": "error", "in_run": 4})).await;
    assert_eq!(error.error_message, "its own");
    let error = function.failure(json!({"end": "panic", "in_run": 5})).await;
    assert!(error.error_message.contains("its own"), "{error}");
    assert_eq!(function.found().await.runs, 5, "{}", function.story());
}

/// A worker that is not idempotent says of the second delivery that all has failed.
#[tokio::test]
async fn a_worker_gets_its_messages_twice() {
    let function = twice("twice", 100).start().await;
    let answer = function.answer(events::sqs()).await;
    let both = json!([{"itemIdentifier": "one"}, {"itemIdentifier": "two"}]);
    assert_eq!(answer, json!({"batchItemFailures": both}));

    let function = twice("twice", 0).start().await;
    let answer = function.answer(events::sqs()).await;
    assert_eq!(answer, json!({"batchItemFailures": []}));
}
