//! The Runtime API as a process sees it that somebody else started.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chaos_local::{Function, Invocation, InvokeError};
use serde_json::{Value, json};

use crate::support::{Response, http, soon};

async fn attach(timeout: Duration) -> Function {
    Function::builder("attached")
        .timeout(timeout)
        .attach()
        .await
        .unwrap()
}

async fn next(function: &Function) -> Response {
    let path = "/2018-06-01/runtime/invocation/next";
    soon(
        "an invocation",
        http(function.address(), "GET", path, &[], ""),
    )
    .await
    .unwrap()
}

async fn answer(function: &Function, id: &str, kind: &str, body: &str) -> Response {
    let path = format!("/2018-06-01/runtime/invocation/{id}/{kind}");
    soon(
        "an answer",
        http(function.address(), "POST", &path, &[], body),
    )
    .await
    .unwrap()
}

fn id(response: &Response) -> &str {
    &response.headers["lambda-runtime-aws-request-id"]
}

#[tokio::test]
async fn listens_on_loopback_and_each_function_on_its_own_port() {
    let (one, other) = (
        attach(Duration::from_secs(3)).await,
        attach(Duration::from_secs(3)).await,
    );
    assert!(one.address().ip().is_loopback());
    assert_ne!(one.address().port(), 0);
    assert_ne!(one.address(), other.address());
    assert_eq!(one.runtime_api(), one.address().to_string());
}

