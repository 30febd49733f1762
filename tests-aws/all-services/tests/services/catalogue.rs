//! The catalogue of the services beyond one a protocol.

use aws_sdk_kinesis::primitives::Blob;
use chaos_tests_aws::{Service, catalogue, retrying};

#[tokio::test]
async fn secretsmanager() {
    let service = Service::answering("application/x-amz-json-1.1", "{}").await;
    let client = retrying!(service, aws_sdk_secretsmanager);
    let get = client.get_secret_value().secret_id("s");
    let create = client.create_secret().name("s");
    catalogue! {"secretsmanager":
        get, "ResourceNotFoundException", 400, 1, is_resource_not_found_exception;
        get, "DecryptionFailure", 400, 1, is_decryption_failure;
        get, "InvalidRequestException", 400, 1, is_invalid_request_exception;
        get, "InvalidParameterException", 400, 1, is_invalid_parameter_exception;
        create, "LimitExceededException", 400, 3, is_limit_exceeded_exception;
        get, "ThrottlingException", 400, 3, unmodelled;
        get, "AccessDeniedException", 400, 1, unmodelled;
        get, "ExpiredTokenException", 400, 1, unmodelled;
        get, "InternalServiceError", 500, 3, is_internal_service_error;
    };
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn kinesis() {
    let service = Service::answering("application/x-amz-json-1.1", "{}").await;
    let client = retrying!(service, aws_sdk_kinesis);
    let put = client.put_record().stream_name("s").partition_key("p");
    let put = put.data(Blob::new("x"));
    let get = client.get_records().shard_iterator("i");
    let create = client.create_stream().stream_name("s");
    catalogue! {"kinesis":
        put, "ProvisionedThroughputExceededException", 400, 3, is_provisioned_throughput_exceeded_exception;
        put, "ResourceNotFoundException", 400, 1, is_resource_not_found_exception;
        create, "LimitExceededException", 400, 3, is_limit_exceeded_exception;
        get, "ExpiredIteratorException", 400, 1, is_expired_iterator_exception;
        put, "KMSThrottlingException", 400, 1, is_kms_throttling_exception;
        put, "AccessDeniedException", 400, 1, is_access_denied_exception;
        put, "ExpiredTokenException", 400, 1, unmodelled;
        put, "InternalFailureException", 500, 3, is_internal_failure_exception;
    };
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn sfn() {
    let service = Service::answering("application/x-amz-json-1.0", "{}").await;
    let client = retrying!(service, aws_sdk_sfn);
    let start = client.start_execution().state_machine_arn("m");
    let describe = client.describe_execution().execution_arn("e");
    catalogue! {"sfn":
        start, "StateMachineDoesNotExist", 400, 1, is_state_machine_does_not_exist;
        describe, "ExecutionDoesNotExist", 400, 1, is_execution_does_not_exist;
        start, "ExecutionAlreadyExists", 400, 1, is_execution_already_exists;
        start, "ExecutionLimitExceeded", 400, 1, is_execution_limit_exceeded;
        start, "ThrottlingException", 400, 3, unmodelled;
        start, "AccessDeniedException", 400, 1, unmodelled;
        start, "ExpiredTokenException", 400, 1, unmodelled;
        start, "InternalFailure", 500, 3, unmodelled;
    };
    assert_eq!(service.seen(), 0);
}
