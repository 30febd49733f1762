//! Mode `corruption` as a misconfiguration of CORS: headers that browsers need are dropped, or say
//! something else, and all the rest of the response is as it was.

use chaos_tests::{Running, events, function};
use serde_json::{Value, json};

const ALLOW_ORIGIN: &str = "access-control-allow-origin";

/// Handlers whose response says that any page may read it, and an event for each.
fn shared() -> [(&'static str, Value); 8] {
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

async fn run(handler: &str, attributes: &Value, percentage: u8) -> Running {
    let mut flag = attributes.clone();
    flag["enabled"] = json!(true);
    flag["percentage"] = json!(percentage);
    function!(handler)
        .document(&json!({"corruption": flag}))
        .start()
        .await
}

/// A response with every header taken out of its maps, and those by name, in small letters.
fn apart(mut response: Value) -> (Value, Value) {
    let mut headers = json!({});
    for map in ["headers", "multiValueHeaders"] {
        let taken = response.as_object_mut().and_then(|it| it.remove(map));
        for (name, value) in taken
            .as_ref()
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let first = if value.is_array() { &value[0] } else { value };
            headers[name.to_ascii_lowercase()] = first.clone();
        }
    }
    (response, headers)
}

/// The handler's own response, with those headers.
async fn changes(attributes: Value, change: fn(&mut Value), dropped: &str, set: &str) {
    for (handler, event) in shared() {
        let function = run(handler, &attributes, 0).await;
        let (own, mut expected) = apart(function.answer(event.clone()).await);
        assert_eq!(own["statusCode"], 200, "{handler}: {own}");
        assert_eq!(expected[ALLOW_ORIGIN], "*", "{handler}: {expected}");
        assert_eq!(expected["vary"], "Origin", "{handler}: {expected}");

        let function = run(handler, &attributes, 100).await;
        let (response, headers) = apart(function.answer(event).await);
        assert_eq!(response, own, "{handler}");
        change(&mut expected);
        assert_eq!(headers, expected, "{handler}");
        let line = function
            .line("the corruption", |line| line.is_action("inject"))
            .await;
        assert_eq!(line.field("mode"), "corruption", "{line}");
        // What an `impl Trait` hides is corrupted when it becomes a response, after the line.
        if handler != "shared_into" {
            assert_eq!(line.field("headers_dropped"), dropped, "{handler}: {line}");
        }
        assert_eq!(line.field("headers_set"), set, "{handler}: {line}");
        assert_eq!(line.field("body"), "", "it is kept: {line}");
    }
}

#[tokio::test]
async fn the_header_is_missing() {
    let attributes = json!({"drop_headers": ["Access-Control-Allow-Origin"]});
    let drop = |headers: &mut Value| {
        let headers = headers.as_object_mut().expect("headers");
        assert!(headers.remove(ALLOW_ORIGIN).is_some());
    };
    changes(attributes, drop, "1", "").await;
}

#[tokio::test]
async fn the_header_names_another_origin() {
    let elsewhere = "https://elsewhere.example";
    let attributes = json!({"set_headers": {"Access-Control-Allow-Origin": elsewhere}});
    let set = |headers: &mut Value| {
        headers[ALLOW_ORIGIN] = json!("https://elsewhere.example");
    };
    changes(attributes, set, "", "1").await;
}
