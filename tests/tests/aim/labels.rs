//! One document for many functions, by the labels that every call has.

use chaos_local::{Invocation, ParameterStore};
use chaos_tests::document::is_on;
use chaos_tests::{PARAMETER, function};
use serde_json::{Value, json};

fn document(labels: &Value) -> Value {
    json!({"statuscode": {"enabled": true, "status_code": 503, "labels": labels}})
}

/// The same parameter, read by functions that differ in one of these.
#[tokio::test]
async fn one_parameter_serves_functions_versions_and_regions() {
    let params = ParameterStore::start().await.expect("a store");
    let document = document(&json!({
        "lambda.function": ["orders", "carts"],
        "lambda.version": "7",
        "lambda.region": "eu-north-1",
    }));
    params
        .put(PARAMETER, &document.to_string())
        .expect("it fits");
    for (name, version, region, hit) in [
        ("orders", "7", "eu-north-1", true),
        ("carts", "7", "eu-north-1", true),
        ("users", "7", "eu-north-1", false),
        ("orders", "8", "eu-north-1", false),
        ("orders", "7", "eu-west-1", false),
    ] {
        let launch = function!("value").parameter(&params);
        let launch = launch.env("AWS_LAMBDA_FUNCTION_NAME", name);
        let launch = launch.env("AWS_LAMBDA_FUNCTION_VERSION", version);
        let function = launch.env("AWS_REGION", region).start().await;
        let answer = function.answer(json!({})).await;
        assert_eq!(
            is_on(&answer),
            hit,
            "{name} {version} {region}\n{}",
            function.story()
        );
    }
}

#[tokio::test]
async fn one_tenant_of_many_is_hit() {
    let document = document(&json!({"lambda.tenant": "blue"}));
    let function = function!("value").document(&document).start().await;
    for (tenant, hit) in [(Some("blue"), true), (Some("green"), false), (None, false)] {
        let call = Invocation::new(json!({}));
        let call = match tenant {
            Some(tenant) => call.tenant_id(tenant),
            None => call,
        };
        let answer = function.answer(call).await;
        assert_eq!(is_on(&answer), hit, "{tenant:?}\n{}", function.story());
    }
}
