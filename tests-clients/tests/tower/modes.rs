//! Each mode at a request: what the caller sees, and what has reached the server.

use std::error::Error as _;
use std::io;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chaos_core::http::{ConnectionFailure, HttpLayer};
use chaos_core::testing::Scope;
use chaos_core::{ChaosBody, InjectedError};
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as _, Incoming};
use serde_json::{Value, json};
use tower::{BoxError, ServiceBuilder, ServiceExt as _};

use crate::client::{layered, plain, request};
use chaos_tests_clients::server::{BODY, Does, Server};

type Got = Result<Response<ChaosBody<Incoming>>, BoxError>;

fn scope(mut flag: Value) -> Scope {
    flag["enabled"] = json!(true);
    if flag["point"].is_null() {
        flag["point"] = json!("http.*");
    }
    Scope::new(&json!({"flag": flag}))
}

fn get(server: &Server) -> Request<Empty<Bytes>> {
    request(Method::GET, &format!("{}/users/42?fields=name", server.url))
}

/// A client with boxed errors, as most stacks of layers have.
async fn ask(server: &Server, layer: HttpLayer) -> Got {
    let boxed = plain().map_err(BoxError::from);
    let client = ServiceBuilder::new().layer(layer).service(boxed);
    client.oneshot(get(server)).await
}

async fn under(server: &Server, flag: Value) -> (Got, Scope) {
    let scope = scope(flag);
    let got = scope.run(ask(server, HttpLayer::new())).await;
    (got, scope)
}

async fn text(got: Got) -> String {
    let body = got.unwrap().into_body().collect().await.unwrap();
    String::from_utf8(body.to_bytes().to_vec()).unwrap()
}

fn failure(got: Got) -> ConnectionFailure {
    *got.unwrap_err().downcast().expect("it was injected")
}

fn refusal(scope: &Scope) -> String {
    assert!(scope.injected().is_empty());
    scope.decisions()[0].message.clone().expect("a reason")
}

#[tokio::test]
async fn with_nothing_on_the_real_response_comes_through() {
    let server = Server::that(Does::Answer).await;
    let (got, scope) = under(&server, json!({"mode": "exception", "point": "http.PUT"})).await;
    assert_eq!(text(got).await, BODY);
    assert!(scope.decisions().is_empty());
    let got = ask(&server, HttpLayer::new()).await.unwrap();
    assert_eq!(got.body().size_hint().exact(), Some(BODY.len() as u64));
    assert_eq!(server.seen(), 2);
}

#[tokio::test]
async fn an_exception_is_a_failure_of_the_connection_and_nothing_goes_out() {
    let server = Server::that(Does::Answer).await;
    let flag = json!({"mode": "exception", "exception_msg": "pulled the plug"});
    let (got, scope) = under(&server, flag).await;
    let error = failure(got);
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(
        error.to_string(),
        "Connection reset by peer (pulled the plug)"
    );
    let io = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
    let injected = io.get_ref().unwrap().source().unwrap();
    assert!(injected.is::<InjectedError>());
    assert_eq!(scope.decisions()[0].point, "http.GET");
    for (name, [connect, dns, timeout]) in [
        ("ConnectionRefused", [true, false, false]),
        ("ConnectionClosed", [false, false, false]),
        ("DnsFailure", [true, true, false]),
        ("Timeout", [false, false, true]),
    ] {
        let flag = json!({"mode": "exception", "exception_type": name});
        let error = failure(under(&server, flag).await.0);
        let said = [error.is_connect(), error.is_dns(), error.is_timeout()];
        assert_eq!(said, [connect, dns, timeout], "{name}");
    }
    assert_eq!(server.seen(), 0);
}

#[tokio::test]
async fn after_the_request_the_error_comes_and_the_work_is_done() {
    let server = Server::that(Does::Answer).await;
    for flag in [
        json!({"mode": "exception", "phase": "after"}),
        json!({"mode": "lost_reply"}),
    ] {
        let before = server.seen();
        let error = failure(under(&server, flag).await.0);
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(server.seen(), before + 1);
    }
}

#[tokio::test]
async fn a_type_that_there_is_not_is_answered_with_the_nearest() {
    let server = Server::that(Does::Answer).await;
    let flag = json!({"mode": "exception", "exception_type": "TimedOut"});
    let (got, scope) = under(&server, flag).await;
    assert_eq!(text(got).await, BODY);
    assert!(refusal(&scope).contains("did you mean `Timeout`?"));
}

#[tokio::test]
async fn a_status_code_is_the_response() {
    let server = Server::that(Does::Answer).await;
    let flag = json!({"mode": "statuscode", "status_code": 503, "body": "busy"});
    let got = under(&server, flag).await.0;
    assert_eq!(got.as_ref().unwrap().status(), 503);
    assert_eq!(text(got).await, "busy");
    assert_eq!(server.seen(), 0);
    let flag = json!({"mode": "statuscode", "status_code": 500, "phase": "after"});
    let got = under(&server, flag).await.0;
    assert_eq!(got.as_ref().unwrap().status(), 500);
    assert_eq!(got.as_ref().unwrap().headers()["x-own"], "1");
    assert_eq!(text(got).await, BODY);
    assert_eq!(server.seen(), 1);
}

