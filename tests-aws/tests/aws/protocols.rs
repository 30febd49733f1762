//! One service a protocol beside DynamoDB: the name of the point, its labels, and an error that the
//! SDK models.

use aws_sdk_lambda::error::ProvideErrorMetadata as _;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::primitives::ByteStream;
use chaos_core::testing::Scope;
use chaos_tests_aws::Service;
use serde_json::{Value, json};

/// An exception of that type at a point, where the labels hold.
fn failing(point: &str, error_type: &str, labels: &Value) -> Scope {
    Scope::new(
        &json!({"exception": {"enabled": true, "point": point, "labels": labels,
        "exception_type": error_type, "exception_msg": "a < b & c"}}),
    )
}

/// The point of the first decision, and how many there were.
fn first(scope: &Scope) -> (String, usize) {
    let decisions = scope.decisions();
    (decisions[0].point.clone(), decisions.len())
}

const XML: &str = "application/xml";

#[tokio::test]
async fn s3_speaks_rest_xml() {
    let service = Service::answering(XML, "hello").await;
    let config = aws_sdk_s3::config::Builder::from(&service.config());
    let client = aws_sdk_s3::Client::from_conf(config.force_path_style(true).build());
    let get = || client.get_object().bucket("photos").key("2026/a b.jpg");

    let labels = json!({"bucket": "photos", "key": "2026/a b.jpg", "region": "eu-west-1"});
    let scope = failing("aws.s3.GetObject", "NoSuchKey", &labels);
    let error = scope.run(get().send()).await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 404);
    let error = error.into_service_error();
    assert!(error.is_no_such_key());
    assert_eq!(error.meta().message(), Some("a < b & c"));
    assert_eq!(first(&scope), ("aws.s3.GetObject".to_owned(), 1));

    let put = || {
        client
            .put_object()
            .bucket("photos")
            .key("k")
            .body(ByteStream::from_static(b"x"))
    };
    let scope = failing("aws.s3.PutObject", "SlowDown", &json!({"key": "k"}));
    let error = scope.run(put().send()).await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 503);
    assert_eq!(error.into_service_error().meta().code(), Some("SlowDown"));
    assert_eq!(first(&scope), ("aws.s3.PutObject".to_owned(), 3));

    let scope = failing("aws.s3.*", "NotFound", &json!({}));
    let head = client.head_object().bucket("photos").key("k").send();
    assert!(
        scope
            .run(head)
            .await
            .unwrap_err()
            .into_service_error()
            .is_not_found()
    );
    assert_eq!(first(&scope), ("aws.s3.HeadObject".to_owned(), 1));
    assert_eq!(service.seen(), 0);

    let other = failing("aws.s3.*", "NoSuchKey", &json!({"bucket": "others"}));
    let real = other
        .run(get().send())
        .await
        .unwrap()
        .body
        .collect()
        .await
        .unwrap();
    assert_eq!(real.into_bytes(), "hello");

    let scope = Scope::new(&json!({"statuscode": {"enabled": true, "point": "aws.s3.*",
        "status_code": 503}}));
    let error = scope.run(get().send()).await.unwrap_err();
    assert!(matches!(error, SdkError::ServiceError(_)), "{error:?}");
    assert_eq!(first(&scope).1, 3);

    let scope = Scope::new(&json!({"corruption": {"enabled": true, "point": "aws.s3.*"}}));
    let mangled = scope
        .run(get().send())
        .await
        .unwrap()
        .body
        .collect()
        .await
        .unwrap();
    assert_ne!(mangled.into_bytes(), "hello");
}

#[tokio::test]
async fn sqs_speaks_json_and_keeps_the_codes_of_its_query_protocol() {
    let json_type = "application/x-amz-json-1.0";
    let service = Service::answering(
        json_type,
        r#"{"MessageId":"1","MD5OfMessageBody":"9dd4e461268c8034f5c8564e155c67a6"}"#,
    )
    .await;
    let client = aws_sdk_sqs::Client::new(&service.config());
    let queue = "https://sqs.eu-west-1.amazonaws.com/1/jobs";
    let send = || {
        client
            .send_message()
            .queue_url(queue)
            .message_body("x")
            .send()
    };

    let scope = failing(
        "aws.sqs.SendMessage",
        "QueueDoesNotExist",
        &json!({"queue": "jobs"}),
    );
    let error = scope.run(send()).await.unwrap_err().into_service_error();
    assert!(error.is_queue_does_not_exist(), "{error:?}");
    assert_eq!(
        error.meta().code(),
        Some("AWS.SimpleQueueService.NonExistentQueue")
    );
    assert_eq!(first(&scope), ("aws.sqs.SendMessage".to_owned(), 1));

    let scope = failing("aws.sqs.*", "RequestThrottled", &json!({}));
    let error = scope.run(send()).await.unwrap_err().into_service_error();
    assert!(error.is_request_throttled());
    assert_eq!(first(&scope).1, 3);
    assert_eq!(service.seen(), 0);
    assert_eq!(send().await.unwrap().message_id(), Some("1"));
}

#[tokio::test]
async fn sns_speaks_the_query_protocol() {
    let service = Service::answering(
        "text/xml",
        "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>",
    )
    .await;
    let client = aws_sdk_sns::Client::new(&service.config());
    let topic = "arn:aws:sns:eu-west-1:1:news";
    let publish = || client.publish().topic_arn(topic).message("x").send();

    for name in ["NotFoundException", "NotFound"] {
        let scope = failing("aws.sns.Publish", name, &json!({"topic": "news"}));
        let error = scope.run(publish()).await.unwrap_err();
        assert_eq!(error.raw_response().unwrap().status().as_u16(), 404);
        let error = error.into_service_error();
        assert!(error.is_not_found_exception(), "{error:?}");
        assert_eq!(error.meta().message(), Some("a < b & c"));
        assert_eq!(first(&scope), ("aws.sns.Publish".to_owned(), 1));
    }
    let scope = failing("aws.sns.*", "InternalError", &json!({}));
    let error = scope.run(publish()).await.unwrap_err().into_service_error();
    assert!(error.is_internal_error_exception());
    assert_eq!(first(&scope).1, 3);
    assert_eq!(service.seen(), 0);
    assert_eq!(publish().await.unwrap().message_id(), Some("1"));
}

#[tokio::test]
async fn lambda_speaks_rest_json() {
    let service = Service::answering("application/json", r#"{"ok":true}"#).await;
    let client = aws_sdk_lambda::Client::new(&service.config());
    let invoke = || client.invoke().function_name("resize:live").send();

    let scope = failing(
        "aws.lambda.Invoke",
        "TooManyRequestsException",
        &json!({"function": "resize"}),
    );
    let error = scope.run(invoke()).await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 429);
    let error = error.into_service_error();
    assert!(error.is_too_many_requests_exception());
    assert_eq!(error.message(), Some("a < b & c"));
    assert_eq!(first(&scope), ("aws.lambda.Invoke".to_owned(), 3));
    assert_eq!(service.seen(), 0);
    let payload = invoke().await.unwrap().payload.unwrap();
    assert_eq!(payload.as_ref(), br#"{"ok":true}"#);
}
