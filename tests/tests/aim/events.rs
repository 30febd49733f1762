//! Conditions see each kind of event as Lambda sent it, whether the function takes it as its type, as
//! JSON or as a request.

use std::collections::BTreeSet;

use chaos_tests::{events, function};
use serde_json::{Value, json};

/// Conditions that hold for an event, with each of the operators.
fn of_api_v2() -> Vec<Value> {
    vec![
        json!({"path": "version", "value": "2.0"}),
        json!({"path": "rawPath", "operator": "startsWith", "value": "/gr"}),
        json!({"path": "requestContext.http.method", "value": "GET"}),
        json!({"path": "headers.Accept", "operator": "exists"}),
        json!({"path": "queryStringParameters.name", "operator": "regex", "value": "^A.a$"}),
    ]
}

fn of_api_v1() -> Vec<Value> {
    vec![
        json!({"path": "path", "operator": "startsWith", "value": "/gr"}),
        json!({"path": "httpMethod", "value": "GET"}),
        json!({"path": "headers.host", "operator": "exists"}),
        json!({"path": "multiValueHeaders.host.0", "value": "api.example.com"}),
        json!({"path": "requestContext.stage", "operator": "regex", "value": "te.t"}),
    ]
}

fn of_alb() -> Vec<Value> {
    vec![
        json!({"path": "path", "value": "/greet"}),
        json!({"path": "requestContext.elb.targetGroupArn", "operator": "regex", "value": ":targetgroup/tested/"}),
        json!({"path": "headers.HOST", "operator": "startsWith", "value": "alb."}),
        json!({"path": "queryStringParameters", "operator": "exists"}),
    ]
}

fn of_sqs() -> Vec<Value> {
    vec![
        json!({"path": "Records.1.messageId", "value": "two"}),
        json!({"path": "Records.0.eventSourceARN", "operator": "regex", "value": ":orders$"}),
        json!({"path": "Records.0.attributes.ApproximateReceiveCount", "value": "1"}),
        json!({"path": "Records.2", "operator": "exists", "not": true}),
    ]
}

fn of_sns() -> Vec<Value> {
    vec![
        json!({"path": "Records.0.Sns.TopicArn", "operator": "regex", "value": ":orders$"}),
        json!({"path": "Records.0.Sns.MessageAttributes.tenant.Value", "value": "acme"}),
        json!({"path": "Records.0.Sns.Subject", "operator": "startsWith", "value": "An "}),
        json!({"path": "Records.0.Sns.Message", "operator": "exists"}),
    ]
}

fn of_event_bridge() -> Vec<Value> {
    vec![
        json!({"path": "detail-type", "value": "Order placed"}),
        json!({"path": "detail.items.0.sku", "value": "tea"}),
        json!({"path": "source", "operator": "startsWith", "value": "shop."}),
        json!({"path": "detail.customer.id", "operator": "regex", "value": "^c-[0-9]+$"}),
        json!({"path": "detail.coupon", "operator": "exists", "not": true}),
    ]
}

fn of_s3() -> Vec<Value> {
    vec![
        json!({"path": "Records.0.s3.bucket.name", "value": "orders"}),
        json!({"path": "Records.0.s3.object.key", "operator": "startsWith", "value": "incoming/"}),
        json!({"path": "Records.0.eventName", "operator": "regex", "value": "^ObjectCreated"}),
        json!({"path": "Records.0.s3.object.eTag", "operator": "exists"}),
    ]
}

/// A flag for each condition, one for each turned round, and one that is the last to be decided.
fn document(conditions: &[Value]) -> Value {
    let mut document = json!({"settings": {"dry_run": true}});
    for (n, condition) in conditions.iter().enumerate() {
        let mut turned = condition.clone();
        turned["not"] = json!(turned["not"] != true);
        for (name, condition) in [("holds", condition), ("turned", &turned)] {
            document[format!("{name}-{n}")] =
                json!({"enabled": true, "mode": "exception", "match": [condition]});
        }
    }
    document["z"] = json!({"enabled": true, "mode": "exception"});
    document
}

async fn sees(handler: &str, event: Value, conditions: Vec<Value>) {
    let function = function!(handler).document(&document(&conditions));
    let function = function.start().await;
    function.answer(event).await;
    function
        .line("the last flag", |line| line.field("flag") == "z")
        .await;
    let hit: BTreeSet<String> = function
        .actions("dryrun")
        .iter()
        .map(|line| line.field("flag"))
        .filter(|flag| flag != "z")
        .collect();
    let expected: BTreeSet<String> = (0..conditions.len())
        .map(|n| format!("holds-{n}"))
        .collect();
    assert_eq!(hit, expected, "{handler}\n{}", function.story());
}

#[tokio::test]
async fn as_their_types() {
    sees("api_v2", events::api_v2(), of_api_v2()).await;
    sees("api_v1", events::api_v1(), of_api_v1()).await;
    sees("alb", events::alb(), of_alb()).await;
    sees("sqs", events::sqs(), of_sqs()).await;
    sees("sns", events::sns(), of_sns()).await;
    sees("event_bridge", events::event_bridge(), of_event_bridge()).await;
    sees("s3", events::s3(), of_s3()).await;
}

#[tokio::test]
async fn as_json() {
    for (event, conditions) in [
        (events::api_v2(), of_api_v2()),
        (events::api_v1(), of_api_v1()),
        (events::alb(), of_alb()),
        (events::sqs(), of_sqs()),
        (events::sns(), of_sns()),
        (events::event_bridge(), of_event_bridge()),
        (events::s3(), of_s3()),
    ] {
        sees("value", event, conditions).await;
    }
}

/// A `lambda_http::Request` is put together again as the event that it came from.
#[tokio::test]
async fn as_requests() {
    for handler in ["http_response", "http_layer"] {
        sees(handler, events::api_v2(), of_api_v2()).await;
        sees(handler, events::api_v1(), of_api_v1()).await;
        sees(handler, events::alb(), of_alb()).await;
    }
}

/// All conditions of one flag have to hold.
#[tokio::test]
async fn one_flag_hits_where_all_of_them_hold() {
    let mut conditions = of_api_v2();
    let document = |conditions: &[Value]| json!({"statuscode": {"enabled": true, "status_code": 503, "match": conditions}});
    let all = function!("api_v2").document(&document(&conditions));
    let all = all.start().await;
    assert_eq!(all.answer(events::api_v2()).await["statusCode"], 503);
    let mut other = events::api_v2();
    other["rawPath"] = json!("/other");
    assert_eq!(all.answer(other).await["statusCode"], 200);

    conditions.push(json!({"path": "rawPath", "value": "/other"}));
    let none = function!("api_v2").document(&document(&conditions));
    let none = none.start().await;
    assert_eq!(none.answer(events::api_v2()).await["statusCode"], 200);
}
