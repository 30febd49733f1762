//! The two older formats, flipped through the parameter as their users flip them.

use chaos_local::ParameterStore;
use chaos_tests::{PARAMETER, Running, function};
use serde_json::{Value, json};

/// A document of failure-lambda 0.x, with everything that its users had in it.
fn failure_lambda(mode: &str, rate: u8) -> Value {
    json!({
        "isEnabled": true, "failureMode": mode, "rate": rate,
        "minLatency": 200, "maxLatency": 200, "exceptionMsg": "Exception message!",
        "statusCode": 404, "diskSpace": 16, "denylist": ["s3.*.amazonaws.com"]
    })
}

/// A document of chaos-lambda (Python).
fn chaos_lambda(fault: &str, rate: u8) -> Value {
    json!({
        "is_enabled": true, "fault_type": fault, "rate": rate,
        "delay": 200, "error_code": 404, "exception_msg": "This is chaos"
    })
}

/// Puts documents in force one after the other: each invocation reads the document anew.
struct Stage {
    params: ParameterStore,
    function: Running,
}

impl Stage {
    async fn with(handler: &str) -> Self {
        let params = ParameterStore::start().await.expect("a store");
        let launch = function!(handler).parameter(&params);
        // so that each invocation sees the document of its time
        let function = launch.env("CHAOS_CACHE_TTL", "0");
        params.put(PARAMETER, "{}").expect("the document fits");
        Self {
            function: function.start().await,
            params,
        }
    }

    fn put(&self, document: &Value) {
        let document = document.to_string();
        self.params
            .put(PARAMETER, &document)
            .expect("the document fits");
    }

    async fn answer(&self, document: &Value) -> Value {
        self.put(document);
        self.function.answer(json!({})).await
    }

    async fn waited(&self, document: &Value) -> bool {
        self.put(document);
        self.function.timed(json!({})).await.as_millis() >= 200
    }

    async fn error(&self, document: &Value) -> String {
        self.put(document);
        self.function.failure(json!({})).await.error_message
    }

    /// Nothing is asked for, so nothing happens.
    async fn is_off(&self, mut document: Value, key: &str, value: Value) {
        document[key] = value;
        let answer = self.answer(&document).await;
        assert_eq!(
            answer["statusCode"],
            200,
            "{document} {}",
            self.function.story()
        );
    }
}

#[tokio::test]
async fn failure_lambda_0() {
    let stage = Stage::with("value").await;
    assert!(stage.waited(&failure_lambda("latency", 1)).await);
    let message = stage.error(&failure_lambda("exception", 1)).await;
    assert_eq!(message, "Exception message!");
    let answer = stage.answer(&failure_lambda("statuscode", 1)).await;
    assert_eq!(answer["statusCode"], 404);
    assert_ne!(answer["body"], "own answer", "the handler does not run");

    for mode in ["exception", "statuscode"] {
        stage
            .is_off(failure_lambda(mode, 0), "isEnabled", json!(true))
            .await;
        stage
            .is_off(failure_lambda(mode, 1), "isEnabled", json!(false))
            .await;
    }
}

#[tokio::test]
async fn failure_lambda_0_takes_disk_space() {
    let stage = Stage::with("disk").await;
    let held = |answer: &Value| answer["held"].as_u64();
    let answer = stage.answer(&failure_lambda("diskspace", 1)).await;
    assert!(
        held(&answer) >= Some(16 << 20),
        "{answer} {}",
        stage.function.story()
    );
    let answer = stage.answer(&failure_lambda("diskspace", 0)).await;
    assert_eq!(held(&answer), Some(0), "{answer}");
}

#[tokio::test]
async fn chaos_lambda_for_python() {
    let stage = Stage::with("value").await;
    assert!(stage.waited(&chaos_lambda("latency", 1)).await);
    let message = stage.error(&chaos_lambda("exception", 1)).await;
    assert_eq!(message, "This is chaos");
    // there the handler runs, and only its code is replaced
    let answer = stage.answer(&chaos_lambda("status_code", 1)).await;
    assert_eq!(answer, json!({"statusCode": 404, "body": "own answer"}));

    for fault in ["exception", "status_code"] {
        stage
            .is_off(chaos_lambda(fault, 0), "is_enabled", json!(true))
            .await;
        stage
            .is_off(chaos_lambda(fault, 1), "is_enabled", json!(false))
            .await;
    }
}