#[tokio::test]
async fn the_port_can_be_chosen_and_is_free_again_after_stop() {
    let first = attach(Duration::from_secs(3)).await;
    let port = first.address().port();
    let taken = Function::builder("second").port(port).attach().await;
    assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    first.stop().await;
    drop(first);
    // An outgoing connection of another test may sit on it for a while.
    let second = soon("a free port", async {
        loop {
            match Function::builder("second").port(port).attach().await {
                Ok(function) => break function,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    });
    assert_eq!(second.await.address().port(), port);
}

#[tokio::test]
async fn an_invocation_has_the_headers_and_the_event_and_its_response_comes_back() {
    let function = attach(Duration::from_secs(3)).await;
    let invocation = Invocation::new(json!({"a": [1, "ü"]}))
        .request_id("request-1")
        .trace_id("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")
        .client_context(&json!({"client": {}}))
        .cognito_identity(&json!({"identity_id": "i"}))
        .tenant_id("blue");
    let before = SystemTime::now();
    let (reply, ()) = tokio::join!(function.invoke(invocation), async {
        let event = next(&function).await;
        let after = SystemTime::now();
        assert_eq!(event.status, 200);
        assert_eq!(event.json(), json!({"a": [1, "ü"]}));
        let header = |name: &str| event.headers[name].as_str();
        assert_eq!(header("lambda-runtime-aws-request-id"), "request-1");
        assert_eq!(
            header("lambda-runtime-trace-id"),
            "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"
        );
        assert_eq!(
            header("lambda-runtime-invoked-function-arn"),
            "arn:aws:lambda:us-east-1:123456789012:function:attached"
        );
        assert_eq!(header("lambda-runtime-client-context"), r#"{"client":{}}"#);
        assert_eq!(
            header("lambda-runtime-cognito-identity"),
            r#"{"identity_id":"i"}"#
        );
        assert_eq!(header("lambda-runtime-aws-tenant-id"), "blue");

        let deadline: u128 = header("lambda-runtime-deadline-ms").parse().unwrap();
        let millis = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap().as_millis() + 3000;
        assert!(
            (millis(before)..=millis(after)).contains(&deadline),
            "{deadline}"
        );

        let accepted = answer(&function, "request-1", "response", r#"{"ok":true}"#).await;
        assert_eq!(
            (accepted.status, accepted.json()),
            (202, json!({"status": "OK"}))
        );
    });
    let reply = reply.unwrap();
    assert_eq!(reply.request_id, "request-1");
    assert_eq!(reply.raw, r#"{"ok":true}"#);
    assert_eq!(reply.payload().unwrap(), json!({"ok": true}));
    assert!(!reply.streamed);
}

#[tokio::test]
async fn what_an_invocation_leaves_out_is_filled_in() {
    let function = attach(Duration::from_secs(3)).await;
    let (reply, ()) = tokio::join!(function.invoke(json!(null)), async {
        let event = next(&function).await;
        assert_eq!(id(&event).len(), 36);
        assert!(event.headers["lambda-runtime-trace-id"].starts_with("Root=1-"));
        for absent in ["client-context", "cognito-identity", "aws-tenant-id"] {
            assert!(
                !event
                    .headers
                    .contains_key(&format!("lambda-runtime-{absent}")),
                "{absent}"
            );
        }
        answer(&function, id(&event), "response", "").await;
    });
    assert_eq!(reply.unwrap().payload().unwrap(), Value::Null);
}

#[tokio::test]
async fn an_error_that_the_function_reports_is_its_reply() {
    let function = attach(Duration::from_secs(3)).await;
    let (reply, ()) = tokio::join!(function.invoke(json!({})), async {
        let event = next(&function).await;
        let body = r#"{"errorType":"Boom","errorMessage":"went off"}"#;
        assert_eq!(
            answer(&function, id(&event), "error", body).await.status,
            202
        );
    });
    let error = reply.unwrap().payload().unwrap_err();
    assert_eq!(error.to_string(), "Boom: went off");
    assert_eq!(error.stack_trace, Vec::<String>::new());
}

#[tokio::test]
async fn polls_at_the_same_time_are_served_at_the_same_time() {
    let function = attach(Duration::from_secs(3)).await;
    let (first, second, ()) = tokio::join!(
        function.invoke(json!(1)),
        function.invoke(json!(2)),
        async {
            let (one, other) = tokio::join!(next(&function), next(&function));
            assert_ne!(one.json(), other.json());
            // Answered in the opposite order; each answer finds its invoker.
            for event in [other, one] {
                let response = (event.json().as_i64().unwrap() * 10).to_string();
                answer(&function, id(&event), "response", &response).await;
            }
        }
    );
    assert_eq!(first.unwrap().payload().unwrap(), json!(10));
    assert_eq!(second.unwrap().payload().unwrap(), json!(20));
}

#[tokio::test]
async fn a_poll_that_comes_first_waits_for_the_invocation() {
    let function = attach(Duration::from_secs(3)).await;
    let (event, reply) = tokio::join!(
        async {
            let event = next(&function).await;
            answer(&function, id(&event), "response", "1").await;
            event.json()
        },
        async {
            // Returns once the poll has arrived.
            soon("a poll", function.ready()).await.unwrap();
            function.invoke(json!({"n": 1})).await
        }
    );
    assert_eq!(event, json!({"n": 1}));
    assert_eq!(reply.unwrap().payload().unwrap(), json!(1));
}

#[tokio::test]
async fn past_the_deadline_the_invoker_alone_hears_of_it() {
    let function = attach(Duration::from_millis(150)).await;
    let (error, event) = tokio::join!(function.invoke(json!({})), next(&function));
    let error = error.unwrap_err();
    assert!(matches!(error, InvokeError::TimedOut { .. }), "{error}");
    let told = error.function_error();
    assert_eq!(told.error_type, "Sandbox.Timedout");
    let message = format!(
        "RequestId: {} Error: Task timed out after 0.15 seconds",
        id(&event)
    );
    assert_eq!(told.error_message, message);

    // The late answer is taken, once, and the next invocation is served as ever.
    assert_eq!(
        answer(&function, id(&event), "response", "late")
            .await
            .status,
        202
    );
    assert_eq!(
        answer(&function, id(&event), "response", "later")
            .await
            .status,
        400
    );
    let (reply, ()) = tokio::join!(function.invoke(json!({})), async {
        let event = next(&function).await;
        answer(&function, id(&event), "response", "\"in time\"").await;
    });
    assert_eq!(reply.unwrap().payload().unwrap(), "in time");
}

#[tokio::test]
async fn an_announced_deadline_changes_what_is_announced_only() {
    let function = attach(Duration::from_secs(3)).await;
    let past = UNIX_EPOCH + Duration::from_millis(1500);
    let (reply, ()) = tokio::join!(
        function.invoke(Invocation::new(json!({})).announced_deadline(past)),
        async {
            let event = next(&function).await;
            assert_eq!(event.headers["lambda-runtime-deadline-ms"], "1500");
            answer(&function, id(&event), "response", "1").await;
        }
    );
    assert_eq!(reply.unwrap().payload().unwrap(), json!(1));
}

#[tokio::test]
async fn a_response_of_more_than_6_mb_is_not_taken() {
    let function = attach(Duration::from_secs(20)).await;
    let size = 6 * 1024 * 1024 + 101;
    let (error, ()) = tokio::join!(function.invoke(json!({})), async {
        let event = next(&function).await;
        answer(&function, id(&event), "response", &"1".repeat(size)).await;
    });
    let error = error.unwrap_err();
    assert!(
        matches!(error, InvokeError::ResponseTooLarge { size: it, .. } if it == size),
        "{error}"
    );
    assert_eq!(
        error.function_error().error_type,
        "Function.ResponseSizeTooLarge"
    );
}

#[tokio::test]
async fn unknown_ids_and_paths_are_refused() {
    let function = attach(Duration::from_secs(3)).await;
    let unknown = answer(&function, "nobody", "response", "{}").await;
    assert_eq!(
        (unknown.status, &unknown.json()["errorType"]),
        (400, &json!("InvalidRequestID"))
    );
    let paths = [
        ("GET", "/"),
        ("POST", "/2018-06-01/runtime/invocation/next"),
        ("GET", "/2018-06-01/runtime/x"),
    ];
    for (method, path) in paths {
        let response = http(function.address(), method, path, &[], "")
            .await
            .unwrap();
        assert_eq!(response.status, 404, "{method} {path}");
    }
}

#[tokio::test]
async fn an_init_error_reaches_whoever_is_waiting_and_a_later_process_works() {
    let function = attach(Duration::from_secs(3)).await;
    let report = r#"{"errorType":"Config.Missing","errorMessage":"no TABLE"}"#;
    let path = "/2018-06-01/runtime/init/error";
    let (error, reported) = tokio::join!(
        function.invoke(json!({})),
        http(function.address(), "POST", path, &[], report)
    );
    assert_eq!(reported.unwrap().status, 202);
    assert_eq!(
        error.unwrap_err().function_error().to_string(),
        "Config.Missing: no TABLE"
    );
    assert_eq!(
        function.ready().await.unwrap_err().to_string(),
        "the function did not start: Config.Missing: no TABLE"
    );

    let (reply, ()) = tokio::join!(function.invoke(json!({})), async {
        let event = next(&function).await;
        answer(&function, id(&event), "response", "1").await;
    });
    assert_eq!(reply.unwrap().payload().unwrap(), json!(1));
    function.ready().await.unwrap();
}

#[tokio::test]
async fn where_nobody_polls_the_invoker_hears_that() {
    let init = Duration::from_millis(50);
    let function = Function::builder("lonely")
        .init_timeout(init)
        .attach()
        .await
        .unwrap();
    let error = soon("the end of patience", function.invoke(json!({})))
        .await
        .unwrap_err();
    assert!(matches!(error, InvokeError::NotPolled { .. }), "{error}");
}

#[tokio::test]
async fn an_invoker_that_went_away_is_not_served() {
    let function = attach(Duration::from_secs(3)).await;
    let impatient = tokio::time::timeout(Duration::from_millis(20), function.invoke(json!("gone")));
    assert!(impatient.await.is_err());
    let (reply, ()) = tokio::join!(function.invoke(json!("here")), async {
        let event = next(&function).await;
        assert_eq!(event.json(), "here");
        answer(&function, id(&event), "response", "1").await;
    });
    assert!(reply.is_ok());
}

#[tokio::test]
async fn stop_ends_waiting_and_running_invocations() {
    let function = attach(Duration::from_secs(30)).await;
    let (running, waiting, ()) = tokio::join!(
        function.invoke(json!(1)),
        function.invoke(json!(2)),
        async {
            assert_eq!(next(&function).await.status, 200);
            function.stop().await;
        }
    );
    for outcome in [running, waiting, function.invoke(json!(3)).await] {
        assert!(matches!(outcome, Err(InvokeError::Stopped)), "{outcome:?}");
    }
    let refused = http(function.address(), "GET", "/", &[], "").await;
    assert_eq!(
        refused.err().unwrap().kind(),
        std::io::ErrorKind::ConnectionRefused
    );
}
