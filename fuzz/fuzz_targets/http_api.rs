//! An HTTP API: any request becomes an event, and anything that a function answers a response.
#![no_main]

use arbitrary::{Result, Unstructured};
use bytes::Bytes;
use chaos_fuzz::requests::{at_once, body, json, method, part, request, run, whole};
use chaos_local::{Ask, Function, HttpApi};
use futures_util::FutureExt as _;
use http::{Method, Request};
use libfuzzer_sys::fuzz_target;

const HEADERS: &[(&str, &[&str])] = &[
    (
        "content-type",
        &[
            "application/json",
            "text/plain",
            "image/png",
            "application/x+json",
        ],
    ),
    ("cookie", &["a=1; b=2", ";", "a"]),
    ("host", &["localhost"]),
    ("user-agent", &["curl"]),
];
const KEYS: &[&str] = &[
    "statusCode",
    "headers",
    "multiValueHeaders",
    "cookies",
    "body",
    "isBase64Encoded",
    "content-length",
    "content-type",
    "x-a",
];
const SEPARATOR: &[u8] = b"\0\0\0\0\0\0\0\0";

fuzz_target!(|data: &[u8]| {
    run(async {
        // Too few bytes, or too many for what is drawn from them.
        let _ = served(&mut Unstructured::new(data)).await;
    });
});

async fn served(u: &mut Unstructured<'_>) -> Result<()> {
    let function = Function::builder("f")
        .attach()
        .await
        .expect("it does not listen");
    let api = HttpApi::start(&function).await.expect("it does not listen");
    let path = format!(
        "/{}?{}={}",
        part(u, &["orders"])?,
        part(u, &["a", "%41"])?,
        part(u, &["+"])?
    );
    let (asked, sent) = (method(u)?, body(u, KEYS)?);
    let mut reply = Box::pin(api.ask(request(u, asked, &path, HEADERS, sent)?));
    assert!(
        reply.as_mut().now_or_never().is_none(),
        "nobody has answered yet"
    );

    let next = Request::get("/2018-06-01/runtime/invocation/next").body(Bytes::new());
    let next = at_once(&function, next.expect("a request")).expect("no invocation came");
    let event = json(&next);
    assert_eq!(event["version"], "2.0");
    assert!(
        event["rawPath"].is_string() && event["headers"].is_object(),
        "{event}"
    );

    let id = next.headers()["lambda-runtime-aws-request-id"]
        .to_str()
        .expect("an id");
    let path = format!("/2018-06-01/runtime/invocation/{id}/response");
    let mut said = body(u, KEYS)?;
    let headers: &[(&str, &[&str])] = &[
        ("lambda-runtime-function-response-mode", &["streaming"]),
        (
            "content-type",
            &["application/vnd.awslambda.http-integration-response"],
        ),
    ];
    if u.arbitrary()? {
        said = [&*said, SEPARATOR, u.arbitrary::<&[u8]>()?].concat().into();
    }
    let answer = request(u, Method::POST, &path, headers, said)?;
    at_once(&function, answer).expect("its answer does not come at once");
    let reply = whole(reply.now_or_never().expect("no answer came"));
    assert!(reply.headers().contains_key("content-type"));
    Ok(())
}
