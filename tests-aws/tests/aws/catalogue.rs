//! Every error of the catalogue arrives as the service sends it: with its status and code, as the
//! error that the SDK models where some operation of the service does, and retried as the real one.
//! The other services are in `all-services/`.

use aws_sdk_s3::types::{ObjectEncryption, SsekmsEncryption};
use chaos_tests_aws::{Service, catalogue, retrying};

#[tokio::test]
async fn dynamodb() {
    let service = Service::answering("application/x-amz-json-1.0", "{}").await;
    let client = retrying!(service, aws_sdk_dynamodb);
    let put = client.put_item().table_name("t");
    let transact = client.transact_write_items();
    let create = client.create_table().table_name("t");
    catalogue! {"dynamodb":
        put, "ProvisionedThroughputExceededException", 400, 3, is_provisioned_throughput_exceeded_exception;
        put, "ThrottlingException", 400, 3, is_throttling_exception;
        put, "RequestLimitExceeded", 400, 3, is_request_limit_exceeded;
        put, "ConditionalCheckFailedException", 400, 1, is_conditional_check_failed_exception;
        put, "TransactionConflictException", 400, 1, is_transaction_conflict_exception;
        transact, "TransactionCanceledException", 400, 1, is_transaction_canceled_exception;
        transact, "TransactionInProgressException", 400, 3, is_transaction_in_progress_exception;
        put, "ResourceNotFoundException", 400, 1, is_resource_not_found_exception;
        create, "ResourceInUseException", 400, 1, is_resource_in_use_exception;
        create, "LimitExceededException", 400, 3, is_limit_exceeded_exception;
        put, "ItemCollectionSizeLimitExceededException", 400, 1, is_item_collection_size_limit_exceeded_exception;
        put, "ValidationException", 400, 1, unmodelled;
        put, "AccessDeniedException", 400, 1, unmodelled;
        put, "ExpiredTokenException", 400, 1, unmodelled;
        put, "UnrecognizedClientException", 400, 1, unmodelled;
        put, "InternalServerError", 500, 3, is_internal_server_error;
        put, "ServiceUnavailable", 503, 3, unmodelled;
    };
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn s3() {
    let service = Service::answering("application/xml", "").await;
    let client = retrying!(service, aws_sdk_s3);
    let get = client.get_object().bucket("b").key("k");
    let list = client.list_objects_v2().bucket("b");
    let create = client.create_bucket().bucket("b");
    let abort = client.abort_multipart_upload();
    let abort = abort.bucket("b").key("k").upload_id("u");
    // The one operation that models AccessDenied.
    let own_key = SsekmsEncryption::builder().kms_key_arn("a").build();
    let own_key = ObjectEncryption::Ssekms(own_key.unwrap());
    let encrypt = client.update_object_encryption();
    let encrypt = encrypt.bucket("b").key("k").object_encryption(own_key);
    catalogue! {"s3":
        get, "NoSuchKey", 404, 1, is_no_such_key;
        list, "NoSuchBucket", 404, 1, is_no_such_bucket;
        abort, "NoSuchUpload", 404, 1, is_no_such_upload;
        // It is what HEAD is answered, without a body: see below.
        get, "NotFound", 404, 1, unmodelled;
        encrypt, "AccessDenied", 403, 1, is_access_denied;
        get, "InvalidObjectState", 403, 1, is_invalid_object_state;
        get, "ExpiredToken", 400, 1, unmodelled;
        get, "RequestTimeout", 400, 3, unmodelled;
        create, "BucketAlreadyExists", 409, 1, is_bucket_already_exists;
        get, "ConditionalRequestConflict", 409, 1, unmodelled;
        get, "PreconditionFailed", 412, 1, unmodelled;
        get, "InternalError", 500, 3, unmodelled;
        get, "SlowDown", 503, 3, unmodelled;
        get, "ServiceUnavailable", 503, 3, unmodelled;
    };

    let scope = catalogue::failing("s3", "NotFound");
    let head = client.head_object().bucket("b").key("k").send();
    let error = scope.run(head).await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 404);
    let error = error.into_service_error();
    assert_eq!(error.meta().code(), Some("NotFound"));
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(scope.injected().len(), 1);

    // As it arrives where it is met most.
    let scope = catalogue::failing("s3", "AccessDenied");
    let error = scope.run(get.send()).await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
    let error = error.into_service_error();
    assert_eq!(error.meta().code(), Some("AccessDenied"));
    assert_eq!(scope.injected().len(), 1);
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn sqs() {
    let service = Service::answering("application/x-amz-json-1.0", "{}").await;
    let client = retrying!(service, aws_sdk_sqs);
    let send = client.send_message().queue_url("q").message_body("m");
    let receive = client.receive_message().queue_url("q");
    let hide = client.change_message_visibility().queue_url("q");
    let hide = hide.receipt_handle("r").visibility_timeout(1);
    catalogue! {"sqs":
        send, "QueueDoesNotExist" as "AWS.SimpleQueueService.NonExistentQueue", 400, 1, is_queue_does_not_exist;
        hide, "MessageNotInflight" as "AWS.SimpleQueueService.MessageNotInflight", 400, 1, is_message_not_inflight;
        hide, "ReceiptHandleIsInvalid", 404, 1, is_receipt_handle_is_invalid;
        send, "RequestThrottled", 403, 3, is_request_throttled;
        receive, "OverLimit", 403, 1, is_over_limit;
        send, "InvalidMessageContents", 400, 1, is_invalid_message_contents;
        send, "KmsThrottled" as "KMS.ThrottlingException", 400, 1, is_kms_throttled;
        send, "KmsAccessDenied" as "KMS.AccessDeniedException", 400, 1, is_kms_access_denied;
        send, "ThrottlingException", 400, 3, unmodelled;
        send, "AccessDeniedException" as "AccessDenied", 403, 1, unmodelled;
        send, "ExpiredTokenException" as "ExpiredToken", 403, 1, unmodelled;
        send, "InternalFailure", 500, 3, unmodelled;
        send, "ServiceUnavailable", 503, 3, unmodelled;
    };
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn sns() {
    let service = Service::answering("text/xml", "").await;
    let client = retrying!(service, aws_sdk_sns);
    let publish = client.publish().topic_arn("t").message("m");
    let opt_in = client.opt_in_phone_number();
    catalogue! {"sns":
        publish, "NotFoundException" as "NotFound", 404, 1, is_not_found_exception;
        opt_in, "ThrottledException" as "Throttled", 429, 1, is_throttled_exception;
        publish, "Throttling", 400, 3, unmodelled;
        publish, "AuthorizationErrorException" as "AuthorizationError", 403, 1, is_authorization_error_exception;
        publish, "InvalidParameterException" as "InvalidParameter", 400, 1, is_invalid_parameter_exception;
        publish, "EndpointDisabledException" as "EndpointDisabled", 400, 1, is_endpoint_disabled_exception;
        publish, "KmsThrottlingException" as "KMSThrottling", 400, 1, is_kms_throttling_exception;
        publish, "KmsAccessDeniedException" as "KMSAccessDenied", 400, 1, is_kms_access_denied_exception;
        publish, "ExpiredTokenException" as "ExpiredToken", 403, 1, unmodelled;
        publish, "InternalErrorException" as "InternalError", 500, 3, is_internal_error_exception;
        publish, "ServiceUnavailable", 503, 3, unmodelled;
    };
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn lambda() {
    let service = Service::answering("application/json", "{}").await;
    let client = retrying!(service, aws_sdk_lambda);
    let invoke = client.invoke().function_name("f");
    catalogue! {"lambda":
        invoke, "TooManyRequestsException", 429, 3, is_too_many_requests_exception;
        invoke, "ResourceNotFoundException", 404, 1, is_resource_not_found_exception;
        invoke, "ResourceConflictException", 409, 1, is_resource_conflict_exception;
        invoke, "ResourceNotReadyException", 502, 3, is_resource_not_ready_exception;
        invoke, "InvalidParameterValueException", 400, 1, is_invalid_parameter_value_exception;
        invoke, "RequestTooLargeException", 413, 1, is_request_too_large_exception;
        invoke, "EC2ThrottledException", 502, 3, is_ec2_throttled_exception;
        invoke, "KMSAccessDeniedException", 502, 3, is_kms_access_denied_exception;
        invoke, "AccessDeniedException", 403, 1, unmodelled;
        invoke, "ExpiredTokenException", 403, 1, unmodelled;
        invoke, "UnrecognizedClientException", 403, 1, unmodelled;
        invoke, "ServiceException", 500, 3, is_service_exception;
        invoke, "ServiceUnavailableException", 503, 3, unmodelled;
    };
    assert_eq!(service.seen(), 0);
}

#[tokio::test]
async fn ssm() {
    let service = Service::answering("application/x-amz-json-1.1", "{}").await;
    let client = retrying!(service, aws_sdk_ssm);
    let get = client.get_parameter().name("p");
    let put = client.put_parameter().name("p").value("v");
    // Of the operations, two alone model that they are throttled or denied.
    let token = client.get_access_token().access_request_id("r");
    catalogue! {"ssm":
        get, "ParameterNotFound", 400, 1, is_parameter_not_found;
        get, "ParameterVersionNotFound", 400, 1, is_parameter_version_not_found;
        get, "InvalidKeyId", 400, 1, is_invalid_key_id;
        put, "TooManyUpdates", 400, 1, is_too_many_updates;
        token, "ThrottlingException", 400, 3, is_throttling_exception;
        token, "AccessDeniedException", 400, 1, is_access_denied_exception;
        get, "ExpiredTokenException", 400, 1, unmodelled;
        get, "InternalServerError", 500, 3, is_internal_server_error;
    };

    // As they arrive where they are met most.
    for (error_type, attempts) in [("ThrottlingException", 3), ("AccessDeniedException", 1)] {
        let scope = catalogue::failing("ssm", error_type);
        let error = scope.run(get.clone().send()).await.unwrap_err();
        assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
        let error = error.into_service_error();
        assert_eq!(error.meta().code(), Some(error_type));
        assert!(catalogue::is_unmodelled(&error), "{error:?}");
        assert_eq!(scope.injected().len(), attempts);
    }
    assert_eq!(service.seen(), 0);
}
