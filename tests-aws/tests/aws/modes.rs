//! Each mode at a call of DynamoDB: what the caller sees, and how many requests went out.

use std::error::Error as _;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use chaos_core::testing::Scope;
use serde_json::json;

use crate::table::{ITEM, Table, is_real};

#[tokio::test]
async fn with_nothing_on_the_real_reply_comes_through() {
    let table = Table::new().await;
    assert!(is_real(&table.get().await));
    assert_eq!(table.service.seen(), 1);
    let elsewhere = Scope::new(&json!({"exception": {"enabled": true, "point": "aws.sqs.*"}}));
    assert!(is_real(&elsewhere.run(table.get()).await));
    let off = Scope::new(&json!({"exception": {"enabled": false, "point": "*"}}));
    assert!(is_real(&off.run(table.get()).await));
    assert_eq!(table.service.seen(), 3);
    assert!(elsewhere.decisions().is_empty());
}

#[tokio::test]
async fn an_exception_is_the_services_own_error_and_is_retried_as_such() {
    let table = Table::new().await;
    let (got, scope) = table
        .under(json!({"mode": "exception", "exception_msg": "too fast",
            "exception_type": "ProvisionedThroughputExceededException"}))
        .await;
    let error = got.unwrap_err().into_service_error();
    assert!(error.is_provisioned_throughput_exceeded_exception());
    assert_eq!(error.message(), Some("too fast"));
    assert_eq!(scope.injected().len(), 3, "three attempts");
    let decision = &scope.decisions()[0];
    assert_eq!(decision.point, "aws.dynamodb.GetItem");
    assert_eq!(table.service.seen(), 0);
}

#[tokio::test]
async fn what_the_service_would_not_repeat_is_not_retried() {
    let table = Table::new().await;
    let (got, scope) = table
        .under(json!({"mode": "exception", "exception_type": "ResourceNotFoundException"}))
        .await;
    let error = got.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception());
    assert_eq!(error.message(), Some("Injected exception"));
    assert_eq!(scope.injected().len(), 1);
}

#[tokio::test]
async fn a_fault_that_passes_is_survived_by_a_retry() {
    let table = Table::new().await;
    let (got, scope) = table
        .under(json!({"mode": "exception", "exception_type": "ThrottlingException", "limit": 2}))
        .await;
    assert!(is_real(&got));
    assert_eq!(scope.injected().len(), 2);
    assert_eq!(table.service.seen(), 1);
}

#[tokio::test]
async fn a_type_that_is_not_in_the_catalogue_is_sent_as_written() {
    let table = Table::new().await;
    let flag = json!({"mode": "exception", "exception_type": "BrandNewException"});
    let (got, _) = table.under(flag).await;
    let error = got.unwrap_err();
    let status = error.raw_response().unwrap().status().as_u16();
    let error = error.into_service_error();
    assert_eq!((error.code(), status), (Some("BrandNewException"), 400));
}

#[tokio::test]
async fn without_a_type_it_is_the_services_internal_error() {
    let table = Table::new().await;
    let (got, scope) = table.under(json!({"mode": "exception"})).await;
    let error = got.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 500);
    assert!(error.into_service_error().is_internal_server_error());
    assert_eq!(scope.injected().len(), 3);
}

#[tokio::test]
async fn after_the_call_the_error_comes_and_the_work_is_done() {
    let table = Table::new().await;
    let (got, _) = table
        .under(json!({"mode": "exception", "phase": "after",
            "exception_type": "InternalServerError"}))
        .await;
    let error = got.unwrap_err().into_service_error();
    assert!(error.is_internal_server_error());
    assert_eq!(table.service.seen(), 3, "each attempt took effect");
}

