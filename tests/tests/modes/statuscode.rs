//! Mode `statuscode`: the code becomes what the handler returns, for each return type.

use chaos_tests::{Running, events, function};
use serde_json::{Value, json};

fn document(percentage: u8) -> Value {
    json!({"statuscode": {
        "enabled": true,
        "percentage": percentage,
        "status_code": 503,
        "body": "{\"out\": \"of order\"}",
        "headers": {"retry-after": "7"}
    }})
}

/// The handlers under `lambda_runtime` whose answer can carry a code, and an event for each.
fn carriers() -> [(&'static str, Value); 8] {
    [
        ("api_v2", events::api_v2()),
        ("api_v1", events::api_v1()),
        ("alb", events::alb()),
        ("value", json!({})),
        ("own", json!({})),
        ("serialize", json!({})),
        ("wrapped", json!({})),
        ("layer", json!({})),
    ]
}

const HTTP_CARRIERS: [&str; 3] = ["http_response", "http_into", "http_layer"];

fn http_events() -> [Value; 3] {
    [events::api_v2(), events::api_v1(), events::alb()]
}

async fn run(handler: &str, percentage: u8) -> Running {
    function!(handler)
        .document(&document(percentage))
        .start()
        .await
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
async fn always_under_lambda_runtime() {
    for (handler, event) in carriers() {
        let function = run(handler, 100).await;
        let answer = function.answer(event).await;
        assert_eq!(answer["statusCode"], 503, "{handler}: {answer}");
        assert_eq!(
            answer["body"], "{\"out\": \"of order\"}",
            "{handler}: {answer}"
        );
        // a user's own struct has no headers
        if handler != "own" {
            assert_eq!(
                header(&answer, "retry-after").as_deref(),
                Some("7"),
                "{handler}: {answer}"
            );
        }
        let line = function
            .line("the code", |line| line.is_action("inject"))
            .await;
        assert_eq!(line.field("mode"), "statuscode", "{line}");
        assert_eq!(line.field("status_code"), "503", "{line}");
    }
}

#[tokio::test]
async fn always_under_lambda_http() {
    for handler in HTTP_CARRIERS {
        let function = run(handler, 100).await;
        for event in http_events() {
            let answer = function.answer(event).await;
            assert_eq!(answer["statusCode"], 503, "{handler}: {answer}");
            assert_eq!(
                answer["body"], "{\"out\": \"of order\"}",
                "{handler}: {answer}"
            );
            assert_eq!(
                header(&answer, "retry-after").as_deref(),
                Some("7"),
                "{handler}: {answer}"
            );
        }
    }
}

#[tokio::test]
async fn never() {
    for (handler, event) in carriers() {
        let function = run(handler, 0).await;
        let answer = function.answer(event).await;
        assert_eq!(answer["statusCode"], 200, "{handler}: {answer}");
        assert_eq!(answer["body"], "own answer", "{handler}: {answer}");
    }
    for handler in HTTP_CARRIERS {
        let function = run(handler, 0).await;
        for event in http_events() {
            let answer = function.answer(event).await;
            assert_eq!(answer["statusCode"], 200, "{handler}: {answer}");
            assert_eq!(answer["body"], "own answer", "{handler}: {answer}");
        }
    }
}

#[tokio::test]
async fn without_figures_it_has_the_defaults() {
    let document = json!({"statuscode": {"enabled": true}});
    let function = function!("api_v2").document(&document).start().await;
    assert_eq!(function.answer(events::api_v2()).await["statusCode"], 500);
}

/// The handler runs, and a line says why nothing else came of it.
async fn says_why_not(function: &Running, why: &str) {
    let line = function
        .line("why not", |line| line.is_action("error"))
        .await;
    assert_eq!(line.field("level"), "ERROR", "{line}");
    assert_eq!(line.field("mode"), "statuscode", "{line}");
    assert!(line.field("detail").contains(why), "{line}");
    assert!(
        function.actions("inject").is_empty(),
        "{}",
        function.story()
    );
}

#[tokio::test]
async fn a_value_under_lambda_http_is_a_body() {
    let function = run("http_value", 100).await;
    let answer = function.answer(events::api_v2()).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let body = answer["body"].as_str().unwrap_or_default();
    let body: Value = serde_json::from_str(body).expect("the body is JSON");
    assert_eq!(body, json!({"said": "own answer"}));
    says_why_not(&function, "under lambda_http").await;
}

/// Not every message of a queue may come again because a document asks an API for errors.
#[tokio::test]
async fn a_worker_of_a_queue_goes_on() {
    let function = run("sqs", 100).await;
    let answer = function.answer(events::sqs()).await;
    assert_eq!(
        answer,
        json!({"batchItemFailures": [{"itemIdentifier": "two"}]})
    );
    says_why_not(&function, "cannot carry a status code").await;
}
