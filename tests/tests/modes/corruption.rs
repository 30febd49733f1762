//! Mode `corruption`, and the header that names the flags that fired, on real responses.

use chaos_tests::{Running, events, function};
use serde_json::{Value, json};

async fn run(handler: &str, document: &Value) -> Running {
    function!(handler).document(document).start().await
}

fn corruption(mut attributes: Value) -> Value {
    attributes["enabled"] = json!(true);
    json!({ "corruption": attributes })
}

/// Handlers whose response has headers, and an event for each.
fn carriers() -> [(&'static str, Value); 10] {
    [
        ("api_v2", events::api_v2()),
        ("api_v1", events::api_v1()),
        ("alb", events::alb()),
        ("value", json!({})),
        ("serialize", json!({})),
        ("wrapped", json!({})),
        ("layer", json!({})),
        ("http_response", events::api_v2()),
        ("http_into", events::api_v1()),
        ("http_layer", events::alb()),
    ]
}

/// The value of a response's header, whatever its name's case and whichever map it is in.
fn header(answer: &Value, name: &str) -> Option<String> {
    ["headers", "multiValueHeaders"].iter().find_map(|map| {
        let headers = answer[*map].as_object()?;
        let (_, value) = headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value.as_str().or_else(|| value[0].as_str())?.to_owned())
    })
}

#[tokio::test]
async fn the_body_is_replaced_and_a_header_set() {
    let document = corruption(json!({"body": "spoiled", "set_headers": {"X-Spoiled": "1"}}));
    for (handler, event) in carriers() {
        let function = run(handler, &document).await;
        let answer = function.answer(event).await;
        assert_eq!(answer["statusCode"], 200, "{handler}: {answer}");
        assert_eq!(answer["body"], "spoiled", "{handler}: {answer}");
        assert_eq!(
            header(&answer, "x-spoiled").as_deref(),
            Some("1"),
            "{handler}: {answer}"
        );
        let line = function
            .line("the corruption", |line| line.is_action("inject"))
            .await;
        assert_eq!(line.field("mode"), "corruption", "{line}");
        assert_eq!(line.field("body"), "replaced", "{line}");
        assert_eq!(line.field("headers_set"), "1", "{line}");
    }
}

#[tokio::test]
async fn without_attributes_the_body_is_cut_short_and_mangled() {
    for (handler, event) in carriers() {
        let function = run(handler, &corruption(json!({}))).await;
        let answer = function.answer(event).await;
        let body = answer["body"].as_str().unwrap_or_default();
        assert!(body.ends_with('\u{fffd}'), "{handler}: {answer}");
        let kept = body.trim_end_matches('\u{fffd}');
        assert!("own answer".starts_with(kept), "{handler}: {answer}");
    }
}

/// JSON without a code is all body: its texts and lists are cut short, and the rest of it stays. In its
/// place comes what failure-lambda makes of it.
#[tokio::test]
async fn plain_json_is_mangled_or_replaced() {
    let function = run("plain", &corruption(json!({}))).await;
    let answer = function.answer(json!({})).await;
    let keys: Vec<&String> = answer.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["count", "items", "name"], "{answer}");
    assert_eq!(answer["count"], 7, "{answer}");
    let name = answer["name"].as_str().expect("a text");
    let kept = name.trim_end_matches('\u{fffd}');
    assert!("Eleanor".starts_with(kept) && kept.len() < 7, "{answer}");
    assert!(
        answer["items"].as_array().expect("a list").len() < 3,
        "{answer}"
    );

    let function = run("plain", &corruption(json!({"body": "spoiled"}))).await;
    let answer = function.answer(json!({})).await;
    assert_eq!(answer["body"], "spoiled", "{answer}");
}

/// A queue takes an answer that names no message of its own for a failure of the whole batch, so
/// a text in it is mangled, and it never becomes a response.
#[tokio::test]
async fn a_worker_of_a_queue_keeps_the_shape_of_its_answer() {
    let function = run("sqs", &corruption(json!({"body": "spoiled"}))).await;
    let answer = function.answer(events::sqs()).await;
    assert_eq!(
        answer,
        json!({"batchItemFailures": [{"itemIdentifier": "two"}]})
    );
    let line = function
        .line("why not", |line| line.is_action("error"))
        .await;
    assert_eq!(line.field("level"), "ERROR", "{line}");
    assert!(line.field("detail").contains("SqsBatchResponse"), "{line}");
}

#[tokio::test]
async fn the_header_that_is_asked_for_names_the_flags() {
    let document = json!({
        "latency": {"enabled": true, "min_latency": 1},
        "statuscode": {"enabled": true, "status_code": 503, "skip_first": 1},
    });
    for (handler, event) in carriers() {
        let launch = function!(handler).document(&document);
        let function = launch.env("CHAOS_RESPONSE_HEADER", "X-Chaos").start().await;
        for (code, flags) in [(200, "latency"), (503, "latency, statuscode")] {
            let answer = function.answer(event.clone()).await;
            assert_eq!(answer["statusCode"], code, "{handler}: {answer}");
            assert_eq!(
                header(&answer, "x-chaos").as_deref(),
                Some(flags),
                "{handler}: {answer}"
            );
        }
    }
}
