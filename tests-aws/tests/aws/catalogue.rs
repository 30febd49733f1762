//! Every error of the catalogue arrives with its code and status, and as the error that the SDK
//! models where some operation of the service does.

use chaos_tests_aws::{Service, catalogue, client};

#[tokio::test]
async fn dynamodb() {
    let service = Service::answering("application/x-amz-json-1.0", "{}").await;
    let client = client!(service, aws_sdk_dynamodb);
    catalogue!("dynamodb":
        client.put_item().table_name("t"), client.transact_write_items(),
        client.create_table().table_name("t");
        else "AccessDeniedException", "ExpiredTokenException", "ServiceUnavailable", "UnrecognizedClientException", "ValidationException");
    assert_eq!(service.seen(), 0);
}

// What HEAD is answered has no body, so `NotFound` is in `protocols.rs`.
#[tokio::test]
async fn s3() {
    let service = Service::answering("application/xml", "").await;
    let client = client!(service, aws_sdk_s3);
    catalogue!("s3":
        client.get_object().bucket("b").key("k"), client.list_objects_v2().bucket("b"),
        client.abort_multipart_upload().bucket("b").key("k").upload_id("u"),
        client.create_bucket().bucket("b");
        else "AccessDenied", "ConditionalRequestConflict", "ExpiredToken", "InternalError", "NotFound", "PreconditionFailed", "RequestTimeout", "ServiceUnavailable", "SlowDown");
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn sqs() {
    let service = Service::answering("application/x-amz-json-1.0", "{}").await;
    let client = client!(service, aws_sdk_sqs);
    catalogue!("sqs":
        client.send_message().queue_url("q").message_body("m"),
        client.receive_message().queue_url("q"),
        client.change_message_visibility().queue_url("q").receipt_handle("r").visibility_timeout(1);
        else "AccessDeniedException", "ExpiredTokenException", "InternalFailure", "ServiceUnavailable", "ThrottlingException");
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn sns() {
    let service = Service::answering("text/xml", "").await;
    let client = client!(service, aws_sdk_sns);
    catalogue!("sns": client.publish().topic_arn("t").message("m"),
        client.publish_batch().topic_arn("t"), client.opt_in_phone_number();
        else "ExpiredTokenException", "ServiceUnavailable", "Throttling");
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn lambda() {
    let service = Service::answering("application/json", "{}").await;
    let client = client!(service, aws_sdk_lambda);
    catalogue!("lambda": client.invoke().function_name("f");
        else "AccessDeniedException", "ExpiredTokenException", "ServiceUnavailableException", "UnrecognizedClientException");
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn ssm() {
    let service = Service::answering("application/x-amz-json-1.1", "{}").await;
    let client = client!(service, aws_sdk_ssm);
    catalogue!("ssm": client.get_parameter().name("p"),
        client.put_parameter().name("p").value("v");
        else "AccessDeniedException", "ExpiredTokenException", "ThrottlingException");
    assert_eq!(service.seen(), 0);
}
