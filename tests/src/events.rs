//! Events as AWS sends them, less what no test looks at.

use serde_json::{Value, json};

/// API Gateway's HTTP API, payload format 2.0.
pub fn api_v2() -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/greet",
        "rawQueryString": "name=Ada",
        "headers": {"host": "api.example.com", "accept": "*/*"},
        "queryStringParameters": {"name": "Ada"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api-id",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {
                "method": "GET",
                "path": "/greet",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "agent"
            },
            "requestId": "id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1_583_348_638_390_u64
        },
        "isBase64Encoded": false
    })
}

/// API Gateway's REST API, payload format 1.0.
pub fn api_v1() -> Value {
    json!({
        "resource": "/{proxy+}",
        "path": "/greet",
        "httpMethod": "GET",
        "headers": {"Host": "api.example.com", "Accept": "*/*"},
        "multiValueHeaders": {"Host": ["api.example.com"], "Accept": ["*/*"]},
        "queryStringParameters": {"name": "Ada"},
        "multiValueQueryStringParameters": {"name": ["Ada"]},
        "pathParameters": {"proxy": "greet"},
        "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012",
            "resourceId": "us4z18",
            "stage": "test",
            "requestId": "id",
            "identity": {"sourceIp": "192.0.2.1"},
            "resourcePath": "/{proxy+}",
            "httpMethod": "GET",
            "apiId": "api-id"
        },
        "body": null,
        "isBase64Encoded": false
    })
}

/// An Application Load Balancer.
pub fn alb() -> Value {
    json!({
        "requestContext": {"elb": {
            "targetGroupArn":
                "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/tested/1"
        }},
        "httpMethod": "GET",
        "path": "/greet",
        "queryStringParameters": {"name": "Ada"},
        "headers": {"host": "alb.example.com", "accept": "*/*"},
        "body": "",
        "isBase64Encoded": false
    })
}

/// Two messages from SQS.
pub fn sqs() -> Value {
    sqs_of(&[("one", "work"), ("two", "work")])
}

/// Messages from SQS, each with its id and its body.
pub fn sqs_of(messages: &[(&str, &str)]) -> Value {
    let message = |&(id, body): &(&str, &str)| {
        json!({
            "messageId": id,
            "receiptHandle": "handle",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "md5OfBody": "50be3b5b2f2b0a1e7bd0a6a4b3a5e1e1",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:orders",
            "awsRegion": "us-east-1"
        })
    };
    let records: Vec<Value> = messages.iter().map(message).collect();
    json!({"Records": records})
}

/// A notification of SNS's.
pub fn sns() -> Value {
    example(include_str!("../../chaos-core/tests/events/data/sns.json"))
}

/// An event of `EventBridge`'s.
pub fn event_bridge() -> Value {
    example(include_str!(
        "../../chaos-core/tests/events/data/event_bridge.json"
    ))
}

/// An object that was put into a bucket of S3's.
pub fn s3() -> Value {
    example(include_str!("../../chaos-core/tests/events/data/s3.json"))
}

fn example(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
