//! The catalogue of the services beyond one a protocol.

use chaos_tests_aws::{Service, catalogue, client};

#[tokio::test]
async fn secretsmanager() {
    let service = Service::answering("application/x-amz-json-1.1", "{}").await;
    let client = client!(service, aws_sdk_secretsmanager);
    catalogue!("secretsmanager": client.get_secret_value().secret_id("s"),
        client.create_secret().name("s");
        else "AccessDeniedException", "ExpiredTokenException", "ThrottlingException");
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn kinesis() {
    let service = Service::answering("application/x-amz-json-1.1", "{}").await;
    let client = client!(service, aws_sdk_kinesis);
    catalogue!("kinesis":
        client.put_record().stream_name("s").partition_key("p").data(aws_sdk_kinesis::primitives::Blob::new("x")),
        client.get_records().shard_iterator("i"), client.create_stream().stream_name("s");
        else "ExpiredTokenException");
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn sfn() {
    let service = Service::answering("application/x-amz-json-1.0", "{}").await;
    let client = client!(service, aws_sdk_sfn);
    catalogue!("sfn": client.start_execution().state_machine_arn("m"),
        client.describe_execution().execution_arn("e");
        else "AccessDeniedException", "ExpiredTokenException", "InternalFailure", "ThrottlingException");
    assert_eq!(service.seen(), 0);
}
