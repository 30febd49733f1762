//! Mode `corruption`, and a status code, on responses that stream, as Lambda's side receives them.

use chaos_local::Reply;
use chaos_tests::stream::CHUNKS;
use chaos_tests::{Running, events, function};
use serde_json::{Value, json};

/// Handlers that stream, and an event for each.
fn streaming() -> [(&'static str, Value); 5] {
    [
        ("stream", json!({})),
        ("stream_layer", json!({})),
        ("stream_http", events::api_v2()),
        ("stream_any", events::alb()),
        ("stream_router", events::api_v1()),
    ]
}

async fn run(handler: &str, document: &Value) -> Running {
    function!(handler).document(document).start().await
}

/// The prelude and the body, as text, of a response that was streamed.
fn parts(reply: &Reply) -> (Value, String) {
    let (prelude, body) = reply.http_stream().expect("it streams");
    let body = String::from_utf8(body.to_vec()).expect("text");
    (prelude, body)
}

/// What the handlers send where nothing happens to it.
fn own_prelude() -> Value {
    json!({
        "statusCode": 200,
        "headers": {"access-control-allow-origin": "*", "content-type": "text/plain"},
        "cookies": ["session=1"],
    })
}

#[tokio::test]
async fn without_a_fault_it_is_as_it_was_sent() {
    for (handler, event) in streaming() {
        let function = run(handler, &json!({"corruption": {"enabled": false}})).await;
        let (prelude, body) = parts(&function.reply(event).await);
        assert_eq!(prelude, own_prelude(), "{handler}");
        assert_eq!(body, CHUNKS.concat(), "{handler}");
    }
}

/// Each of the chunks is cut short, its end marked, and the stream stays text.
#[tokio::test]
async fn each_chunk_is_cut_short_and_mangled() {
    for (handler, event) in streaming() {
        let function = run(handler, &json!({"corruption": {"enabled": true}})).await;
        let (prelude, body) = parts(&function.reply(event).await);
        assert_eq!(prelude, own_prelude(), "{handler}");
        let kept: Vec<&str> = body
            .split('\u{fffd}')
            .filter(|kept| !kept.is_empty())
            .collect();
        assert_eq!(kept.len(), CHUNKS.len(), "{handler}: {body}");
        for (kept, chunk) in kept.iter().zip(CHUNKS) {
            assert!(
                chunk.starts_with(kept) && kept.len() < chunk.len(),
                "{handler}: {body}"
            );
        }
        let line = function
            .line("the corruption", |line| line.is_action("inject"))
            .await;
        assert_eq!(line.field("mode"), "corruption", "{line}");
        assert!(function.troubles().is_empty(), "{}", function.story());
    }
}

#[tokio::test]
async fn the_body_is_replaced_and_headers_and_cookies_are_dropped() {
    let document = json!({"corruption": {
        "enabled": true,
        "body": "spoiled",
        "drop_headers": ["Access-Control-Allow-Origin", "Set-Cookie"],
        "set_headers": {"X-Spoiled": "1"},
    }});
    for (handler, event) in streaming() {
        let function = run(handler, &document).await;
        let (mut prelude, body) = parts(&function.reply(event).await);
        assert_eq!(body, "spoiled", "{handler}");
        // A router says how long a body is that it knows the end of.
        let headers = prelude["headers"].as_object_mut().expect("headers");
        let length = headers.remove("content-length");
        assert!(length.is_none_or(|length| length == "7"), "{handler}");
        assert_eq!(
            prelude["headers"],
            json!({"content-type": "text/plain", "x-spoiled": "1"}),
            "{handler}"
        );
        assert_eq!(prelude["cookies"], json!([]), "{handler}");
        assert_eq!(prelude["statusCode"], 200, "{handler}");
    }
}

/// In the prelude, where browsers and gateways find it.
#[tokio::test]
async fn the_header_that_names_the_flags() {
    let document = json!({"corruption": {"enabled": true, "set_headers": {"x-new": "1"}}});
    for (handler, event) in streaming() {
        let launch = function!(handler).document(&document);
        let function = launch.env("CHAOS_RESPONSE_HEADER", "X-Chaos").start().await;
        let (prelude, body) = parts(&function.reply(event).await);
        assert_eq!(prelude["headers"]["x-chaos"], "corruption", "{handler}");
        assert_eq!(prelude["headers"]["x-new"], "1", "{handler}");
        assert_eq!(body, CHUNKS.concat(), "{handler}");
    }
}

/// In the response's place, and, after the handler, on its own.
#[tokio::test]
async fn a_status_code() {
    for (handler, event) in streaming() {
        for (phase, own) in [("before", false), ("after", true)] {
            let flag = json!({"enabled": true, "status_code": 503, "body": "out", "phase": phase});
            let function = run(handler, &json!({"statuscode": flag})).await;
            let (prelude, body) = parts(&function.reply(event.clone()).await);
            assert_eq!(prelude["statusCode"], 503, "{handler}, {phase}");
            let expected = if own {
                CHUNKS.concat()
            } else {
                "out".to_owned()
            };
            assert_eq!(body, expected, "{handler}, {phase}");
        }
    }
}