#[tokio::test]
async fn a_lost_reply_is_a_connection_error_after_the_work() {
    let table = Table::new().await;
    let (got, _) = table.under(json!({"mode": "lost_reply"})).await;
    let SdkError::DispatchFailure(failure) = got.unwrap_err() else {
        panic!("no connection error")
    };
    assert!(failure.is_io());
    assert_eq!(table.service.seen(), 3);
    let (got, _) = table.under(json!({"mode": "lost_reply", "limit": 1})).await;
    assert!(is_real(&got));
    assert_eq!(table.service.seen(), 5, "the work is done twice");
}

#[tokio::test]
async fn a_connection_fails_as_the_flag_says() {
    let table = Table::new().await;
    for (name, is_timeout, text) in [
        ("ConnectionRefused", false, "Connection refused"),
        ("ConnectionReset", false, "reset by peer"),
        ("ConnectionClosed", false, "closed before the reply came"),
        ("DnsFailure", false, "Name or service not known: 127.0.0.1"),
        ("Timeout", true, "no reply came in time"),
    ] {
        let flag = json!({"mode": "exception", "exception_type": name});
        let (got, scope) = table.under(flag).await;
        let SdkError::DispatchFailure(failure) = got.unwrap_err() else {
            panic!("{name} is no failure of the connection")
        };
        // As the SDK's own client tells a reply that ends in the middle.
        let is_closed = name == "ConnectionClosed";
        assert_eq!(
            (failure.is_io(), failure.is_timeout(), failure.is_other()),
            (!is_timeout && !is_closed, is_timeout, is_closed)
        );
        let shown = failure.as_connector_error().unwrap().source().unwrap();
        let shown = shown.to_string();
        assert!(shown.contains(text), "{shown}");
        assert_eq!(scope.injected().len(), 3);
    }
    assert_eq!(table.service.seen(), 0);
    let flag = json!({"mode": "lost_reply", "exception_type": "Timeout", "limit": 1});
    assert!(is_real(&table.under(flag).await.0));
    assert_eq!(table.service.seen(), 2, "the work is done twice");
    let flag = json!({"mode": "lost_reply", "exception_type": "ThrottlingException"});
    let (got, scope) = table.under(flag).await;
    assert!(
        is_real(&got) && scope.injected().is_empty(),
        "that is a reply"
    );
}

#[tokio::test]
async fn a_status_code_is_retried_if_the_sdk_would() {
    let table = Table::new().await;
    let flag = json!({"mode": "statuscode", "status_code": 503});
    let (got, scope) = table.under(flag).await;
    let error = got.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 503);
    let body = error.raw_response().unwrap().body().bytes().unwrap();
    assert_eq!(body, br#"{"message":"Injected status code 503"}"#);
    assert_eq!(error.into_service_error().code(), None);
    assert_eq!(scope.injected().len(), 3);
    let (got, scope) = table
        .under(
            json!({"mode": "statuscode", "status_code": 418, "headers": {"x-tea": "green"},
            "body": {"__type": "Teapot", "message": "short and stout"}}),
        )
        .await;
    let error = got.unwrap_err();
    let raw = error.raw_response().unwrap();
    assert_eq!(raw.status().as_u16(), 418);
    assert_eq!(raw.headers().get("x-tea"), Some("green"));
    assert_eq!(error.into_service_error().code(), Some("Teapot"));
    assert_eq!(scope.injected().len(), 1);
    assert_eq!(table.service.seen(), 0);
}

#[tokio::test]
async fn a_status_code_after_the_call_replaces_the_replys_own() {
    let table = Table::new().await;
    let flag = json!({"mode": "statuscode", "status_code": 500, "phase": "after"});
    let (got, _) = table.under(flag).await;
    let error = got.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 500);
    assert_eq!(table.service.seen(), 3);
}

#[tokio::test]
async fn latency_is_waited_and_the_real_reply_comes() {
    let table = Table::new().await;
    let start = Instant::now();
    let (got, _) = table
        .under(json!({"mode": "latency", "min_latency": 150}))
        .await;
    assert!(is_real(&got));
    assert!(start.elapsed() >= Duration::from_millis(150));
    assert_eq!(table.service.seen(), 1);
}

