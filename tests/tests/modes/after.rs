//! Faults with `"phase": "after"`: the work is done, and then it fails.

use chaos_local::Invocation;
use chaos_tests::{events, function};
use serde_json::{Value, json};

/// Handlers whose response has headers of its own, and an event for each.
fn answering() -> [(&'static str, Value); 8] {
    [
        ("shared_v2", events::api_v2()),
        ("shared_v1", events::api_v1()),
        ("shared_alb", events::alb()),
        ("shared_value", json!({})),
        ("shared_wrapped", json!({})),
        ("shared_http", events::api_v2()),
        ("shared_into", events::api_v1()),
        ("shared_router", events::alb()),
    ]
}

#[tokio::test]
async fn a_status_code_is_all_that_changes() {
    let flag = json!({"enabled": true, "status_code": 503, "phase": "after", "skip_first": 1});
    let document = json!({"statuscode": flag});
    for (handler, event) in answering() {
        let function = function!(handler).document(&document).start().await;
        let mut own = function.answer(event.clone()).await;
        assert_eq!(own["statusCode"], 200, "{handler}: {own}");
        let answer = function.answer(event).await;
        own["statusCode"] = json!(503);
        // A load balancer has it in words too.
        if own["statusDescription"].is_string() {
            own["statusDescription"] = json!("503 Service Unavailable");
        }
        assert_eq!(answer, own, "{handler}");
    }
}

/// The handler has said that it did its work, for each of the ways to fail.
#[tokio::test]
async fn the_work_is_done_and_then_it_fails() {
    for (mode, flag) in [
        (
            "exception",
            json!({"exception_msg": "boom", "phase": "after"}),
        ),
        ("lost_reply", json!({"exception_msg": "boom"})),
        ("panic", json!({"exception_msg": "boom", "phase": "after"})),
    ] {
        let mut flag = flag;
        flag["enabled"] = json!(true);
        let launch = function!("value").document(&json!({ mode: flag }));
        let function = launch.env("CHAOS_ALLOW", mode).start().await;
        let call = Invocation::new(json!({"mark": true})).request_id(mode);
        let error = function.failure(call).await;
        assert!(error.error_message.contains("boom"), "{mode}: {error}");
        let done = function.line("that the work was done", |line| {
            line.field("message") == "mark"
        });
        done.await;
    }
}

/// So a wait comes once the work is done.
#[tokio::test]
async fn the_work_is_done_and_then_it_waits() {
    let flag = json!({"enabled": true, "min_latency": 3_000, "phase": "after"});
    let function = function!("value").document(&json!({"latency": flag}));
    let function = function.start().await;
    let call = function.reply(json!({"mark": true}));
    let done = function.line("that the work was done", |line| {
        line.field("message") == "mark"
    });
    tokio::select! {
        biased;
        _ = done => {}
        reply = call => panic!("it answered first: {reply:?}\n{}", function.story()),
    }
}
