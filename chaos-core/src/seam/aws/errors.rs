//! The errors that people meet, as each service sends them.

/// One error of a service: what [`exception_type`](crate#the-document) may name, and how it is on
/// the wire. Any other type can be named as well, and is sent as written with status 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceError {
    /// The service, as in the name of the SDK's crate.
    pub service: &'static str,
    /// The error's type, as the SDK has it.
    pub error_type: &'static str,
    /// The code that the service sends for it, which is what the SDK's `code()` says. Mostly the same.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
}

const fn row(
    service: &'static str,
    status: u16,
    error_type: &'static str,
    code: &'static str,
) -> ServiceError {
    ServiceError {
        service,
        error_type,
        code,
        status,
    }
}

/// The same where the code is the type.
const fn same(service: &'static str, status: u16, error_type: &'static str) -> ServiceError {
    row(service, status, error_type, error_type)
}

/// The catalogue. A flag that names no type gets its service's first with status 500.
pub const ERRORS: &[ServiceError] = &[
    // --- DynamoDB ---
    same("dynamodb", 400, "ProvisionedThroughputExceededException"),
    same("dynamodb", 400, "ThrottlingException"),
    same("dynamodb", 400, "RequestLimitExceeded"),
    same("dynamodb", 400, "ConditionalCheckFailedException"),
    same("dynamodb", 400, "TransactionConflictException"),
    same("dynamodb", 400, "TransactionCanceledException"),
    same("dynamodb", 400, "TransactionInProgressException"),
    same("dynamodb", 400, "ResourceNotFoundException"),
    same("dynamodb", 400, "ResourceInUseException"),
    same("dynamodb", 400, "LimitExceededException"),
    same("dynamodb", 400, "ItemCollectionSizeLimitExceededException"),
    same("dynamodb", 400, "ValidationException"),
    same("dynamodb", 400, "AccessDeniedException"),
    same("dynamodb", 400, "ExpiredTokenException"),
    same("dynamodb", 400, "UnrecognizedClientException"),
    same("dynamodb", 500, "InternalServerError"),
    same("dynamodb", 503, "ServiceUnavailable"),
    // --- S3 ---
    same("s3", 404, "NoSuchKey"),
    same("s3", 404, "NoSuchBucket"),
    same("s3", 404, "NoSuchUpload"),
    same("s3", 404, "NotFound"),
    same("s3", 403, "AccessDenied"),
    same("s3", 403, "InvalidObjectState"),
    same("s3", 400, "ExpiredToken"),
    same("s3", 400, "RequestTimeout"),
    same("s3", 409, "BucketAlreadyExists"),
    same("s3", 409, "ConditionalRequestConflict"),
    same("s3", 412, "PreconditionFailed"),
    same("s3", 500, "InternalError"),
    same("s3", 503, "SlowDown"),
    same("s3", 503, "ServiceUnavailable"),
    // --- SQS ---
    row(
        "sqs",
        400,
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
    ),
    row(
        "sqs",
        400,
        "MessageNotInflight",
        "AWS.SimpleQueueService.MessageNotInflight",
    ),
    same("sqs", 404, "ReceiptHandleIsInvalid"),
    same("sqs", 403, "RequestThrottled"),
    same("sqs", 403, "OverLimit"),
    same("sqs", 400, "InvalidMessageContents"),
    row("sqs", 400, "KmsThrottled", "KMS.ThrottlingException"),
    row("sqs", 400, "KmsAccessDenied", "KMS.AccessDeniedException"),
    same("sqs", 400, "ThrottlingException"),
    row("sqs", 403, "AccessDeniedException", "AccessDenied"),
    row("sqs", 403, "ExpiredTokenException", "ExpiredToken"),
    same("sqs", 500, "InternalFailure"),
    same("sqs", 503, "ServiceUnavailable"),
    // --- SNS ---
    row("sns", 404, "NotFoundException", "NotFound"),
    row("sns", 429, "ThrottledException", "Throttled"),
    same("sns", 400, "Throttling"),
    row(
        "sns",
        403,
        "AuthorizationErrorException",
        "AuthorizationError",
    ),
    row("sns", 400, "InvalidParameterException", "InvalidParameter"),
    row("sns", 400, "EndpointDisabledException", "EndpointDisabled"),
    row("sns", 400, "KmsThrottlingException", "KMSThrottling"),
    row("sns", 400, "KmsAccessDeniedException", "KMSAccessDenied"),
    row("sns", 403, "ExpiredTokenException", "ExpiredToken"),
    row("sns", 500, "InternalErrorException", "InternalError"),
    same("sns", 503, "ServiceUnavailable"),
    // --- Lambda ---
    same("lambda", 429, "TooManyRequestsException"),
    same("lambda", 404, "ResourceNotFoundException"),
    same("lambda", 409, "ResourceConflictException"),
    same("lambda", 502, "ResourceNotReadyException"),
    same("lambda", 400, "InvalidParameterValueException"),
    same("lambda", 413, "RequestTooLargeException"),
    same("lambda", 502, "EC2ThrottledException"),
    same("lambda", 502, "KMSAccessDeniedException"),
    same("lambda", 403, "AccessDeniedException"),
    same("lambda", 403, "ExpiredTokenException"),
    same("lambda", 403, "UnrecognizedClientException"),
    same("lambda", 500, "ServiceException"),
    same("lambda", 503, "ServiceUnavailableException"),
    // --- Secrets Manager ---
    same("secretsmanager", 400, "ResourceNotFoundException"),
    same("secretsmanager", 400, "DecryptionFailure"),
    same("secretsmanager", 400, "InvalidRequestException"),
    same("secretsmanager", 400, "InvalidParameterException"),
    same("secretsmanager", 400, "LimitExceededException"),
    same("secretsmanager", 400, "ThrottlingException"),
    same("secretsmanager", 400, "AccessDeniedException"),
    same("secretsmanager", 400, "ExpiredTokenException"),
    same("secretsmanager", 500, "InternalServiceError"),
    // --- SSM ---
    same("ssm", 400, "ParameterNotFound"),
    same("ssm", 400, "ParameterVersionNotFound"),
    same("ssm", 400, "InvalidKeyId"),
    same("ssm", 400, "TooManyUpdates"),
    same("ssm", 400, "ThrottlingException"),
    same("ssm", 400, "AccessDeniedException"),
    same("ssm", 400, "ExpiredTokenException"),
    same("ssm", 500, "InternalServerError"),
    // --- Kinesis ---
    same("kinesis", 400, "ProvisionedThroughputExceededException"),
    same("kinesis", 400, "ResourceNotFoundException"),
    same("kinesis", 400, "LimitExceededException"),
    same("kinesis", 400, "ExpiredIteratorException"),
    same("kinesis", 400, "KMSThrottlingException"),
    same("kinesis", 400, "AccessDeniedException"),
    same("kinesis", 400, "ExpiredTokenException"),
    same("kinesis", 500, "InternalFailureException"),
    // --- Step Functions ---
    same("sfn", 400, "StateMachineDoesNotExist"),
    same("sfn", 400, "ExecutionDoesNotExist"),
    same("sfn", 400, "ExecutionAlreadyExists"),
    same("sfn", 400, "ExecutionLimitExceeded"),
    same("sfn", 400, "ThrottlingException"),
    same("sfn", 400, "AccessDeniedException"),
    same("sfn", 400, "ExpiredTokenException"),
    same("sfn", 500, "InternalFailure"),
];

