//! An axum router: the layer goes round it, the attribute on its handlers.
#![cfg(all(feature = "inject", feature = "axum", feature = "lambda_http"))]

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use chaos_core::testing::Scope;
use chaos_core::{ChaosLayer, inject_chaos};
use lambda_http::{Body, Request};
use serde_json::json;
use tower::{ServiceBuilder, ServiceExt as _};

#[inject_chaos]
async fn text() -> impl IntoResponse {
    "own"
}

#[inject_chaos]
async fn with_a_code() -> Result<impl IntoResponse, Failed> {
    Ok((StatusCode::CREATED, [("x-own", "1")], "own"))
}

#[inject_chaos]
async fn response() -> axum::response::Response {
    "own".into_response()
}

struct Failed(StatusCode);

impl From<chaos_core::InjectedError> for Failed {
    fn from(_: chaos_core::InjectedError) -> Self {
        Self(StatusCode::IM_A_TEAPOT)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> axum::response::Response {
        self.0.into_response()
    }
}

fn router() -> Router {
    Router::new()
        .route("/text", get(text))
        .route("/code", get(with_a_code))
        .route("/response", get(response))
        .route("/plain", get(async || "plain"))
}

fn request(path: &str) -> Request {
    let request = axum::http::Request::get(path);
    request.body(Body::Empty).expect("a request")
}

async fn code_of(path: &str) -> u16 {
    let response = router().oneshot(request(path)).await;
    response.expect("a response").status().as_u16()
}

fn status(code: u16) -> Scope {
    Scope::new(&json!({"statuscode": {"enabled": true, "status_code": code}}))
}

#[tokio::test]
async fn handlers_of_a_router_answer_another_code() {
    for (path, own) in [("/text", 200), ("/code", 201), ("/response", 200)] {
        assert_eq!(code_of(path).await, own, "{path}");
        assert_eq!(status(503).run(code_of(path)).await, 503, "{path}");
    }
    let failing = Scope::new(&json!({"exception": {"enabled": true}}));
    assert_eq!(failing.run(code_of("/code")).await, 418);
}

#[tokio::test]
async fn a_layer_round_the_router_reaches_every_route() {
    let service = || {
        ServiceBuilder::new()
            .layer(ChaosLayer::new())
            .service(router())
    };
    let own = service()
        .oneshot(request("/plain"))
        .await
        .expect("a response");
    assert_eq!(own.status(), 200);
    let injected = status(503).run(service().oneshot(request("/plain"))).await;
    assert_eq!(injected.expect("a response").status(), 503);
    // The router cannot fail, so it is the layer's own error that reaches the runtime.
    let failing = Scope::new(&json!({"exception": {"enabled": true, "exception_type": "Boom"}}));
    let error = failing.run(service().oneshot(request("/plain"))).await;
    let diagnostic = lambda_runtime::Diagnostic::from(error.expect_err("an error"));
    assert_eq!(diagnostic.error_type, "Boom");
}
