//! API Gateway's HTTP API in front of a function.

use std::time::Duration;

use chaos_local::{Function, HttpApi};
use serde_json::json;

use crate::support::{Response, http, program, soon};

struct Stage {
    api: HttpApi,
    function: Function,
}

impl Stage {
    /// In front of a function that answers with its event.
    async fn new() -> Self {
        let function = Function::builder("echo").init_timeout(Duration::from_secs(20));
        let function = function.start(program()).await.unwrap();
        let api = HttpApi::start(&function).await.unwrap();
        Self { api, function }
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        let request = http(self.api.address(), method, path, headers, body);
        soon("an answer", request).await.unwrap()
    }
}

#[tokio::test]
async fn a_request_becomes_the_event_of_payload_version_2() {
    let stage = Stage::new().await;
    let headers = [
        ("X-Test", "1"),
        ("Cookie", "a=1; b=2"),
        ("User-Agent", "me"),
    ];
    let answer = stage
        .send("GET", "/orders/7?limit=3&limit=4", &headers, "")
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json");
    let event = answer.json();
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeKey"], "$default");
    assert_eq!(event["rawPath"], "/orders/7");
    assert_eq!(event["rawQueryString"], "limit=3&limit=4");
    assert_eq!(event["queryStringParameters"], json!({ "limit": "3,4" }));
    assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(event["headers"]["x-test"], "1");
    let http = json!({
        "method": "GET", "path": "/orders/7", "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1", "userAgent": "me",
    });
    assert_eq!(event["requestContext"]["http"], http);
    assert_eq!(event["requestContext"]["stage"], "$default");
    assert_eq!(event["isBase64Encoded"], false);
    assert_eq!(event.get("body"), None);
}

#[tokio::test]
async fn a_body_is_passed_on_as_it_is() {
    let stage = Stage::new().await;
    let json = [("content-type", "application/json")];
    let answer = stage.send("POST", "/orders", &json, "{\"n\": \"ü\"}").await;
    assert_eq!(answer.json()["body"], "{\"n\": \"ü\"}");
    let bytes = [("content-type", "application/octet-stream")];
    let answer = stage.send("PUT", "/orders", &bytes, "abc").await;
    assert_eq!(answer.json()["body"], "YWJj");
    assert_eq!(answer.json()["isBase64Encoded"], true);
}

#[tokio::test]
async fn a_function_that_is_gone_is_a_500() {
    let stage = Stage::new().await;
    stage.function.stop().await;
    let answer = stage.send("GET", "/", &[], "").await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.json(), json!({ "message": "Internal Server Error" }));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let stage = Stage::new().await;
    let body = "x".repeat(10 * 1024 * 1024 + 1);
    let answer = stage.send("POST", "/", &[], &body).await;
    assert_eq!(answer.status, 413);
}
