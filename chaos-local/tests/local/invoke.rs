//! Lambda's API: functions that are invoked as an SDK invokes them.

use std::net::SocketAddr;
use std::time::Duration;

use chaos_local::{Function, FunctionBuilder, LambdaApi};
use serde_json::{Value, json};

use crate::support::{Response, http, program, soon};

struct Stage {
    lambda: LambdaApi,
    function: Function,
}

impl Stage {
    async fn with(builder: FunctionBuilder) -> Self {
        let lambda = LambdaApi::start().await.unwrap();
        let function = builder.init_timeout(Duration::from_secs(20));
        let function = function.start(program()).await.unwrap();
        lambda.add(&function);
        Self { lambda, function }
    }

    async fn new() -> Self {
        Self::with(Function::builder("echo").timeout(Duration::from_secs(20))).await
    }

    /// Invokes a function as it is written in the path.
    async fn call(&self, function: &str, headers: &[(&str, &str)], event: &str) -> Response {
        call(self.lambda.address(), function, headers, event).await
    }

    async fn echo(&self, event: &Value) -> Response {
        self.call("echo", &[], &event.to_string()).await
    }
}

async fn call(
    address: SocketAddr,
    function: &str,
    headers: &[(&str, &str)],
    event: &str,
) -> Response {
    let path = format!("/2015-03-31/functions/{function}/invocations");
    let (path, query) = match path.split_once('?') {
        Some((name, rest)) => {
            let (query, end) = rest.split_once('/').unwrap();
            (format!("{name}/{end}"), format!("?{query}"))
        }
        None => (path, String::new()),
    };
    let path = path + &query;
    soon("an answer", http(address, "POST", &path, headers, event))
        .await
        .unwrap()
}

fn error_type(response: &Response) -> &str {
    &response.headers["x-amzn-errortype"]
}

#[tokio::test]
async fn a_function_is_invoked_and_its_answer_comes_back() {
    let stage = Stage::new().await;
    let reply = stage.echo(&json!({"n": 1})).await;
    assert_eq!((reply.status, reply.json()), (200, json!({"n": 1})));
    assert_eq!(reply.headers["x-amz-executed-version"], "$LATEST");
    assert!(!reply.headers.contains_key("x-amz-function-error"));
    let headers = stage.echo(&json!({"do": "headers"})).await;
    assert_eq!(
        headers.json()["lambda-runtime-aws-request-id"],
        headers.headers["x-amzn-requestid"],
        "the caller knows it by the same id"
    );
    let nothing = stage.call("echo", &[], "").await;
    assert_eq!((nothing.status, nothing.json()), (200, json!({})));
}

