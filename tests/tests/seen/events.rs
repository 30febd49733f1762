//! The line of each decision: all of its fields, with their values and types.

use std::time::Duration;

use chaos_local::{Invocation, InvokeError};
use chaos_tests::{Line, Running, function};
use serde_json::{Map, Value, json};

const ID: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";

/// A line as it must be, less the figures of its mode.
fn line(level: &str, message: &str, action: &str, mode: &str) -> Value {
    json!({
        "level": level,
        "target": "chaos",
        "message": message,
        "source": "chaos",
        "config_source": "env",
        "mode": mode,
        "flag": "flag",
        "action": action,
        "point": "handler",
        "request_id": ID,
    })
}

fn with(mut line: Value, figures: &Value) -> Value {
    let figures = figures.as_object().expect("figures have names").clone();
    line.as_object_mut().expect("a line").extend(figures);
    line
}

fn injected(mode: &str, figures: &Value) -> Value {
    with(line("INFO", "chaos injected", "inject", mode), figures)
}

fn cleared(mode: &str, figures: &Value) -> Value {
    with(line("INFO", "chaos cleared", "clear", mode), figures)
}

/// What a decision wrote, less the spans of the runtime around it.
fn fields(line: &Line) -> Value {
    let mut fields: Map<String, Value> = line.json().as_object().expect("fields").clone();
    fields.retain(|name, _| name != "span" && name != "spans");
    fields.into()
}

/// The document with one flag of this mode.
fn document(mode: &str, figures: &Value) -> Value {
    let flag = json!({"enabled": true, "mode": mode});
    json!({ "flag": with(flag, figures) })
}

fn invocation() -> Invocation {
    Invocation::new(json!({})).request_id(ID)
}

/// The decisions that one invocation wrote, in order.
async fn decisions(function: &Running) -> Vec<Value> {
    function.settle().await;
    let mut lines = function.lines();
    lines.retain(|line| line.field("source") == "chaos" && !line.field("mode").is_empty());
    // `settle` invokes it once more, or more often.
    lines.retain(|line| line.field("request_id") == ID);
    lines.iter().map(fields).collect()
}

/// Invokes a function whose one flag has these figures, with every mode allowed.
async fn run(mode: &str, figures: Value) -> Vec<Value> {
    let document = document(mode, &with(json!({"limit": 1}), &figures));
    let function = function!("value").document(&document);
    let function = function.env("CHAOS_ALLOW", ALL).start().await;
    let reply = function.reply(invocation()).await;
    assert_eq!(reply.request_id, ID);
    decisions(&function).await
}

const ALL: &str = "latency,timeout,diskspace,memory,cpu,denylist,statuscode,exception,panic,exit,\
                   lost_reply,duplicate,corruption";

#[tokio::test]
async fn latency() {
    let lines = run("latency", json!({"min_latency": 20})).await;
    assert_eq!(lines, [injected("latency", &json!({"latency_ms": 20.0}))]);
}

#[tokio::test]
async fn timeout() {
    let document = document("timeout", &json!({"timeout_buffer_ms": 9_000, "limit": 1}));
    let function = function!("value").document(&document).start().await;
    function
        .reply(invocation().timeout(Duration::from_secs(10)))
        .await;
    let mut lines = decisions(&function).await;
    let waited = lines[0]
        .as_object_mut()
        .and_then(|line| line.remove("latency_ms"));
    let waited = waited.as_ref().and_then(Value::as_f64).expect("a number");
    assert!((0.0..=1_000.0).contains(&waited), "{waited}");
    assert_eq!(lines, [injected("timeout", &json!({}))]);
}

/// What is taken is given back, and that is a line too.
#[tokio::test]
async fn diskspace() {
    let lines = run("diskspace", json!({"disk_space": 3})).await;
    let figures = json!({"disk_mb": 3});
    let wanted = [
        injected("diskspace", &figures),
        cleared("diskspace", &figures),
    ];
    assert_eq!(lines, wanted);
}

#[tokio::test]
async fn memory() {
    let lines = run("memory", json!({"memory_mb": 2})).await;
    let figures = json!({"memory_mb": 2});
    assert_eq!(
        lines,
        [injected("memory", &figures), cleared("memory", &figures)]
    );
}

#[tokio::test]
async fn cpu() {
    let lines = run("cpu", json!({"cpu_ms": 10, "cpu_threads": 2})).await;
    let figures = json!({"cpu_ms": 10, "cpu_threads": 2});
    assert_eq!(lines, [injected("cpu", &figures), cleared("cpu", &figures)]);
}

#[tokio::test]
async fn denylist() {
    let list = json!({"deny_list": ["dynamodb", r"^s3\."]});
    let figures = json!({"deny_list": r"dynamodb, ^s3\."});
    assert_eq!(
        run("denylist", list).await,
        [
            injected("denylist", &figures),
            cleared("denylist", &figures)
        ]
    );
}

#[tokio::test]
async fn duplicate() {
    let lines = run("duplicate", json!({})).await;
    assert_eq!(lines, [injected("duplicate", &json!({}))]);
}

/// Of headers only what was done with them.
#[tokio::test]
async fn corruption() {
    for (figures, told) in [
        (json!({}), json!({"body": "mangled"})),
        (json!({"body": "spoiled"}), json!({"body": "replaced"})),
        (
            json!({"drop_headers": ["x-none"], "set_headers": {"x-one": "1", "x-two": "2"}}),
            json!({"headers_dropped": 0, "headers_set": 2}),
        ),
        (
            json!({"body": "spoiled", "set_headers": {"x-one": "1"}}),
            json!({"body": "replaced", "headers_set": 1}),
        ),
    ] {
        let lines = run("corruption", figures).await;
        assert_eq!(lines, [injected("corruption", &told)]);
    }
}

