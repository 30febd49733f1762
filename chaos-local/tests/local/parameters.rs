//! Parameter Store on the wire.

use std::time::{SystemTime, UNIX_EPOCH};

use chaos_local::{ParameterStore, ParameterType, Tier};
use serde_json::{Value, json};

use crate::support::{Response, http, ssm};

async fn store() -> ParameterStore {
    ParameterStore::start().await.unwrap()
}

async fn call(params: &ParameterStore, action: &str, fields: Value) -> Response {
    ssm(params.address(), action, &fields).await
}

/// The error's code, from the header and the body, which must agree, and its message.
fn error(response: &Response) -> (u16, String, String) {
    let body = response.json();
    assert_eq!(response.headers["x-amzn-errortype"], body["__type"]);
    assert_eq!(response.headers["x-amzn-requestid"].len(), 36);
    let message = body["message"].as_str().unwrap_or_default().to_owned();
    (
        response.status,
        response.headers["x-amzn-errortype"].clone(),
        message,
    )
}

fn code(response: &Response) -> String {
    assert_eq!(response.status, 400);
    error(response).1
}

#[tokio::test]
async fn what_was_put_is_got() {
    let params = store().await;
    let put = json!({"Name": "/a/b", "Value": "{\"ü\": 1}", "Type": "String"});
    let response = call(&params, "PutParameter", put).await;
    assert_eq!(response.status, 200);
    assert_eq!(
        response.headers["content-type"],
        "application/x-amz-json-1.1"
    );
    assert_eq!(response.headers["x-amzn-requestid"].len(), 36);
    assert_eq!(response.json(), json!({"Tier": "Standard", "Version": 1}));

    let mut got = call(&params, "GetParameter", json!({"Name": "/a/b"}))
        .await
        .json();
    let modified = got["Parameter"]["LastModifiedDate"]
        .take()
        .as_f64()
        .unwrap();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs_f64();
    assert!((now - 60.0..=now + 0.001).contains(&modified), "{modified}");
    assert_eq!(
        got,
        json!({"Parameter": {
            "ARN": "arn:aws:ssm:us-east-1:123456789012:parameter/a/b",
            "DataType": "text",
            "LastModifiedDate": null,
            "Name": "/a/b",
            "Type": "String",
            "Value": "{\"ü\": 1}",
            "Version": 1,
        }})
    );
}

#[tokio::test]
async fn versions_count_up_and_each_can_be_read() {
    let params = store().await;
    for (version, value) in (1..).zip(["one", "two", "three"]) {
        let put = json!({"Name": "/v", "Value": value, "Type": "String", "Overwrite": true});
        assert_eq!(
            call(&params, "PutParameter", put).await.json()["Version"],
            version
        );
    }
    let latest = call(&params, "GetParameter", json!({"Name": "/v"}))
        .await
        .json();
    assert_eq!(latest["Parameter"]["Value"], "three");
    assert_eq!(latest["Parameter"].get("Selector"), None);
    let second = call(&params, "GetParameter", json!({"Name": "/v:2"}))
        .await
        .json()["Parameter"]
        .take();
    assert_eq!(second["Name"], "/v");
    assert_eq!(second["Selector"], ":2");
    assert_eq!(
        (&second["Value"], &second["Version"]),
        (&json!("two"), &json!(2))
    );
    let by_arn = call(
        &params,
        "GetParameter",
        json!({"Name": format!("{}:1", second["ARN"].as_str().unwrap())}),
    );
    assert_eq!(by_arn.await.json()["Parameter"]["Value"], "one");

    let missing = call(&params, "GetParameter", json!({"Name": "/v:4"})).await;
    let message =
        "Systems Manager could not find version 4 of /v. Verify the version and try again.";
    assert_eq!(
        error(&missing),
        (400, "ParameterVersionNotFound".into(), message.into())
    );
}

#[tokio::test]
async fn the_oldest_of_more_than_100_versions_is_dropped() {
    let params = store().await;
    for version in 1..=101 {
        assert_eq!(params.put("/many", "x"), Ok(version));
    }
    assert_eq!(params.get("/many:1"), None);
    assert_eq!(params.get("/many:2").unwrap().version, 2);
    assert_eq!(params.get("/many").unwrap().version, 101);
}

