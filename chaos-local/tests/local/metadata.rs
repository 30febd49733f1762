//! What Parameter Store tells of parameters beside their values, and what it denies.

use chaos_local::ParameterStore;
use serde_json::{Value, json};

use crate::support::ssm;

const NAME: &str = "/orders/chaos";

async fn call(params: &ParameterStore, action: &str, fields: Value) -> (u16, Value) {
    let response = ssm(params.address(), action, &fields).await;
    (response.status, response.json())
}

/// A `SecureString` under a key, in the advanced tier.
async fn secure(value: &str) -> ParameterStore {
    let params = ParameterStore::start().await.unwrap();
    let put = json!({"Name": NAME, "Value": value, "Type": "SecureString", "Tier": "Advanced", "KeyId": "alias/orders"});
    assert_eq!(call(&params, "PutParameter", put).await.0, 200);
    params
}

#[tokio::test]
async fn a_description_has_type_tier_key_and_who() {
    let params = secure("{}").await;
    params.put("/other", "x").unwrap();
    let filter =
        json!({"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": [NAME]}]});
    let (status, mut body) = call(&params, "DescribeParameters", filter).await;
    assert_eq!(status, 200);
    assert!(body["Parameters"][0]["LastModifiedDate"].take().is_number());
    assert_eq!(
        body,
        json!({"Parameters": [{
            "ARN": "arn:aws:ssm:us-east-1:123456789012:parameter/orders/chaos",
            "DataType": "text",
            "KeyId": "alias/orders",
            "LastModifiedDate": null,
            "LastModifiedUser": "arn:aws:sts::123456789012:assumed-role/chaos-local/function",
            "Name": NAME,
            "Policies": [],
            "Tier": "Advanced",
            "Type": "SecureString",
            "Version": 1,
        }]})
    );
    let (_, all) = call(&params, "DescribeParameters", json!({})).await;
    assert_eq!(all["Parameters"].as_array().unwrap().len(), 2);
    let unknown = json!({"ParameterFilters": [{"Key": "Path", "Values": ["/"]}]});
    let (status, body) = call(&params, "DescribeParameters", unknown).await;
    assert_eq!(
        (status, &body["__type"]),
        (400, &json!("InvalidFilterOption"))
    );
}

#[tokio::test]
async fn the_history_comes_in_pages_oldest_first() {
    let params = ParameterStore::start().await.unwrap();
    for version in 1..=70 {
        params
            .put_secure(NAME, &format!("value {version}"))
            .unwrap();
    }
    let first = json!({"Name": NAME, "WithDecryption": true});
    let (_, page) = call(&params, "GetParameterHistory", first).await;
    assert_eq!(page["Parameters"].as_array().unwrap().len(), 50);
    assert_eq!(page["Parameters"][0]["Value"], "value 1");
    assert_eq!(page["Parameters"][0]["KeyId"], "alias/aws/ssm");

    let second = json!({"Name": NAME, "NextToken": page["NextToken"]});
    let (_, page) = call(&params, "GetParameterHistory", second).await;
    assert_eq!(page["Parameters"].as_array().unwrap().len(), 20);
    assert_eq!(page["Parameters"][19]["Version"], 70);
    assert!(page["NextToken"].is_null());
    let encrypted = page["Parameters"][19]["Value"].as_str().unwrap();
    assert!(encrypted.starts_with("AQICAH"), "{encrypted}");

    let (status, body) = call(&params, "GetParameterHistory", json!({"Name": "/nowhere"})).await;
    assert_eq!(
        (status, &body["__type"]),
        (400, &json!("ParameterNotFound"))
    );
}

#[tokio::test]
async fn a_key_is_kept_only_by_who_names_it_again() {
    let params = secure("{}").await;
    let put = json!({"Name": NAME, "Value": "[]", "Overwrite": true});
    call(&params, "PutParameter", put).await;
    let parameter = params.get(NAME).unwrap();
    assert_eq!(parameter.key_id.as_deref(), Some("alias/aws/ssm"));
}

#[tokio::test]
async fn an_action_can_be_denied_by_itself() {
    let params = secure("{}").await;
    params.deny(["GetParameter"]);
    let get = json!({"Name": NAME});
    let (status, body) = call(&params, "GetParameter", get.clone()).await;
    assert_eq!(
        (status, &body["__type"]),
        (400, &json!("AccessDeniedException"))
    );
    let put = json!({"Name": NAME, "Value": "[]", "Overwrite": true});
    assert_eq!(call(&params, "PutParameter", put).await.0, 200);
    params.deny([]);
    assert_eq!(call(&params, "GetParameter", get).await.0, 200);
}

#[tokio::test]
async fn somebody_can_be_faster_once() {
    let params = ParameterStore::start().await.unwrap();
    params.put(NAME, "first").unwrap();
    params.put_before("PutParameter", NAME, "between");
    for version in [3, 4] {
        let put = json!({"Name": NAME, "Value": "own", "Overwrite": true});
        let (_, body) = call(&params, "PutParameter", put).await;
        assert_eq!(body["Version"], version);
    }
    assert_eq!(params.get("/orders/chaos:2").unwrap().value, "between");
}