/// What goes out for an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wire<'a> {
    pub(super) error_type: &'a str,
    pub(super) code: &'a str,
    pub(super) status: u16,
}

/// The service's error of that type, which may be named by its code as well.
pub(super) fn wire<'a>(service: &str, error_type: Option<&'a str>) -> Wire<'a> {
    let mut own = ERRORS.iter().filter(|row| row.service == service);
    let known = match error_type {
        Some(name) => own.find(|row| row.error_type == name || row.code == name),
        None => own.find(|row| row.status == 500),
    };
    match (known, error_type) {
        (Some(row), _) => Wire {
            error_type: row.error_type,
            code: row.code,
            status: row.status,
        },
        (None, Some(name)) => Wire {
            error_type: name,
            code: name,
            status: 400,
        },
        (None, None) => Wire {
            error_type: "InternalFailure",
            code: "InternalFailure",
            status: 500,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_an_internal_error_and_no_type_twice() {
        for row in ERRORS {
            let wire = wire(row.service, None);
            assert_eq!(wire.status, 500, "{}", row.service);
            let same = |other: &&ServiceError| {
                other.service == row.service && other.error_type == row.error_type
            };
            assert_eq!(ERRORS.iter().filter(same).count(), 1, "{row:?}");
        }
    }

    #[test]
    fn a_type_is_found_by_its_name_and_by_its_code() {
        for name in ["NotFoundException", "NotFound"] {
            let wire = wire("sns", Some(name));
            assert_eq!(
                (wire.error_type, wire.code, wire.status),
                ("NotFoundException", "NotFound", 404)
            );
        }
        let own = wire("rekognition", Some("ImageTooLargeException"));
        assert_eq!(
            (own.error_type, own.code, own.status),
            ("ImageTooLargeException", "ImageTooLargeException", 400)
        );
        assert_eq!(wire("rekognition", None).status, 500);
    }
}