#[tokio::test]
async fn overwriting_must_be_asked_for() {
    let params = store().await;
    params.put("/once", "first").unwrap();
    let again = json!({"Name": "/once", "Value": "second", "Type": "String"});
    let message = "The parameter already exists. To overwrite this value, set the overwrite option in \
                   the request to true.";
    let refused = call(&params, "PutParameter", again).await;
    assert_eq!(
        error(&refused),
        (400, "ParameterAlreadyExists".into(), message.into())
    );
    assert_eq!(params.get("/once").unwrap().value, "first");

    // Overwriting needs no type: it stays.
    params.put_secure("/secret", "first").unwrap();
    let overwrite = json!({"Name": "/secret", "Value": "second", "Overwrite": true});
    assert_eq!(
        call(&params, "PutParameter", overwrite).await.json()["Version"],
        2
    );
    let secret = params.get("/secret").unwrap();
    assert_eq!(
        (secret.value.as_str(), secret.kind),
        ("second", ParameterType::SecureString)
    );
}

#[tokio::test]
async fn a_secure_string_is_readable_with_decryption_only() {
    let params = store().await;
    let put = json!({"Name": "/secret", "Value": "hunter2", "Type": "SecureString"});
    call(&params, "PutParameter", put).await;
    let get = |decrypt: bool| {
        call(
            &params,
            "GetParameter",
            json!({"Name": "/secret", "WithDecryption": decrypt}),
        )
    };
    let clear = get(true).await.json();
    assert_eq!(clear["Parameter"]["Value"], "hunter2");
    assert_eq!(clear["Parameter"]["Type"], "SecureString");
    let opaque = get(false).await.json()["Parameter"]["Value"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        opaque.starts_with("AQICAH") && !opaque.contains("hunter2"),
        "{opaque}"
    );
    assert_eq!(
        get(false).await.json()["Parameter"]["Value"],
        opaque.as_str()
    );
    let unasked = call(&params, "GetParameter", json!({"Name": "/secret"}))
        .await
        .json();
    assert_eq!(unasked["Parameter"]["Value"], opaque.as_str());
}

