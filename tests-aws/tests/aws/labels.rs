//! What a call is about, in the requests of the real SDK: a flag that names it hits, and no other.
//! Of S3, SQS, SNS and Lambda that is in `protocols.rs`.

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, KeysAndAttributes, Put, PutRequest, TransactWriteItem,
    WriteRequest,
};
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use chaos_core::testing::Scope;
use chaos_tests_aws::{Service, client, is_about};
use serde_json::json;

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

#[tokio::test]
async fn of_dynamodb() {
    let service = Service::answering("application/x-amz-json-1.0", "{}").await;
    let client = client!(service, aws_sdk_dynamodb);
    let arn = "arn:aws:dynamodb:eu-west-1:1:table/orders";
    for name in ["orders", arn] {
        let put = client.put_item().table_name(name).item("id", text("1"));
        is_about("table", &["orders"], || put.clone().send()).await;
        is_about("region", &["eu-west-1"], || put.clone().send()).await;
    }
    let both = ["orders", "stock"];

    let put = Put::builder().table_name("orders").item("id", text("1"));
    let check = ConditionCheck::builder()
        .table_name("stock")
        .key("id", text("1"));
    let check = check.condition_expression("attribute_exists(id)");
    let write = client
        .transact_write_items()
        .transact_items(
            TransactWriteItem::builder()
                .put(put.build().unwrap())
                .build(),
        )
        .transact_items(
            TransactWriteItem::builder()
                .condition_check(check.build().unwrap())
                .build(),
        );
    is_about("table", &both, || write.clone().send()).await;

    let put = PutRequest::builder().item("id", text("1")).build().unwrap();
    let put = vec![WriteRequest::builder().put_request(put).build()];
    let batch = client.batch_write_item();
    let batch = batch
        .request_items("orders", put.clone())
        .request_items("stock", put);
    is_about("table", &both, || batch.clone().send()).await;

    let keys = KeysAndAttributes::builder().keys([("id".to_owned(), text("1"))].into());
    let keys = keys.build().unwrap();
    let batch = client.batch_get_item();
    let batch = batch
        .request_items("orders", keys.clone())
        .request_items("stock", keys);
    is_about("table", &both, || batch.clone().send()).await;
}

#[tokio::test]
async fn of_ssm() {
    let service = Service::answering("application/x-amz-json-1.1", "{}").await;
    let client = client!(service, aws_sdk_ssm);
    for name in ["/a/b", "arn:aws:ssm:eu-west-1:1:parameter/a/b"] {
        let get = client.get_parameter().name(name);
        is_about("parameter", &["/a/b"], || get.clone().send()).await;
    }
    let get = client.get_parameters().names("a").names("/b/c");
    is_about("parameter", &["a", "/b/c"], || get.clone().send()).await;
    let path = client.get_parameters_by_path().path("/a");
    is_about("parameter", &["/a"], || path.clone().send()).await;
}

/// The keys of what it deletes are in its body.
#[tokio::test]
async fn of_deleted_objects_the_bucket_alone() {
    let service = Service::answering("application/xml", "<DeleteResult/>").await;
    let config = aws_sdk_s3::config::Builder::from(&service.config()).force_path_style(true);
    let client = aws_sdk_s3::Client::from_conf(config.build());
    let object = ObjectIdentifier::builder().key("a.jpg").build().unwrap();
    let delete = Delete::builder().objects(object).build().unwrap();
    let delete = client.delete_objects().bucket("photos").delete(delete);
    is_about("bucket", &["photos"], || delete.clone().send()).await;
    let seen = service.seen();
    let by_key = Scope::new(&json!({"exception": {"enabled": true, "point": "aws.s3.*",
        "labels": {"key": "*"}}}));
    assert!(by_key.run(delete.send()).await.is_ok(), "it has no key");
    assert_eq!(service.seen(), seen + 1);
}
