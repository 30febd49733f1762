//! Whatever a document says, a wrapped handler runs, is delayed within bounds, or fails as the
//! document says.
#![cfg(all(feature = "inject", feature = "lambda"))]

#[path = "plan_properties/generate.rs"]
mod generate;

use std::time::Duration;

use chaos_core::inject_chaos;
use chaos_core::testing::{Action, Decision, Scope};
use generate::{Draws, document};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};

/// What an invocation has.
const LEFT: Duration = Duration::from_secs(30);

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(json!({ "statusCode": 200, "headers": {}, "body": event.payload["body"] }))
}

fn own() -> Value {
    json!({ "statusCode": 200, "headers": {}, "body": "hello" })
}

fn injected<'a>(decisions: &'a [Decision], modes: &[&str]) -> Option<&'a Decision> {
    let mut found = decisions.iter().filter(|d| d.action == Action::Inject);
    found.find(|decision| modes.contains(&decision.mode))
}

/// Documents that are drawn at random seldom ask for anything: this one always does.
fn sound(draws: &mut Draws) -> Value {
    let mut document = json!({});
    for _ in 0..=draws.below(3) {
        let mode = *draws.one(&[
            "latency",
            "timeout",
            "statuscode",
            "exception",
            "lost_reply",
            "corruption",
        ]);
        let mut flag = json!({ "enabled": true, "percentage": draws.one(&[0, 50, 100]) });
        let mut set = |key: &str, value: Value| flag[key] = value;
        match mode {
            "latency" => set("max_latency", json!(draws.below(900_001))),
            "timeout" => set("timeout_buffer_ms", json!(draws.below(60_000))),
            "statuscode" => set("status_code", json!(100 + draws.below(500))),
            "corruption" => set("drop_headers", json!(["content-type"])),
            _ => set("exception_msg", json!(*draws.one(&["a", "", "\u{202e}x"]))),
        }
        if draws.below(3) == 0 {
            set(
                "match",
                json!([{ "path": "body", "value": *draws.one(&["hello", "bye"]) }]),
            );
        }
        if draws.below(4) == 0 && mode != "lost_reply" && mode != "corruption" {
            set("phase", json!("after"));
        }
        document[mode] = flag;
    }
    document
}

async fn check(document: &Value) -> Option<&'static str> {
    let (scope, _) = Scope::lenient(document);
    let mut context = Context::default();
    context.deadline = scope.deadline_in(LEFT);
    let begun = tokio::time::Instant::now();
    let event = LambdaEvent::new(json!({ "body": "hello" }), context);
    // A panic would end this test: none is allowed.
    let came = scope.run(handler(event)).await;
    let took = begun.elapsed();
    let decisions = scope.decisions();
    // `timeout` alone waits past the deadline, to the end of what a function may run.
    let may_wait = match injected(&decisions, &["latency", "timeout"]) {
        None => Duration::ZERO,
        Some(_) => LEFT,
    };
    assert!(
        took <= may_wait + Duration::from_secs(1) || injected(&decisions, &["timeout"]).is_some(),
        "{document} took {took:?}"
    );
    assert!(took < Duration::from_secs(1000), "{document} took {took:?}");
    match came {
        Ok(value) if value == own() => None,
        Ok(value) => {
            let why = injected(&decisions, &["statuscode", "corruption"]);
            assert!(why.is_some(), "{document} returned {value}");
            Some("another response")
        }
        Err(error) => {
            let why = injected(&decisions, &["exception", "lost_reply"]);
            assert!(why.is_some(), "{document} failed with {error}");
            Some("an error")
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrapped_handler_does_nothing_else() {
    let (mut hit, mut drawn) = (0, Draws(6));
    for _ in 0..3_000 {
        hit += usize::from(check(&sound(&mut drawn)).await.is_some());
        check(&document(&mut drawn)).await;
    }
    assert!(hit > 500, "{hit} were hit: the documents show nothing");
}