/// Of the SDK's timeouts. A real reply on a busy machine is there long before.
fn limit() -> Duration {
    Duration::from_secs(1)
}

const LONG: u64 = 60_000;

#[tokio::test]
async fn latency_runs_into_the_attempt_timeout() {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(limit());
    let table = Table::limited(timeouts.build()).await;
    let flag = json!({"mode": "latency", "min_latency": LONG});
    let (got, scope) = table.under(flag).await;
    assert!(matches!(got, Err(SdkError::TimeoutError(_))));
    assert_eq!(
        scope.injected().len(),
        3,
        "an attempt that timed out is retried"
    );
    let (got, _) = table
        .under(json!({"mode": "latency", "min_latency": LONG, "limit": 1}))
        .await;
    assert!(is_real(&got));
    assert_eq!(table.service.seen(), 1);
}

#[tokio::test]
async fn latency_runs_into_the_operation_timeout() {
    let timeouts = TimeoutConfig::builder().operation_timeout(limit());
    let table = Table::limited(timeouts.build()).await;
    let flag = json!({"mode": "latency", "min_latency": LONG});
    let (got, scope) = table.under(flag).await;
    assert!(matches!(got, Err(SdkError::TimeoutError(_))));
    assert_eq!(scope.injected().len(), 1);
}

#[tokio::test]
async fn latency_after_the_call_ends_with_the_read_timeout_too() {
    let table = Table::new().await;
    let start = Instant::now();
    let flag = json!({"mode": "latency", "min_latency": 150, "phase": "after"});
    assert!(is_real(&table.under(flag).await.0));
    assert!(start.elapsed() >= Duration::from_millis(150));
    assert_eq!(table.service.seen(), 1);
    let timeouts = TimeoutConfig::builder().read_timeout(limit());
    let table = Table::limited(timeouts.build()).await;
    let flag = json!({"mode": "latency", "min_latency": LONG, "phase": "after", "limit": 1});
    let (got, scope) = table.under(flag).await;
    assert!(is_real(&got), "the second attempt");
    assert_eq!(scope.injected().len(), 1);
    assert_eq!(table.service.seen(), 2, "the first one took effect");
}

#[tokio::test]
async fn latency_runs_into_the_read_timeout() {
    let timeouts = TimeoutConfig::builder().read_timeout(limit());
    let table = Table::limited(timeouts.build()).await;
    let flag = json!({"mode": "latency", "min_latency": LONG});
    let (got, scope) = table.under(flag).await;
    let SdkError::DispatchFailure(failure) = got.unwrap_err() else {
        panic!("no failure of the connection")
    };
    assert!(failure.is_timeout());
    assert_eq!(scope.injected().len(), 3);
    assert_eq!(table.service.seen(), 0);
}

#[tokio::test]
async fn a_timeout_is_one_of_the_attempt() {
    let table = Table::new().await;
    let (got, scope) = table.under(json!({"mode": "timeout"})).await;
    let SdkError::DispatchFailure(failure) = got.unwrap_err() else {
        panic!("no failure of the connection")
    };
    assert!(failure.is_timeout());
    assert_eq!(scope.injected().len(), 3);
    let decision = &scope.decisions()[0];
    assert_eq!(decision.latency_ms, Some(0.0));
    let remark = decision.message.as_deref().unwrap_or_default();
    assert!(remark.contains("without a wait"), "{remark}");
    assert_eq!(table.service.seen(), 0);

    let timeouts = TimeoutConfig::builder().read_timeout(limit());
    let table = Table::limited(timeouts.build()).await;
    let start = Instant::now();
    let flag = json!({"mode": "timeout", "phase": "after", "limit": 1});
    let (got, scope) = table.under(flag).await;
    assert!(is_real(&got), "the second attempt");
    assert!(start.elapsed() >= limit());
    // What the call itself took is a part of it.
    let waited = scope.decisions()[0].latency_ms.unwrap_or_default();
    assert!((0.0..=1_000.0).contains(&waited), "{waited}");
    assert_eq!(scope.decisions()[0].message, None);
    assert_eq!(table.service.seen(), 2);
}