#[tokio::test]
async fn latency_is_waited_and_timeouts_around_it_run_out() {
    let server = Server::that(Does::Answer).await;
    for phase in ["before", "after"] {
        let start = Instant::now();
        let flag = json!({"mode": "latency", "min_latency": 100, "phase": phase});
        assert_eq!(text(under(&server, flag).await.0).await, BODY);
        assert!(start.elapsed() >= Duration::from_millis(100), "{phase}");
    }
    let flag = json!({"mode": "latency", "min_latency": 60_000});
    let limit = Duration::from_millis(30);
    let around = tokio::time::timeout(limit, under(&server, flag.clone())).await;
    assert!(around.is_err());
    let layer = HttpLayer::new().timeout(limit);
    let got = scope(flag).run(ask(&server, layer)).await;
    assert!(failure(got).is_timeout());
    assert_eq!(server.seen(), 2);
}

#[tokio::test]
async fn a_timeout_lasts_as_long_as_the_client_waits() {
    let server = Server::that(Does::Answer).await;
    let late = scope(json!({"mode": "timeout"}));
    let layer = HttpLayer::new().timeout(Duration::from_millis(40));
    let got = late.run(ask(&server, layer)).await;
    assert!(failure(got).is_timeout());
    assert_eq!(late.decisions()[0].latency_ms, Some(40.0));
    assert_eq!(server.seen(), 0);
    let late = scope(json!({"mode": "timeout", "phase": "after"}));
    let got = late.run(ask(&server, layer)).await;
    assert!(failure(got).is_timeout());
    assert_eq!(late.injected(), ["flag"]);
    assert_eq!(server.seen(), 1);
}

/// `tests/memory/waits.rs` has how long it is, to the millisecond.
#[tokio::test]
async fn what_a_wait_has_left_bounds_the_response() {
    let server = Server::that(Does::Nothing).await;
    let limit = Duration::from_millis(1_200);
    let layer = HttpLayer::new().timeout(limit);
    let start = Instant::now();
    let waits = scope(json!({"mode": "latency", "min_latency": 200}));
    assert!(failure(waits.run(ask(&server, layer)).await).is_timeout());
    // Without the bound it would be silent for ever.
    assert!(start.elapsed() >= limit);
    assert_eq!(server.seen(), 1);
}

#[tokio::test]
async fn a_denied_host_does_not_resolve() {
    let server = Server::that(Does::Answer).await;
    let flag = |host: &str| json!({"mode": "denylist", "deny_list": [host]});
    assert!(failure(under(&server, flag("^127\\.0")).await.0).is_dns());
    assert_eq!(server.seen(), 0);
    let got = under(&server, flag("amazonaws")).await.0;
    assert_eq!(text(got).await, BODY);
}

#[tokio::test]
async fn a_corrupted_response_is_mangled_or_another() {
    let server = Server::that(Does::Answer).await;
    let (got, scope) = under(&server, json!({"mode": "corruption"})).await;
    let got = got.unwrap();
    assert!(!got.headers().contains_key("content-length"));
    assert!(serde_json::from_str::<Value>(&text(Ok(got)).await).is_err());
    assert_eq!(scope.decisions()[0].body, Some("mangled"));
    let flag = json!({"mode": "corruption", "body": "{}", "drop_headers": ["x-own", "x-none"]});
    let (got, scope) = under(&server, flag).await;
    assert!(!got.as_ref().unwrap().headers().contains_key("x-own"));
    assert_eq!(text(got).await, "{}");
    assert_eq!(scope.decisions()[0].headers_dropped, Some(1));
    assert_eq!(server.seen(), 2);
}

#[tokio::test]
async fn a_second_run_is_nothing_and_the_log_says_so() {
    let server = Server::that(Does::Answer).await;
    let (got, scope) = under(&server, json!({"mode": "duplicate"})).await;
    assert_eq!(text(got).await, BODY);
    assert!(refusal(&scope).contains("only a handler is run twice"));
    assert_eq!(server.seen(), 1);
}

#[tokio::test]
async fn a_flag_hits_the_host_and_the_path_that_it_names() {
    let server = Server::that(Does::Answer).await;
    let scope = scope(json!({"mode": "exception", "point": "http.GET",
        "labels": {"host": "127.0.0.1", "path": "/users/42", "prefix": "/users"}}));
    let send = |method, path: &str| {
        let request = request(method, &format!("{}{path}", server.url));
        scope.run(layered().oneshot(request))
    };
    assert!(send(Method::GET, "/users/42?a=b").await.is_err());
    assert!(send(Method::GET, "/users/43").await.is_ok());
    assert!(send(Method::DELETE, "/users/42").await.is_ok());
    assert_eq!(server.seen(), 2);
}

/// The client's own error, made by a function.
#[tokio::test]
async fn errors_of_ones_own_are_made_by_a_function() {
    #[derive(Debug, PartialEq)]
    enum ApiError {
        Down(io::ErrorKind),
        Client,
    }
    let server = Server::that(Does::Answer).await;
    let layer =
        HttpLayer::new().errors(|failure: ConnectionFailure| ApiError::Down(failure.kind()));
    let client = ServiceBuilder::new()
        .layer(layer)
        .service(plain().map_err(|_| ApiError::Client));
    let scope = scope(json!({"mode": "exception", "exception_type": "ConnectionClosed"}));
    let got = scope.run(client.oneshot(get(&server))).await;
    assert_eq!(got.unwrap_err(), ApiError::Down(io::ErrorKind::BrokenPipe));
}
