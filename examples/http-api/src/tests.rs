//! What the shop does under faults, without AWS and without waiting.

use axum::http;
use chaos_core::testing::Scope;
use chaos_core::{ChaosLayer, plan};
use http_body_util::BodyExt as _;
use lambda_http::{Body, Error};
use serde_json::json;
use tower::{ServiceBuilder, ServiceExt as _};

use crate::shop;

/// Asks the shop, with chaos round it as in `main`.
async fn ask(path: &str) -> Result<(u16, String), Error> {
    let service = ServiceBuilder::new()
        .layer(ChaosLayer::new())
        .service(shop::router());
    let response = service
        .oneshot(http::Request::get(path).body(Body::Empty)?)
        .await?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8(body.to_vec())?))
}

async fn answer(path: &str) -> (u16, String) {
    ask(path).await.expect("an answer")
}

fn ok(body: &str) -> (u16, String) {
    (200, body.to_owned())
}

const TEA: &str = r#"{"cents":450,"item":"tea"}"#;
const TEA_WITHOUT_A_PRICE: &str = r#"{"cents":null,"item":"tea"}"#;

#[tokio::test]
async fn without_chaos_it_answers_for_itself() {
    assert_eq!(answer("/greeting").await, ok("hello, world"));
    assert_eq!(answer("/greeting?name=ann").await, ok("hello, ann"));
    assert_eq!(answer("/items/tea").await, ok(TEA));
    assert_eq!(answer("/items/gold").await.0, 404);
    assert_eq!(answer("/nowhere").await.0, 404);
}

#[tokio::test]
async fn a_status_code_stands_in_for_any_route() {
    let scope = Scope::new(&json!({"statuscode": {"enabled": true, "status_code": 503}}));
    for path in ["/greeting", "/items/tea", "/nowhere"] {
        assert_eq!(scope.run(answer(path)).await.0, 503, "{path}");
    }
    assert_eq!(scope.injected().len(), 3);
}

#[tokio::test]
async fn an_exception_fails_the_invocation() {
    let scope = Scope::new(&json!({"exception": {"enabled": true, "exception_msg": "down"}}));
    let error = scope.run(ask("/greeting")).await.expect_err("an error");
    assert_eq!(error.to_string(), "down");
}

#[tokio::test]
async fn items_are_shown_while_the_price_list_fails() {
    let scope = Scope::new(&json!({
        "no-prices": {"enabled": true, "mode": "exception", "point": "prices.*"}
    }));
    let shown = scope.run(answer("/items/tea")).await;
    assert_eq!(shown, ok(TEA_WITHOUT_A_PRICE));
    assert_eq!(scope.injected(), ["no-prices"]);
    assert_eq!(scope.run(answer("/greeting")).await, ok("hello, world"));
}

#[tokio::test(start_paused = true)]
async fn a_slow_price_list_holds_nobody_up() {
    let scope = Scope::new(&json!({
        "slow-prices": {"enabled": true, "mode": "latency", "point": "prices.*",
                        "labels": {"item": "tea"}, "min_latency": 30_000}
    }));
    let begun = tokio::time::Instant::now();
    let shown = scope.run(answer("/items/tea")).await;
    assert_eq!(shown, ok(TEA_WITHOUT_A_PRICE));
    assert!(begun.elapsed().as_secs() < 1, "{:?}", begun.elapsed());
    // The flag names one item.
    let coffee = scope.run(answer("/items/coffee")).await;
    assert_eq!(coffee, ok(r#"{"cents":700,"item":"coffee"}"#));
}

/// What the template puts into the parameter has no slip in it.
#[test]
fn the_templates_document_is_sound() {
    let (_, value) = include_str!("../template.yaml")
        .split_once("Value: |\n")
        .expect("a document");
    let lines = value
        .lines()
        .take_while(|line| line.starts_with("        "));
    let reading = plan::read(&lines.collect::<String>());
    assert_eq!(reading.findings, []);
    assert_eq!(reading.plan.flags.len(), 4);
}