#[tokio::test]
async fn a_denied_host_does_not_resolve() {
    let table = Table::new().await;
    let (got, scope) = table
        .under(json!({"mode": "denylist", "deny_list": ["^127\\.0"]}))
        .await;
    let SdkError::DispatchFailure(failure) = got.unwrap_err() else {
        panic!("no failure of the connection")
    };
    assert!(failure.is_io());
    let connector = failure.as_connector_error().unwrap();
    assert!(format!("{connector:?}").contains("127.0.0.1"));
    assert_eq!(scope.injected().len(), 3);
    assert_eq!(table.service.seen(), 0);
    let (got, scope) = table
        .under(json!({"mode": "denylist", "deny_list": ["amazonaws"]}))
        .await;
    assert!(is_real(&got));
    assert!(scope.decisions().is_empty());
}

#[tokio::test]
async fn a_corrupted_reply_is_not_understood_or_is_another() {
    let table = Table::new().await;
    let (got, scope) = table.under(json!({"mode": "corruption"})).await;
    let error = got.unwrap_err();
    let raw = error.raw_response().unwrap();
    assert_eq!(raw.status().as_u16(), 200);
    assert!(ITEM.len() > raw.body().bytes().unwrap().len());
    assert_eq!(scope.decisions()[0].body, Some("mangled"));
    assert_eq!(table.service.seen(), scope.injected().len());
    let body = r#"{"Item":{"id":{"S":"2"}}}"#;
    let (got, _) = table
        .under(json!({"mode": "corruption", "body": body}))
        .await;
    assert_eq!(
        got.unwrap().item().unwrap()["id"],
        AttributeValue::S("2".to_owned())
    );
}

#[tokio::test]
async fn a_corrupted_reply_lacks_headers_and_has_others() {
    let table = Table::new().await;
    let flag = json!({"mode": "corruption", "body": "no json", "drop_headers": "Content-Type",
        "set_headers": {"x-tea": "green"}});
    let (got, scope) = table.under(flag).await;
    let error = got.unwrap_err();
    let headers = error.raw_response().unwrap().headers();
    assert_eq!(headers.get("content-type"), None);
    assert_eq!(headers.get("x-tea"), Some("green"));
    let decision = &scope.decisions()[0];
    assert_eq!(decision.body, Some("replaced"));
    assert_eq!(
        (decision.headers_dropped, decision.headers_set),
        (Some(1), Some(1))
    );
}

#[tokio::test]
async fn a_flag_hits_the_operation_and_the_table_that_it_names() {
    let table = Table::new().await;
    let scope = Scope::new(&json!({"exception": {"enabled": true,
        "point": "aws.dynamodb.GetItem", "labels": {"table": "orders", "region": "eu-west-1"}}}));
    assert!(scope.run(table.get_from("orders")).await.is_err());
    assert!(is_real(&scope.run(table.get_from("users")).await));
    let list = table.client.list_tables();
    assert!(scope.run(list.send()).await.is_ok());
    assert_eq!(table.service.seen(), 2);
}

#[tokio::test]
async fn a_configuration_that_is_instrumented_twice_decides_once() {
    let table = Table::new().await;
    let twice = chaos_core::aws::instrument(table.service.config());
    let twice = Table {
        client: Client::new(&twice),
        service: table.service,
    };
    let flag = json!({"mode": "latency", "min_latency": 1});
    let (got, scope) = twice.under(flag).await;
    assert!(is_real(&got));
    assert_eq!(scope.injected().len(), 1);
}