#[tokio::test]
async fn it_is_named_by_its_name_its_arn_and_its_version() {
    let stage = Stage::with(Function::builder("echo").version("7")).await;
    let arn = "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Aecho";
    for name in [
        "echo",
        "echo%3A7",
        "echo?Qualifier=7",
        arn,
        &format!("{arn}%3A7"),
        "123456789012%3Afunction%3Aecho",
    ] {
        let reply = stage.call(name, &[], "1").await;
        assert_eq!((reply.status, reply.json()), (200, json!(1)), "{name}");
        assert_eq!(reply.headers["x-amz-executed-version"], "7", "{name}");
    }
    for name in ["other", "echo%3A8", "echo?Qualifier=8"] {
        let reply = stage.call(name, &[], "1").await;
        assert_eq!(
            (reply.status, error_type(&reply)),
            (404, "ResourceNotFoundException"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn what_it_does_wrong_is_a_reply_that_says_so() {
    let stage = Stage::new().await;
    let failed = stage.echo(&json!({"do": "error"})).await;
    assert_eq!(failed.status, 200);
    assert_eq!(failed.headers["x-amz-function-error"], "Unhandled");
    assert!(failed.json()["errorType"].is_string());
    let ended = stage.echo(&json!({"do": "exit"})).await;
    assert_eq!(ended.headers["x-amz-function-error"], "Unhandled");
    assert_eq!(ended.json()["errorType"], "Runtime.ExitError");
}

#[tokio::test]
async fn a_deadline_that_it_misses_is_its_callers_answer() {
    let late = Function::builder("echo").timeout(Duration::from_millis(300));
    let stage = Stage::with(late).await;
    let reply = stage.echo(&json!({"do": "hang"})).await;
    assert_eq!(reply.headers["x-amz-function-error"], "Unhandled");
    assert_eq!(reply.json()["errorType"], "Sandbox.Timedout");
}

#[tokio::test]
async fn an_event_is_accepted_and_worked_on_afterwards() {
    let stage = Stage::new().await;
    let event = [("x-amz-invocation-type", "Event")];
    let reply = stage.call("echo", &event, r#"{"do": "print"}"#).await;
    assert_eq!((reply.status, &*reply.body), (202, &[][..]));
    let printed = stage.function.find_log(|line| line == "to standard output");
    soon("the work", printed).await;
}

#[tokio::test]
async fn a_dry_run_invokes_nothing() {
    let stage = Stage::new().await;
    let dry = [("x-amz-invocation-type", "DryRun")];
    let reply = stage.call("echo", &dry, r#"{"do": "print"}"#).await;
    assert_eq!(reply.status, 204);
    stage.echo(&json!(1)).await;
    let printed = |line: &String| line == "to standard output";
    assert!(!stage.function.logs().iter().any(printed));
    assert_eq!(stage.call("other", &dry, "1").await.status, 404);
}

#[tokio::test]
async fn a_tenant_reaches_the_function() {
    let stage = Stage::new().await;
    let tenant = [("x-amz-tenant-id", "blue")];
    let reply = stage.call("echo", &tenant, r#"{"do": "headers"}"#).await;
    assert_eq!(reply.json()["lambda-runtime-aws-tenant-id"], "blue");
}

#[tokio::test]
async fn what_is_not_to_be_had_is_refused() {
    let stage = Stage::new().await;
    let invalid = "InvalidParameterValueException";
    for (headers, event, code) in [
        (("x-amz-log-type", "Tail"), "1", invalid),
        (("x-amz-client-context", "e30="), "1", invalid),
        (("x-amz-invocation-type", "Sometime"), "1", invalid),
        (("x-any", ""), "{", "InvalidRequestContentException"),
    ] {
        let reply = stage.call("echo", &[headers], event).await;
        assert_eq!(
            (reply.status, error_type(&reply)),
            (400, code),
            "{headers:?}"
        );
        assert_ne!(reply.json()["Message"], "");
    }
    for (method, path) in [
        ("GET", "/2015-03-31/functions/echo/invocations"),
        ("POST", "/2015-03-31/functions/echo"),
        (
            "POST",
            "/2021-11-15/functions/echo/response-streaming-invocations",
        ),
    ] {
        let address = stage.lambda.address();
        let reply = http(address, method, path, &[], "").await.unwrap();
        assert_eq!(error_type(&reply), "UnknownOperationException", "{path}");
    }
}

#[tokio::test]
async fn a_function_that_is_gone_is_not_found_and_a_new_one_takes_its_name() {
    let stage = Stage::new().await;
    stage.function.stop().await;
    assert_eq!(stage.echo(&json!(1)).await.status, 404);
    let next = Function::builder("echo").start(program()).await.unwrap();
    stage.lambda.add(&next);
    assert_eq!(stage.echo(&json!(2)).await.json(), 2);
}

#[tokio::test]
async fn it_listens_on_loopback_and_says_where() {
    let lambda = LambdaApi::start().await.unwrap();
    assert!(lambda.address().ip().is_loopback());
    let env = lambda.env();
    let endpoint = env
        .iter()
        .find(|(name, _)| *name == "AWS_ENDPOINT_URL_LAMBDA");
    assert_eq!(endpoint.unwrap().1, format!("http://{}", lambda.address()));
}
