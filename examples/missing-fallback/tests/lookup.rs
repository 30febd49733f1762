//! Both versions as real processes, with a real Redis and a table in moto.
#![cfg(feature = "outside")]

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use chaos_local::{Function, FunctionError};
use chaos_tests_aws::{Moto, config};
use chaos_tests_clients::RedisServer;
use serde_json::{Value, json};

/// What is not there by then does not come.
const LONG: Duration = Duration::from_secs(30);

const OFF: &str = "{}";
const DOCUMENT: &str = include_str!("../document.json");

/// A cache, and a table with ann in it.
struct Place {
    redis: RedisServer,
    moto: Moto,
}

impl Place {
    async fn new() -> Self {
        let moto = Moto::start();
        let dynamodb = Client::new(&config(moto.url()));
        create(&dynamodb).await;
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let put = dynamodb.put_item().table_name("users");
        let put = put.item("id", text("1")).item("name", text("ann"));
        put.send().await.expect("the table takes it");
        Self {
            redis: RedisServer::start(),
            moto,
        }
    }

    async fn function(&self, version: &str, document: &str) -> Function {
        let function = Function::builder(version)
            .env("AWS_ENDPOINT_URL_DYNAMODB", self.moto.url())
            .env("REDIS_URL", self.redis.url())
            .env("VERSION", version)
            .env("CHAOS_CONFIG", document)
            // where the table is: moto keeps regions apart
            .region("eu-west-1")
            .timeout(LONG)
            .init_timeout(LONG)
            .start(env!("CARGO_BIN_EXE_missing-fallback"))
            .await
            .expect("it starts");
        function.ready().await.expect("it asks for its first event");
        function
    }
}

async fn create(dynamodb: &Client) {
    let id = AttributeDefinition::builder()
        .attribute_name("id")
        .attribute_type(ScalarAttributeType::S);
    let key = KeySchemaElement::builder()
        .attribute_name("id")
        .key_type(KeyType::Hash);
    let create = dynamodb
        .create_table()
        .table_name("users")
        .attribute_definitions(id.build().expect("a definition"))
        .key_schema(key.build().expect("a key"))
        .billing_mode(BillingMode::PayPerRequest);
    create.send().await.expect("moto makes the table");
}

/// Asks for ann.
async fn ask(function: &Function) -> Result<Value, FunctionError> {
    let reply = function.invoke(json!({"id": "1"})).await;
    reply.expect("an answer").payload()
}

fn ann() -> Value {
    json!({"id": "1", "name": "ann"})
}

/// The points of what the log says was injected, once there are so many.
async fn hit(function: &Function, times: usize) -> Vec<String> {
    let injected = || {
        let lines = function.logs().into_iter();
        let lines = lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
        let injected = lines.filter(|line| line["action"] == "inject");
        let point = injected.map(|line| line["point"].as_str().unwrap_or_default().to_owned());
        point.collect::<Vec<_>>()
    };
    let begun = Instant::now();
    while injected().len() < times && begun.elapsed() < LONG {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    injected()
}

#[tokio::test]
async fn both_find_the_user_and_keep_them() {
    let place = Place::new().await;
    for version in ["naive", "mended"] {
        let function = place.function(version, OFF).await;
        for _ in 0..2 {
            assert_eq!(ask(&function).await.expect("a user"), ann(), "{version}");
        }
    }
    // The table fails, and they are still found: in the cache.
    let table = json!({"exception": {"enabled": true, "point": "aws.dynamodb.*",
        "labels": {"table": "users"}}});
    for version in ["naive", "mended"] {
        let function = place.function(version, &table.to_string()).await;
        assert_eq!(ask(&function).await.expect("a user"), ann(), "{version}");
        let nobody = function.invoke(json!({"id": "2"})).await;
        let nobody = nobody.expect("an answer").payload();
        nobody.expect_err("the table is asked, and fails");
    }
}

#[tokio::test]
async fn with_the_cache_the_naive_one_fails_although_the_table_is_healthy() {
    let place = Place::new().await;
    let function = place.function("naive", DOCUMENT).await;
    let error = ask(&function).await.expect_err("no user");
    assert!(error.error_message.contains("refused"), "{error}");
    assert_eq!(hit(&function, 1).await, ["redis.GET"]);
}

#[tokio::test]
async fn without_the_cache_the_mended_one_answers_from_the_table() {
    let place = Place::new().await;
    let function = place.function("mended", DOCUMENT).await;
    assert_eq!(ask(&function).await.expect("a user"), ann());
    assert_eq!(hit(&function, 2).await, ["redis.GET", "redis.SETEX"]);
}

/// A cache that does not answer is one that fails, once the client's own patience is at its end.
#[tokio::test]
async fn a_cache_that_does_not_answer_costs_the_mended_one_a_second() {
    let slow = json!({"latency": {"enabled": true, "min_latency": 60_000, "point": "redis.*"}});
    let place = Place::new().await;
    let function = place.function("mended", &slow.to_string()).await;
    let begun = Instant::now();
    assert_eq!(ask(&function).await.expect("a user"), ann());
    let took = begun.elapsed();
    assert!(
        took >= Duration::from_secs(1),
        "twice half a second: {took:?}"
    );
    assert!(took < Duration::from_secs(10), "{took:?}");
}

/// What was injected is what really happens, to a function that was connected and to one that starts
/// when there is nothing to connect to.
#[tokio::test]
async fn with_a_redis_that_really_ends_it_is_the_same() {
    for (version, found) in [("naive", false), ("mended", true)] {
        let mut place = Place::new().await;
        let before = place.function(version, OFF).await;
        place.redis.kill();
        let after = place.function(version, OFF).await;
        for function in [before, after] {
            assert_eq!(ask(&function).await.is_ok(), found, "{version}");
        }
    }
}
