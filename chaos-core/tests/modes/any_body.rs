//! `ChaosLayer::any_body`: faults on responses whose body can neither be made of a text nor is one of
//! those that chaos knows.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use chaos_core::testing::{Action, Scope};
use chaos_core::{ChaosBody, ChaosError, ChaosLayer};
use http::Response;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Full};
use lambda_runtime::tower::{ServiceBuilder, ServiceExt as _, service_fn};

use super::*;

/// A body of a user's own middleware: chunk by chunk, and one more frame that is no data.
#[derive(Clone, Debug)]
struct Chunks(Vec<&'static str>);

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.0.pop();
        Poll::Ready(next.map(|chunk| {
            Ok(match chunk {
                "" => Frame::trailers(http::HeaderMap::new()),
                chunk => Frame::data(Bytes::from(chunk)),
            })
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.iter().map(|chunk| chunk.len() as u64).sum())
    }
}

const CHUNKS: [&str; 2] = ["The first of them. ", "Zweiter, größerer. "];

/// It answers that with headers, and counts how often it is asked.
async fn ask_of(
    scope: &Scope,
    chunks: Vec<&'static str>,
) -> Result<Response<ChaosBody<Chunks>>, ChaosError<String>> {
    let service = service_fn(move |event: Value| {
        let mut chunks = chunks.clone();
        chunks.reverse();
        async move {
            assert_eq!(event, json!({"path": "/orders"}));
            let response = Response::builder().header("x-own", "1");
            let response = response.header("content-length", "40");
            Ok::<_, String>(response.body(Chunks(chunks)).expect("a response"))
        }
    });
    let service = ServiceBuilder::new()
        .layer(ChaosLayer::any_body())
        .service(service);
    scope.run(service.oneshot(json!({"path": "/orders"}))).await
}

async fn ask(scope: &Scope) -> Response<ChaosBody<Chunks>> {
    let chunks = [&CHUNKS[..], &[""]].concat();
    ask_of(scope, chunks).await.expect("a reply")
}

/// The chunks as they come, and whether there was a frame that is no data.
async fn read(body: ChaosBody<Chunks>) -> (Vec<String>, bool) {
    let mut body = std::pin::pin!(body);
    let (mut chunks, mut trailers) = (Vec::new(), false);
    while let Some(frame) = body.frame().await {
        match frame.expect("no error").into_data() {
            Ok(data) => chunks.push(String::from_utf8(data.to_vec()).expect("text")),
            Err(_) => trailers = true,
        }
    }
    (chunks, trailers)
}

fn with(mode: &str, mut attributes: Value) -> Scope {
    attributes["enabled"] = json!(true);
    Scope::new(&json!({ mode: attributes }))
}

#[tokio::test]
async fn without_a_fault_it_is_the_services_own() {
    for scope in [
        Scope::new(&json!({})),
        Scope::dry_run(&json!({"corruption": {"enabled": true}})),
    ] {
        let reply = ask(&scope).await;
        assert_eq!(reply.headers()["x-own"], "1");
        let body = reply.into_body();
        assert_eq!(body.size_hint().exact(), Some(40));
        assert!(!body.is_end_stream());
        assert_eq!(read(body).await, (CHUNKS.map(str::to_owned).to_vec(), true));
    }
}

#[tokio::test]
async fn each_chunk_is_mangled_as_it_passes() {
    let scope = with("corruption", json!({}));
    let reply = ask(&scope).await;
    assert!(!reply.headers().contains_key("content-length"));
    let body = reply.into_body();
    assert_eq!(body.size_hint().exact(), None);
    let (chunks, trailers) = read(body).await;
    assert!(trailers);
    assert_eq!(chunks.len(), 2);
    for (mangled, own) in chunks.iter().zip(CHUNKS) {
        let kept = mangled.trim_end_matches('\u{fffd}');
        assert!(own.starts_with(kept) && kept.len() < own.len(), "{mangled}");
    }
    assert_eq!(scope.injected(), ["corruption"]);
}

#[tokio::test]
async fn where_there_is_no_body_none_is_mangled() {
    let scope = with("corruption", json!({}));
    let reply = ask_of(&scope, Vec::new()).await.expect("a reply");
    assert_eq!(read(reply.into_body()).await, (vec![], false));
    let decision = &scope.decisions()[0];
    assert_eq!(decision.action, Action::Error);
    let why = decision.message.as_deref().expect("a reason");
    assert!(why.contains("no body"), "{why}");
}

#[tokio::test]
async fn the_body_is_replaced_and_headers_change() {
    let attributes =
        json!({"body": "spoiled", "drop_headers": "X-Own", "set_headers": {"x-new": "2"}});
    let scope = with("corruption", attributes);
    let reply = ask(&scope).await;
    assert!(!reply.headers().contains_key("x-own"));
    assert_eq!(reply.headers()["x-new"], "2");
    assert_eq!(reply.headers()["content-length"], "7");
    let body = reply.into_body();
    assert_eq!(body.size_hint().exact(), Some(7));
    assert_eq!(read(body).await, (vec!["spoiled".to_owned()], false));
}

#[tokio::test]
async fn a_code_comes_in_its_place_or_with_its_own_body() {
    let before = with("statuscode", json!({"status_code": 503, "body": "out"}));
    let reply = ask(&before).await;
    assert_eq!(reply.status(), 503);
    assert_eq!(
        read(reply.into_body()).await,
        (vec!["out".to_owned()], false)
    );
    let empty = with("statuscode", json!({"status_code": 204, "body": ""}));
    let reply = ask(&empty).await;
    assert!(reply.body().is_end_stream());
    assert_eq!(read(reply.into_body()).await, (vec![], false));

    let after = with("statuscode", json!({"status_code": 503, "phase": "after"}));
    let reply = ask(&after).await;
    assert_eq!(
        (reply.status().as_u16(), &reply.headers()["x-own"]),
        (503, &"1".parse().unwrap())
    );
    let (chunks, trailers) = read(reply.into_body()).await;
    assert_eq!((chunks.concat(), trailers), (CHUNKS.concat(), true));
}

#[tokio::test]
async fn an_error_reaches_the_caller_as_one() {
    let scope = with(
        "exception",
        json!({"exception_msg": "boom", "match": [{"path": "path", "value": "/orders"}]}),
    );
    let error = ask_of(&scope, vec![]).await.expect_err("an error");
    assert!(matches!(&error, ChaosError::Injected(injected) if injected.message() == "boom"));
    let own = service_fn(async |_: Value| Err::<Response<Full<Bytes>>, _>("its own"));
    let own = ServiceBuilder::new()
        .layer(ChaosLayer::any_body())
        .service(own);
    let error = Scope::new(&json!({})).run(own.oneshot(json!({}))).await;
    assert_eq!(error.expect_err("an error"), ChaosError::Handler("its own"));
}

#[tokio::test]
async fn the_header_names_the_flags_and_the_service_is_called_twice() {
    let document = json!({"duplicate": {"enabled": true}});
    let scope = Scope::builder(&document).response_header("x-chaos").build();
    let reply = ask(&scope).await;
    assert_eq!(reply.headers()["x-chaos"], "duplicate");
    assert_eq!(scope.injected(), ["duplicate"]);
}