#[tokio::test]
async fn several_parameters_at_once() {
    let params = store().await;
    params.put("/a", "1").unwrap();
    params.put("/a", "2").unwrap();
    params.put_secure("/b", "secret").unwrap();
    let names = json!({"Names": ["/a:1", "/missing", "/b", "/a:9"], "WithDecryption": true});
    let got = call(&params, "GetParameters", names).await.json();
    assert_eq!(got["InvalidParameters"], json!(["/missing", "/a:9"]));
    let values: Vec<&str> = got["Parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["Value"].as_str().unwrap())
        .collect();
    assert_eq!(values, ["1", "secret"]);

    for names in [vec![], vec!["/a"; 11]] {
        let refused = call(&params, "GetParameters", json!({ "Names": names })).await;
        assert_eq!(code(&refused), "ValidationException");
    }
}

#[tokio::test]
async fn deleting() {
    let params = store().await;
    params.put("/gone", "x").unwrap();
    params.put("/gone", "y").unwrap();
    let delete = call(&params, "DeleteParameter", json!({"Name": "/gone"})).await;
    assert_eq!((delete.status, delete.json()), (200, json!({})));
    for action in ["GetParameter", "DeleteParameter"] {
        let missing = call(&params, action, json!({"Name": "/gone"})).await;
        assert_eq!(
            error(&missing),
            (400, "ParameterNotFound".into(), String::new()),
            "{action}"
        );
    }
    assert_eq!(params.put("/gone", "z"), Ok(1));
    assert!(params.delete("/gone"));
    assert!(!params.delete("/gone"));
}

#[tokio::test]
async fn tiers_have_their_limits_in_characters() {
    let params = store().await;
    let put = |name: &str, length: usize, tier: Option<&str>| {
        let mut fields =
            json!({"Name": name, "Value": "ü".repeat(length), "Type": "String", "Overwrite": true});
        if let Some(tier) = tier {
            fields["Tier"] = tier.into();
        }
        call(&params, "PutParameter", fields)
    };
    assert_eq!(put("/s", 4096, None).await.json()["Tier"], "Standard");
    let (status, code, message) = error(&put("/s", 4097, None).await);
    assert_eq!((status, code.as_str()), (400, "ValidationException"));
    assert!(
        message.starts_with("Standard tier parameters support a maximum parameter value of 4096"),
        "{message}"
    );

    assert_eq!(
        put("/a", 8192, Some("Advanced")).await.json()["Tier"],
        "Advanced"
    );
    let message = error(&put("/a", 8193, Some("Advanced")).await).2;
    assert_eq!(
        message,
        "Advanced tier parameters support a maximum parameter value of 8192 characters."
    );
    assert_eq!(put("/a", 5000, None).await.json()["Tier"], "Advanced");
    assert_eq!(
        error(&put("/a", 1, Some("Standard")).await).1,
        "ValidationException"
    );

    assert_eq!(
        put("/i", 4096, Some("Intelligent-Tiering")).await.json()["Tier"],
        "Standard"
    );
    assert_eq!(
        put("/i", 4097, Some("Intelligent-Tiering")).await.json()["Tier"],
        "Advanced"
    );

    assert_eq!(params.put("/own", &"x".repeat(4097)), Ok(1));
    assert_eq!(params.get("/own").unwrap().tier, Tier::Advanced);
    assert_eq!(
        params.put("/own", &"x".repeat(8193)).unwrap_err().code,
        "ValidationException"
    );
}

#[tokio::test]
async fn requests_that_make_no_sense() {
    let params = store().await;
    let cases = [
        ("GetParameter", json!({}), "ValidationException"),
        ("GetParameter", json!({"Name": 7}), "SerializationException"),
        (
            "PutParameter",
            json!({"Name": "/x", "Value": "1"}),
            "ValidationException",
        ),
        (
            "PutParameter",
            json!({"Name": "/x", "Value": "", "Type": "String"}),
            "ValidationException",
        ),
        (
            "PutParameter",
            json!({"Name": "/x", "Value": "1", "Type": "Number"}),
            "ValidationException",
        ),
        (
            "PutParameter",
            json!({"Name": "/x", "Value": "1", "Type": "String", "Tier": "Gold"}),
            "ValidationException",
        ),
        (
            "PutParameter",
            json!({"Name": "no spaces", "Value": "1", "Type": "String"}),
            "ValidationException",
        ),
        (
            "GetParametersByPath",
            json!({}),
            "UnknownOperationException",
        ),
    ];
    for (action, fields, expected) in cases {
        assert_eq!(
            code(&call(&params, action, fields.clone()).await),
            expected,
            "{action} {fields}"
        );
    }
    let null = call(&params, "GetParameter", json!({})).await;
    assert_eq!(
        error(&null).2,
        "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null"
    );
    let garbage = [("x-amz-target", "AmazonSSM.GetParameter")];
    let garbage = http(params.address(), "POST", "/", &garbage, "{{")
        .await
        .unwrap();
    assert_eq!(code(&garbage), "SerializationException");
    let stranger = http(params.address(), "GET", "/", &[], "{}").await.unwrap();
    assert_eq!(code(&stranger), "UnknownOperationException");
}

#[tokio::test]
async fn requests_are_counted() {
    let params = store().await;
    params.put("/a", "1").unwrap();
    let fields = json!({"Name": "/a", "WithDecryption": true});
    call(&params, "GetParameter", fields).await;
    call(&params, "GetParameter", json!({"Name": "/missing"})).await;
    call(&params, "GetParameters", json!({"Names": ["/a", "/b"]})).await;
    assert_eq!(params.count("GetParameter"), 2);
    assert_eq!(params.count("GetParameters"), 1);
    assert_eq!(params.count("PutParameter"), 0);
    let requests = params.requests();
    assert_eq!(
        (requests[0].names.as_slice(), requests[0].with_decryption),
        (&["/a".to_owned()][..], true)
    );
    assert_eq!(requests[2].names, ["/a", "/b"]);
    params.clear_requests();
    assert_eq!(params.count("GetParameter"), 0);
}
