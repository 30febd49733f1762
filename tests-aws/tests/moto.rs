//! The same against moto, which keeps what it is told: calls that take effect and seem to fail, and
//! the real replies once a flag is off.
#![cfg(feature = "outside")]

use std::collections::HashMap;

use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use chaos_core::testing::Scope;
use chaos_tests_aws::{Moto, config};
use serde_json::{Value, json};

/// One flag at every call.
fn under(mut flag: Value) -> Scope {
    flag["enabled"] = json!(true);
    flag["point"] = json!("aws.*");
    Scope::new(&json!({"flag": flag}))
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

async fn table(client: &aws_sdk_dynamodb::Client) {
    let id = AttributeDefinition::builder()
        .attribute_name("id")
        .attribute_type(ScalarAttributeType::S);
    let key = KeySchemaElement::builder()
        .attribute_name("id")
        .key_type(KeyType::Hash);
    let create = client
        .create_table()
        .table_name("orders")
        .attribute_definitions(id.build().unwrap())
        .key_schema(key.build().unwrap())
        .billing_mode(BillingMode::PayPerRequest);
    create.send().await.expect("moto makes the table");
}

#[tokio::test]
async fn a_conditional_write_whose_reply_is_lost_finds_itself() {
    let moto = Moto::start();
    let client = aws_sdk_dynamodb::Client::new(&config(moto.url()));
    table(&client).await;
    let put = |id: &str| {
        let put = client.put_item().table_name("orders").item("id", text(id));
        put.condition_expression("attribute_not_exists(id)").send()
    };
    let lost = under(json!({"mode": "lost_reply", "limit": 1}));
    let error = lost.run(put("1")).await.unwrap_err().into_service_error();
    assert!(error.is_conditional_check_failed_exception(), "{error:?}");
    put("2").await.expect("nothing is on");
    let seen = client.scan().table_name("orders").send().await.unwrap();
    assert_eq!(seen.count(), 2, "the first is there");
}

#[tokio::test]
async fn each_attempt_that_fails_afterwards_has_taken_effect() {
    let moto = Moto::start();
    let client = aws_sdk_dynamodb::Client::new(&config(moto.url()));
    table(&client).await;
    let add = client
        .update_item()
        .table_name("orders")
        .key("id", text("1"))
        .update_expression("ADD n :one")
        .expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
    let failing = under(json!({"mode": "exception", "phase": "after",
        "exception_type": "InternalServerError"}));
    let error = failing.run(add.send()).await.unwrap_err();
    assert_eq!(
        error.into_service_error().code(),
        Some("InternalServerError")
    );
    let get = client.get_item().table_name("orders").key("id", text("1"));
    let item: HashMap<_, _> = get.send().await.unwrap().item.unwrap();
    assert_eq!(item["n"], AttributeValue::N("3".to_owned()));
}

#[tokio::test]
async fn a_message_whose_reply_is_lost_is_sent_twice() {
    let moto = Moto::start();
    let client = aws_sdk_sqs::Client::new(&config(moto.url()));
    let queue = client
        .create_queue()
        .queue_name("jobs")
        .send()
        .await
        .unwrap();
    let queue = queue.queue_url.unwrap();
    let send = client.send_message().queue_url(&queue).message_body("x");
    let lost = under(json!({"mode": "lost_reply", "limit": 1, "labels": {"queue": "jobs"}}));
    lost.run(send.send()).await.expect("the second attempt");
    let messages = client.receive_message().queue_url(&queue);
    let messages = messages.max_number_of_messages(10).send().await.unwrap();
    assert_eq!(messages.messages().len(), 2);
}

#[tokio::test]
async fn an_object_is_stored_after_two_slow_downs() {
    let moto = Moto::start();
    let own = aws_sdk_s3::config::Builder::from(&config(moto.url())).force_path_style(true);
    let client = aws_sdk_s3::Client::from_conf(own.build());
    let here =
        CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuWest1);
    let create = client.create_bucket().bucket("photos");
    let create = create.create_bucket_configuration(here.build()).send();
    create.await.expect("moto makes the bucket");
    let put = client.put_object().bucket("photos").key("a/b");
    let put = put.body(b"as it was".to_vec().into());
    let slow = under(
        json!({"mode": "exception", "exception_type": "SlowDown", "limit": 2,
        "labels": {"bucket": "photos", "key": "a/b"}}),
    );
    slow.run(put.send()).await.expect("the third attempt");
    assert_eq!(slow.injected().len(), 2);

    let get = || client.get_object().bucket("photos").key("a/b").send();
    let real = get().await.unwrap().body.collect().await.unwrap();
    assert_eq!(real.into_bytes(), "as it was");
    let corrupt = under(json!({"mode": "corruption"}));
    let mangled = corrupt.run(get()).await.unwrap().body.collect().await;
    assert!(mangled.is_err(), "its checksum is wrong");
}

#[tokio::test]
async fn a_topic_is_throttled_once() {
    let moto = Moto::start();
    let client = aws_sdk_sns::Client::new(&config(moto.url()));
    let topic = client.create_topic().name("news").send().await.unwrap();
    let publish = || {
        let publish = client.publish().topic_arn(topic.topic_arn().unwrap());
        publish.message("x").send()
    };
    let throttled = under(json!({"mode": "exception", "exception_type": "Throttling",
        "limit": 1, "labels": {"topic": "news"}}));
    assert!(
        throttled
            .run(publish())
            .await
            .unwrap()
            .message_id()
            .is_some()
    );
    assert_eq!(throttled.injected(), ["flag"]);
}

#[tokio::test]
async fn a_function_that_is_not_there_is_so_for_real_once_the_flag_is_off() {
    let moto = Moto::start();
    let client = aws_sdk_lambda::Client::new(&config(moto.url()));
    let invoke = || client.invoke().function_name("nobody").send();
    let throttled = under(json!({"mode": "exception",
        "exception_type": "TooManyRequestsException"}));
    let error = throttled
        .run(invoke())
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_too_many_requests_exception());
    let error = invoke().await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
}
