//! CloudWatch, which speaks CBOR.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_cloudwatch::operation::set_alarm_state::{SetAlarmStateError, SetAlarmStateOutput};
use aws_sdk_cloudwatch::types::StateValue;
use chaos_core::testing::Scope;
use chaos_tests_aws::Service;
use serde_json::{Value, json};

/// An empty map.
pub(crate) const EMPTY: &[u8] = &[0xA0];

async fn set_alarm(client: &Client) -> Result<SetAlarmStateOutput, SdkError<SetAlarmStateError>> {
    let set = client.set_alarm_state().alarm_name("late");
    let set = set.state_value(StateValue::Alarm).state_reason("a test");
    set.send().await
}

fn under(mut flag: Value) -> Scope {
    flag["enabled"] = json!(true);
    flag["point"] = json!("aws.cloudwatch.SetAlarmState");
    flag["labels"] = json!({"region": "eu-west-1"});
    Scope::new(&json!({"flag": flag}))
}

#[tokio::test]
async fn its_errors_arrive_as_the_sdk_models_them() {
    let service = Service::answering("application/cbor", EMPTY).await;
    let client = Client::new(&service.config());
    for error_type in ["ResourceNotFound", "InvalidFormat"] {
        let scope = under(json!({"mode": "exception", "exception_type": error_type,
            "exception_msg": "no such alarm"}));
        let error = scope.run(set_alarm(&client)).await.unwrap_err();
        let error = error.into_service_error();
        assert_eq!(error.code(), Some(error_type));
        assert_eq!(error.message(), Some("no such alarm"));
        assert_eq!(
            (
                error.is_resource_not_found(),
                error.is_invalid_format_fault()
            ),
            (
                error_type == "ResourceNotFound",
                error_type == "InvalidFormat"
            )
        );
        assert_eq!(scope.injected().len(), 1);
    }
    assert_eq!(service.seen(), 0);
    set_alarm(&client).await.expect("the real reply");
}

#[tokio::test]
async fn a_status_and_an_internal_error_are_retried() {
    let service = Service::answering("application/cbor", EMPTY).await;
    let client = Client::new(&service.config());
    let internal = under(json!({"mode": "exception"}));
    let error = internal.run(set_alarm(&client)).await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 500);
    assert_eq!(error.into_service_error().code(), Some("InternalFailure"));
    assert_eq!(internal.injected().len(), 3);

    let status = under(json!({"mode": "statuscode", "status_code": 503}));
    let error = status.run(set_alarm(&client)).await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 503);
    let body = error.raw_response().unwrap().body().bytes().unwrap();
    assert!(body.ends_with(b"Injected status code 503"), "{body:?}");
    assert_eq!(error.into_service_error().code(), None);
    assert_eq!(status.injected().len(), 3);
    assert_eq!(service.seen(), 0);
}
