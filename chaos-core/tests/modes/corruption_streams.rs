use bytes::Bytes;
use chaos_core::testing::Scope;
use chaos_core::{ChaosLayer, inject_chaos, wrap};
use http_body_util::BodyExt as _;
use lambda_runtime::streaming::{Body, Response, Sender, channel};
use lambda_runtime::{Error, StreamResponse};
use tower::{ServiceBuilder, ServiceExt as _};

use super::*;

fn scope(mut attributes: Value) -> Scope {
    attributes["enabled"] = json!(true);
    Scope::new(&json!({"corruption": attributes}))
}

/// Sends a chunk, and reads what becomes of it before the next is sent.
async fn pass(sender: &mut Sender, body: &mut Body, chunk: &'static str) -> String {
    sender.send_data(Bytes::from(chunk)).await.expect("sent");
    let frame = body.frame().await.expect("a frame").expect("data");
    let data = frame.into_data().expect("data");
    String::from_utf8(data.to_vec()).expect("text")
}

async fn each_chunk_is_mangled_as_it_passes(sender: &mut Sender, body: &mut Body) {
    for chunk in [
        "The first of them. ",
        "Zweiter, größerer. ",
        "🦀🦀🦀🦀🦀🦀🦀🦀",
    ] {
        let mangled = pass(sender, body, chunk).await;
        let kept = mangled.trim_end_matches('\u{fffd}');
        assert!(
            chunk.starts_with(kept) && kept.len() < chunk.len(),
            "{mangled}"
        );
    }
}

#[tokio::test]
async fn a_stream_of_the_runtime() {
    #[inject_chaos]
    async fn handler(event: LambdaEvent<Value>, body: Body) -> Result<Response<Body>, Error> {
        drop(event);
        Ok(Response::from(body))
    }
    let (mut sender, body) = channel();
    let scope = scope(json!({}));
    let mut reply = scope.run(handler(unending(), body)).await.expect("a reply");
    each_chunk_is_mangled_as_it_passes(&mut sender, &mut reply.stream).await;
    assert_eq!(scope.injected(), ["corruption"]);
}

/// The response of lambda_runtime's with a prelude, through the other doors.
async fn streamed(_: LambdaEvent<Value>) -> Result<StreamResponse<Body>, Error> {
    let mut response = StreamResponse::from(Body::from("own"));
    let prelude = &mut response.metadata_prelude;
    prelude.headers.insert("x-own", "1".parse()?);
    prelude.cookies.push("a=b".to_owned());
    Ok(response)
}

#[tokio::test]
async fn a_prelude_loses_headers_and_cookies_and_takes_a_code() {
    let corrupting = scope(json!({"drop_headers": ["X-Own", "Set-Cookie"], "body": "new"}));
    let reply = corrupting.run(wrap(streamed)(unending())).await.unwrap();
    let prelude = &reply.metadata_prelude;
    assert!(prelude.headers.is_empty() && prelude.cookies.is_empty());
    let body = reply.stream.collect().await.unwrap().to_bytes();
    assert_eq!(body, "new");
    assert_eq!(corrupting.decisions()[0].headers_dropped, Some(2));

    let status = |phase: &str| {
        Scope::new(&json!({"statuscode": {"enabled": true, "status_code": 503, "phase": phase}}))
    };
    for (phase, cookies) in [("before", 0), ("after", 1)] {
        let service = ServiceBuilder::new().layer(ChaosLayer::new());
        let service = service.service_fn(streamed);
        let reply = status(phase)
            .run(service.oneshot(unending()))
            .await
            .unwrap();
        assert_eq!(reply.metadata_prelude.status_code, 503);
        assert_eq!(reply.metadata_prelude.cookies.len(), cookies);
    }
}

/// As `lambda_http::run_with_streaming_response` runs it.
#[tokio::test]
async fn an_http_response_that_streams() {
    let (mut sender, body) = channel();
    let body = std::sync::Mutex::new(Some(body));
    let service = ServiceBuilder::new()
        .layer(ChaosLayer::new())
        .service_fn(async |_: Value| {
            let body = body.lock().unwrap().take().expect("called once");
            let response = http::Response::builder().header("content-length", 1_000);
            Ok::<_, Error>(response.body(body)?)
        });
    let mut reply = scope(json!({}))
        .run(service.oneshot(json!({})))
        .await
        .unwrap();
    assert!(
        !reply.headers().contains_key("content-length"),
        "it is not known"
    );
    each_chunk_is_mangled_as_it_passes(&mut sender, reply.body_mut()).await;
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn a_router_and_its_handlers() {
    use axum::response::IntoResponse;

    #[inject_chaos]
    async fn text() -> impl IntoResponse {
        ([("x-own", "1")], "a text of its own")
    }
    let call = |scope: Scope| async move {
        let reply = scope.run(text()).await.into_response();
        let (head, body) = reply.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX)
            .await
            .expect("a body");
        (head, String::from_utf8(body.to_vec()).expect("text"))
    };
    let (head, body) = call(scope(json!({}))).await;
    assert!(
        body.ends_with('\u{fffd}') && body.starts_with("a te"),
        "{body}"
    );
    assert!(head.headers.contains_key("x-own"));
    let (head, body) = call(scope(json!({"drop_headers": ["X-OWN"]}))).await;
    assert_eq!(body, "a text of its own");
    assert!(!head.headers.contains_key("x-own"));
}
