//! Both versions as real processes, and the tables in moto.
#![cfg(feature = "outside")]

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use chaos_local::{Function, FunctionError};
use chaos_tests_aws::{Moto, config};
use serde_json::{Value, json};

/// What is not there by then does not come.
const LONG: Duration = Duration::from_secs(30);

const OFF: &str = "{}";
const DOCUMENT: &str = include_str!("../document.json");

/// A shop's tables, which end with it.
struct Shop {
    moto: Moto,
    dynamodb: Client,
}

impl Shop {
    async fn open() -> Self {
        let moto = Moto::start();
        let dynamodb = Client::new(&config(moto.url()));
        for table in ["orders", "shipments"] {
            create(&dynamodb, table).await;
        }
        Self { moto, dynamodb }
    }

    /// Places an order with a function that has this document.
    async fn place(&self, version: &str, document: &str) -> Result<Value, FunctionError> {
        let function = Function::builder(version)
            .env("AWS_ENDPOINT_URL_DYNAMODB", self.moto.url())
            .env("VERSION", version)
            .env("CHAOS_CONFIG", document)
            // where the tables are: moto keeps regions apart
            .region("eu-west-1")
            .timeout(LONG)
            .init_timeout(LONG)
            .start(env!("CARGO_BIN_EXE_half-written"))
            .await
            .expect("it starts");
        let order = json!({"id": "7", "item": "apples"});
        let reply = function.invoke(order).await.expect("an answer");
        if document != OFF {
            let hit = function.find_log(|line| line.contains(r#""action":"inject""#));
            let hit = tokio::time::timeout(LONG, hit).await;
            hit.expect("the log says what was injected");
        }
        reply.payload()
    }

    /// In how many rows of each table the order is.
    async fn rows(&self) -> (i32, i32) {
        let count = async |table| {
            let scan = self.dynamodb.scan().table_name(table);
            scan.send().await.expect("a table").count()
        };
        (count("orders").await, count("shipments").await)
    }
}

async fn create(dynamodb: &Client, table: &str) {
    let id = AttributeDefinition::builder()
        .attribute_name("id")
        .attribute_type(ScalarAttributeType::S);
    let key = KeySchemaElement::builder()
        .attribute_name("id")
        .key_type(KeyType::Hash);
    let create = dynamodb
        .create_table()
        .table_name(table)
        .attribute_definitions(id.build().expect("a definition"))
        .key_schema(key.build().expect("a key"))
        .billing_mode(BillingMode::PayPerRequest);
    create.send().await.expect("moto makes the table");
}

#[tokio::test]
async fn without_chaos_both_write_a_whole_order() {
    for version in ["naive", "mended"] {
        let shop = Shop::open().await;
        let placed = shop.place(version, OFF).await;
        assert_eq!(placed.expect("a whole order"), json!({"order": "7"}));
        assert_eq!(shop.rows().await, (1, 1), "{version}");
    }
}

#[tokio::test]
async fn the_naive_one_leaves_half_an_order_behind() {
    let shop = Shop::open().await;
    shop.place("naive", DOCUMENT).await.expect_err("it failed");
    assert_eq!(shop.rows().await, (1, 0));
}

#[tokio::test]
async fn the_mended_one_leaves_nothing_behind_and_a_later_try_is_whole() {
    let shop = Shop::open().await;
    shop.place("mended", DOCUMENT).await.expect_err("it failed");
    assert_eq!(shop.rows().await, (0, 0));
    for _ in 0..2 {
        let again = shop.place("mended", OFF).await;
        assert_eq!(again.expect("a whole order"), json!({"order": "7"}));
        assert_eq!(shop.rows().await, (1, 1));
    }
}

/// The writes take effect, and nobody says so: the SDK tries again.
#[tokio::test]
async fn a_lost_reply_makes_no_second_order() {
    let lost = json!({"lost_reply": {"enabled": true, "limit": 1, "point": "aws.dynamodb.*",
        "labels": {"table": "shipments"}}});
    for version in ["naive", "mended"] {
        let shop = Shop::open().await;
        let placed = shop.place(version, &lost.to_string()).await;
        assert_eq!(placed.expect("a whole order"), json!({"order": "7"}));
        assert_eq!(shop.rows().await, (1, 1), "{version}");
    }
}
