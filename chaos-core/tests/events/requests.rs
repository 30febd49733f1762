//! Events that arrive as a `lambda_http::Request`.

use std::collections::BTreeSet;

use chaos_core::inject_chaos;
use lambda_http::{Error, Request, request};

use super::ask::{differences, everything_of, example};

#[inject_chaos]
async fn handler(request: Request) -> Result<String, Error> {
    Ok(request.uri().to_string())
}

/// The paths at which the request that `lambda_http` makes of an example differs from it.
async fn differs(kind: &str) -> Vec<String> {
    let sent = example(kind);
    let text = sent.to_string();
    let call = || handler(request::from_str(&text).expect("a request"));
    let differences = differences(&everything_of(&sent), call).await;
    differences.into_iter().collect()
}

const NOWHERE: [&str; 0] = [];

#[tokio::test]
async fn rest_api() {
    // `lambda_http` keeps the last value of a header, and has no field for the last one.
    let lost = [
        "multiValueHeaders.X-Tag.0",
        "multiValueHeaders.X-Tag.1",
        "requestContext.extendedRequestId",
    ];
    assert_eq!(differs("rest_api").await, lost);
}

#[tokio::test]
async fn http_api() {
    assert_eq!(differs("http_api").await, NOWHERE);
}

#[tokio::test]
async fn function_url() {
    assert_eq!(differs("function_url").await, NOWHERE);
}

/// It sends single values or lists; what it did not send is there as well.
#[tokio::test]
async fn load_balancer() {
    let lists = ["multiValueHeaders", "multiValueQueryStringParameters"];
    assert_eq!(tops(&differs("alb").await), lists);
    let singles = ["headers", "queryStringParameters"];
    assert_eq!(tops(&differs("alb_lists").await), singles);
}

fn tops(paths: &[String]) -> Vec<&str> {
    let tops = paths.iter().filter_map(|path| path.split('.').next());
    tops.collect::<BTreeSet<_>>().into_iter().collect()
}

#[tokio::test]
async fn web_socket() {
    assert_eq!(differs("web_socket").await, NOWHERE);
}

#[tokio::test]
async fn lattice() {
    assert_eq!(differs("lattice").await, NOWHERE);
}

#[tokio::test]
async fn anything_else_is_itself() {
    assert_eq!(differs("anything").await, NOWHERE);
    assert_eq!(differs("sqs").await, NOWHERE);
}