#[tokio::test]
async fn statuscode() {
    let lines = run("statuscode", json!({"status_code": 429})).await;
    assert_eq!(
        lines,
        [injected("statuscode", &json!({"status_code": 429}))]
    );
}

#[tokio::test]
async fn what_fails_with_a_message() {
    for mode in ["exception", "lost_reply", "panic"] {
        let lines = run(mode, json!({"exception_msg": "boom"})).await;
        assert_eq!(lines, [injected(mode, &json!({"detail": "boom"}))]);
    }
}

#[tokio::test]
async fn exit() {
    let document = document("exit", &json!({"exit_code": 7}));
    let function = function!("value").document(&document);
    let function = function.env("CHAOS_ALLOW", "exit").start().await;
    let ended = function.no_answer(invocation()).await;
    assert!(matches!(ended, InvokeError::Exited { .. }), "{ended:?}");
    let line = function
        .line("the exit", |line| line.is_action("inject"))
        .await;
    assert_eq!(fields(&line), injected("exit", &json!({"exit_code": 7})));
}

/// The figures are those that are asked for: how long a wait would be is not drawn.
#[tokio::test]
async fn dry_runs() {
    for (mode, figures, told) in [
        ("latency", json!({"min_latency": 20_000}), json!({})),
        (
            "diskspace",
            json!({"leave_free": 5}),
            json!({"leave_free_mb": 5}),
        ),
        ("diskspace", json!({"disk_space": 5}), json!({"disk_mb": 5})),
        ("memory", json!({"memory_mb": 5}), json!({"memory_mb": 5})),
        ("cpu", json!({"cpu_ms": 5}), json!({"cpu_ms": 5})),
        (
            "denylist",
            json!({"deny_list": ["a", "b"]}),
            json!({"deny_list": "a, b"}),
        ),
        ("duplicate", json!({}), json!({})),
        (
            "corruption",
            json!({"body": "spoiled", "set_headers": {"x-one": "1"}}),
            json!({"body": "replaced", "headers_set": 1}),
        ),
        (
            "statuscode",
            json!({"status_code": 503}),
            json!({"status_code": 503}),
        ),
        (
            "exception",
            json!({"exception_msg": "boom"}),
            json!({"detail": "boom"}),
        ),
        ("exit", json!({"exit_code": 7}), json!({"exit_code": 7})),
    ] {
        let document = document(mode, &figures);
        let function = function!("value").document(&document);
        let function = function.env("CHAOS_ALLOW", ALL).env("CHAOS_DRY_RUN", "1");
        let function = function.start().await;
        function.answer(invocation()).await;
        let text = "chaos would be injected (dry run)";
        let wanted = with(line("INFO", text, "dryrun", mode), &told);
        assert_eq!(decisions(&function).await, [wanted]);
    }
}

#[tokio::test]
async fn what_is_not_allowed() {
    let document = document("exit", &json!({"exit_code": 7}));
    let function = function!("value").document(&document).start().await;
    function.answer(invocation()).await;
    let text = "chaos not allowed: name its mode in CHAOS_ALLOW";
    let wanted = with(
        line("WARN", text, "block", "exit"),
        &json!({"exit_code": 7}),
    );
    assert_eq!(decisions(&function).await, [wanted]);
}

/// An SQS worker's answer has no place for a status code.
#[tokio::test]
async fn what_could_not_be_injected() {
    let document = document("statuscode", &json!({"status_code": 503}));
    let function = function!("sqs").document(&document).start().await;
    function
        .answer(Invocation::new(chaos_tests::events::sqs()).request_id(ID))
        .await;
    let line = function
        .line("that it could not be", |line| line.is_action("error"))
        .await;
    let mut told = fields(&line);
    let detail = told.as_object_mut().and_then(|line| line.remove("detail"));
    let detail = detail.as_ref().and_then(Value::as_str).expect("a text");
    assert!(!detail.is_empty());
    let wanted = self::line(
        "ERROR",
        "chaos could not be injected",
        "error",
        "statuscode",
    );
    assert_eq!(told, with(wanted, &json!({"status_code": 503})));
}

/// Of a point its name is told, and the request is that of the invocation around it.
#[tokio::test]
async fn at_a_point() {
    let document = document("latency", &json!({"min_latency": 1, "point": "store.*"}));
    let function = function!("pointed").document(&document).start().await;
    function.answer(invocation()).await;
    let told = function.line("the delay", |line| line.is_action("inject"));
    let wanted = injected("latency", &json!({"latency_ms": 1.0, "point": "store.get"}));
    assert_eq!(fields(&told.await), wanted);
}

/// Each line has the id of its own invocation.
#[tokio::test]
async fn invocations_are_told_apart() {
    let document = document("statuscode", &json!({"status_code": 503}));
    let function = function!("value").document(&document).start().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(function.reply(json!({})).await.request_id);
    }
    let last = ids[4].clone();
    let last = function.line("the last one", |line| line.field("request_id") == last);
    last.await;
    let told = function.actions("inject");
    let told: Vec<String> = told.iter().map(|line| line.field("request_id")).collect();
    assert_eq!(told, ids);
}
