//! What an error has beside its type and its message: `exception` does not send it, `statuscode` with
//! the service's own reply does.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::error::TransactionCanceledException;
use aws_sdk_lambda::operation::invoke::InvokeError;
use aws_sdk_lambda::types::ThrottleReason;
use chaos_core::testing::Scope;
use chaos_tests_aws::{Service, client, retrying};
use serde_json::{Value, json};

/// The service's whole reply at a point.
fn replying(point: &str, status: u16, headers: &Value, body: &Value) -> Scope {
    Scope::new(
        &json!({"whole": {"enabled": true, "mode": "statuscode", "point": point,
        "status_code": status, "headers": headers, "body": body}}),
    )
}

fn cancelled(error: TransactWriteItemsError) -> TransactionCanceledException {
    match error {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => cancelled,
        other => panic!("it is another error: {other:?}"),
    }
}

#[tokio::test]
async fn a_cancelled_transaction_has_its_reasons() {
    let service = Service::answering("application/x-amz-json-1.0", "{}").await;
    let client = client!(service, aws_sdk_dynamodb);
    let write = || client.transact_write_items().send();
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled",
        "CancellationReasons": [
            {"Code": "None"},
            {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed",
                "Item": {"stock": {"N": "0"}}},
        ],
    });
    let whole = replying("aws.dynamodb.TransactWriteItems", 400, &json!({}), &body);
    let error = whole.run(write()).await.unwrap_err().into_service_error();
    let whole = cancelled(error);
    assert_eq!(whole.message(), Some("Transaction cancelled"));
    let [none, failed] = whole.cancellation_reasons() else {
        panic!("there are other reasons: {whole:?}")
    };
    assert_eq!(none.code(), Some("None"));
    assert_eq!(failed.code(), Some("ConditionalCheckFailed"));
    assert_eq!(failed.message(), Some("The conditional request failed"));
    let stock = failed.item().and_then(|item| item["stock"].as_n().ok());
    assert_eq!(stock.map(String::as_str), Some("0"));

    let short = chaos_tests_aws::catalogue::failing("dynamodb", "TransactionCanceledException");
    let error = short.run(write()).await.unwrap_err().into_service_error();
    assert!(cancelled(error).cancellation_reasons().is_empty());
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn a_throttled_invocation_says_why_and_until_when() {
    let service = Service::answering("application/json", "{}").await;
    let client = client!(service, aws_sdk_lambda);
    let headers = json!({"x-amzn-errortype": "TooManyRequestsException", "retry-after": "7"});
    let body = json!({"Type": "User", "message": "Rate Exceeded.",
        "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded"});
    let whole = replying("aws.lambda.Invoke", 429, &headers, &body);
    let invoke = client.invoke().function_name("f").send();
    let error = whole.run(invoke).await.unwrap_err().into_service_error();
    let InvokeError::TooManyRequestsException(throttled) = error else {
        panic!("it is another error: {error:?}")
    };
    assert_eq!(throttled.retry_after_seconds(), Some("7"));
    assert_eq!(throttled.message(), Some("Rate Exceeded."));
    let why = throttled.reason().map(ThrottleReason::as_str);
    assert_eq!(
        why,
        Some("ReservedFunctionConcurrentInvocationLimitExceeded")
    );
}

#[tokio::test]
async fn the_sdk_waits_as_long_as_the_reply_asks_for() {
    let service = Service::answering("application/x-amz-json-1.0", "{}").await;
    let client = retrying!(service, aws_sdk_dynamodb);
    let wait = Duration::from_millis(400);
    let document = json!({"slow": {"enabled": true, "mode": "statuscode", "point": "aws.*",
        "status_code": 503, "limit": 1, "headers": {"x-amz-retry-after": "400"}}});
    let start = Instant::now();
    let got = Scope::new(&document).run(client.list_tables().send()).await;
    assert!(got.is_ok(), "{got:?}");
    assert!(
        start.elapsed() >= wait,
        "by itself it waits for a millisecond"
    );
    assert_eq!(service.seen(), 1);
}
