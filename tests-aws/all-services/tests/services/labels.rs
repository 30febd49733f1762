//! What a call is about, in the requests of the real SDK.

use aws_sdk_kinesis::primitives::Blob;
use chaos_tests_aws::{Service, client, is_about};

#[tokio::test]
async fn of_secretsmanager() {
    let service = Service::answering("application/x-amz-json-1.1", "{}").await;
    let client = client!(service, aws_sdk_secretsmanager);
    let arn = "arn:aws:secretsmanager:eu-west-1:1:secret:db/password-a1B2c3";
    for name in ["db/password", arn] {
        let get = client.get_secret_value().secret_id(name);
        is_about("secret", &["db/password"], || get.clone().send()).await;
    }
    let batch = client.batch_get_secret_value();
    let batch = batch.secret_id_list("a").secret_id_list("b");
    is_about("secret", &["a", "b"], || batch.clone().send()).await;
}

#[tokio::test]
async fn of_kinesis() {
    let put = r#"{"ShardId":"1","SequenceNumber":"1","FailedRecordCount":0,"Records":[]}"#;
    let service = Service::answering("application/x-amz-json-1.1", put).await;
    let client = client!(service, aws_sdk_kinesis);
    let put = client.put_record().partition_key("p").data(Blob::new("x"));
    let arn = "arn:aws:kinesis:eu-west-1:1:stream/clicks";
    for put in [put.clone().stream_name("clicks"), put.stream_arn(arn)] {
        is_about("stream", &["clicks"], || put.clone().send()).await;
    }
}

#[tokio::test]
async fn of_sfn() {
    let started = r#"{"executionArn":"e","startDate":1}"#;
    let service = Service::answering("application/x-amz-json-1.0", started).await;
    let client = client!(service, aws_sdk_sfn);
    let arn = "arn:aws:states:eu-west-1:1:stateMachine:pay";
    let start = client.start_execution().state_machine_arn(arn);
    is_about("state_machine", &["pay"], || start.clone().send()).await;
    let arn = "arn:aws:states:eu-west-1:1:execution:pay:7";
    let service = Service::answering("application/x-amz-json-1.0", r#"{"stopDate":1}"#).await;
    let client = client!(service, aws_sdk_sfn);
    let stop = client.stop_execution().execution_arn(arn);
    is_about("state_machine", &["pay"], || stop.clone().send()).await;
}
