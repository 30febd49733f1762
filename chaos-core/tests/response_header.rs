//! The response header that names the flags that fired; `doors.rs` asks for it at every door.
#![cfg(all(feature = "inject", feature = "lambda"))]

use chaos_core::inject_chaos;
use chaos_core::testing::Scope;
use http::Response;
use lambda_runtime::{Context, Error, LambdaEvent, StreamResponse};
use serde_json::{Value, json};

fn event() -> LambdaEvent<Value> {
    let mut context = Context::default();
    "one".clone_into(&mut context.request_id);
    LambdaEvent::new(json!({}), context)
}

#[inject_chaos(point = "cache.get")]
async fn cached() -> Result<u8, Error> {
    Ok(7)
}

#[inject_chaos]
async fn handler(_: LambdaEvent<Value>) -> Result<Response<String>, Error> {
    cached().await?;
    cached().await?;
    Ok(Response::new("own".to_owned()))
}

/// The header of that name of the handler's response.
async fn header(document: Value) -> Option<String> {
    let scope = Scope::builder(&document).response_header("x-chaos").build();
    let reply = scope.run(handler(event())).await.expect("a reply");
    let value = reply.headers().get("x-chaos")?;
    Some(value.to_str().expect("text").to_owned())
}

#[tokio::test(start_paused = true)]
async fn names_the_flags_of_the_handler_and_of_the_points_inside_each_once() {
    let slow = json!({"enabled": true, "mode": "latency", "min_latency": 1, "point": "cache.*"});
    let late = json!({"enabled": true, "min_latency": 1});
    let found = header(json!({"slow cache": slow, "latency": late})).await;
    assert_eq!(found.as_deref(), Some("latency, slow%20cache"));
    let found = header(json!({"slow cache": slow})).await;
    assert_eq!(found.as_deref(), Some("slow%20cache"));
    let found = header(json!({"statuscode": {"enabled": true}, "latency": late})).await;
    assert_eq!(
        found.as_deref(),
        Some("latency, statuscode"),
        "an injected response"
    );
}

#[tokio::test(start_paused = true)]
async fn names_nothing_where_nothing_fired() {
    let off = json!({"latency": {"enabled": false, "min_latency": 1}});
    let never = json!({"latency": {"enabled": true, "min_latency": 1, "percentage": 0}});
    let dry =
        json!({"settings": {"dry_run": true}, "latency": {"enabled": true, "min_latency": 1}});
    // A blocked flag and one that cannot be injected have not fired.
    let blocked = json!({"panic": {"enabled": true}, "timeout": {"enabled": true}});
    for document in [off, never, dry, blocked] {
        assert_eq!(header(document.clone()).await, None, "{document}");
    }
}

#[tokio::test(start_paused = true)]
async fn is_off_unless_it_is_asked_for() {
    let scope = Scope::new(&json!({"latency": {"enabled": true, "min_latency": 1}}));
    let reply = scope.run(handler(event())).await.expect("a reply");
    assert_eq!(scope.injected(), ["latency"]);
    assert!(reply.headers().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_has_no_headers_is_returned_as_it_is() {
    #[inject_chaos]
    async fn value(event: LambdaEvent<Value>) -> Result<Value, Error> {
        drop(event);
        Ok(json!({"said": "own"}))
    }
    #[inject_chaos]
    async fn number(_: LambdaEvent<Value>) -> Result<u8, Error> {
        Ok(7)
    }
    let document = json!({"latency": {"enabled": true, "min_latency": 1}});
    let scope = Scope::builder(&document).response_header("x-chaos").build();
    let reply = scope.run(value(event())).await.expect("a reply");
    assert_eq!(reply, json!({"said": "own"}));
    assert_eq!(scope.run(number(event())).await.expect("a reply"), 7);
    let failing = json!({"exception": {"enabled": true, "exception_msg": "boom"}});
    let scope = Scope::builder(&failing).response_header("x-chaos").build();
    let error = scope.run(value(event())).await.expect_err("an error");
    assert_eq!(error.to_string(), "boom");
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_it_in_its_prelude() {
    use lambda_runtime::streaming::Body;

    #[inject_chaos]
    async fn streamed(_: LambdaEvent<Value>) -> Result<StreamResponse<Body>, Error> {
        Ok(StreamResponse::from(Body::from("own")))
    }
    let document = json!({"latency": {"enabled": true, "min_latency": 1}});
    let scope = Scope::builder(&document).response_header("x-chaos").build();
    let reply = scope.run(streamed(event())).await.expect("a reply");
    assert_eq!(reply.metadata_prelude.headers["x-chaos"], "latency");
}

#[tokio::test(start_paused = true)]
async fn invocations_at_once_do_not_name_each_others_flags() {
    let document = json!({"latency": {"enabled": true, "min_latency": 5, "limit": 1},
        "statuscode": {"enabled": true, "skip_first": 1, "phase": "after"}});
    let scope = Scope::builder(&document).response_header("x-chaos").build();
    let both = async { tokio::join!(handler(event()), handler(event())) };
    let (one, other) = scope.run(both).await;
    let named = |reply: &Response<String>| reply.headers()["x-chaos"].clone();
    assert_eq!(named(&one.expect("a reply")), "latency");
    assert_eq!(named(&other.expect("a reply")), "statuscode");
}
