//! The Runtime API and Invoke: any requests of a process and of callers, one after the other. An
//! invocation that is answered is answered with what the process said.
#![no_main]

use arbitrary::{Result, Unstructured};
use bytes::Bytes;
use chaos_fuzz::document::text;
use chaos_fuzz::requests::{at_once, body, method, part, request, run, whole};
use chaos_local::{Ask, Function, LambdaApi};
use futures_util::FutureExt as _;
use http::{Method, Request};
use libfuzzer_sys::fuzz_target;

const PATHS: &[&str] = &[
    "/2018-06-01/runtime/invocation/next",
    "/2018-06-01/runtime/init/error",
    "/2018-06-01/runtime/invocation/a/response",
    "/2018-06-01/runtime/invocation//error",
];
const HEADERS: &[(&str, &[&str])] = &[
    (
        "lambda-runtime-function-response-mode",
        &["streaming", "Streaming", ""],
    ),
    ("lambda-runtime-function-error-type", &["Unhandled"]),
    (
        "x-amz-invocation-type",
        &["RequestResponse", "Event", "DryRun", "x"],
    ),
    ("x-amz-log-type", &["Tail", "None"]),
    ("x-amz-tenant-id", &["a", ""]),
    ("x-amz-client-context", &["e30="]),
];
const KEYS: &[&str] = &[
    "errorType",
    "errorMessage",
    "stackTrace",
    "statusCode",
    "body",
];

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
    let lambda = LambdaApi::start().await.expect("it does not listen");
    lambda.add(&function);
    for _ in 0..u.int_in_range(1..=4)? {
        match u.int_in_range(0..=2)? {
            0 => invoked(u, &function, &lambda).await?,
            1 => {
                let (asked, path, body) = (method(u)?, text(u, PATHS)?, body(u, KEYS)?);
                // It may wait for work.
                at_once(&function, request(u, asked, &path, HEADERS, body)?);
            }
            _ => {
                let name = part(
                    u,
                    &[
                        "f",
                        "f:1",
                        "function:f",
                        "g",
                        "arn:aws:lambda:x:1:function:f",
                    ],
                )?;
                let path = format!(
                    "/2015-03-31/functions/{name}/invocations?Qualifier={}",
                    part(u, &["$LATEST", "1"])?
                );
                let (asked, body) = (method(u)?, body(u, KEYS)?);
                // It may wait for the process.
                at_once(&lambda, request(u, asked, &path, HEADERS, body)?);
            }
        }
    }
    Ok(())
}

async fn invoked(u: &mut Unstructured<'_>, function: &Function, lambda: &LambdaApi) -> Result<()> {
    let path = "/2015-03-31/functions/f/invocations";
    let event = body(u, KEYS)?;
    let mut reply = Box::pin(lambda.ask(request(u, Method::POST, path, HEADERS, event)?));
    if reply.as_mut().now_or_never().is_some() {
        return Ok(());
    }
    let next = Request::get(PATHS[0])
        .body(Bytes::new())
        .expect("a request");
    let Some(next) = at_once(function, next) else {
        return Ok(());
    };
    let id = next.headers()["lambda-runtime-aws-request-id"]
        .to_str()
        .expect("an id");
    let failed = u.arbitrary()?;
    let kind = if failed { "error" } else { "response" };
    let path = format!("/2018-06-01/runtime/invocation/{id}/{kind}");
    let said = body(u, KEYS)?;
    let answer = request(u, Method::POST, &path, HEADERS, said.clone())?;
    let answer = at_once(function, answer).expect("its answer does not come at once");
    assert!(
        answer.status() == 202 || answer.status() == 413,
        "{answer:?}"
    );
    if let Some(reply) = reply.now_or_never().map(whole)
        && reply.status() == 200
        && !failed
    {
        assert_eq!(reply.body(), &said);
    }
    Ok(())
}
