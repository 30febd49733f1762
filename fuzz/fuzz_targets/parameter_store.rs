//! Parameter Store and the Parameters and Secrets extension: any requests, one after the other. What
//! was put is what is got.
#![no_main]

use arbitrary::{Result, Unstructured};
use bytes::Bytes;
use chaos_fuzz::document::text;
use chaos_fuzz::requests::{at_once, body, json, method, part, request, run};
use chaos_local::{ParameterStore, ParametersExtension};
use http::{Method, Request};
use libfuzzer_sys::fuzz_target;

const ACTIONS: &[&str] = &[
    "AmazonSSM.GetParameter",
    "AmazonSSM.GetParameters",
    "AmazonSSM.GetParameterHistory",
    "AmazonSSM.DescribeParameters",
    "AmazonSSM.PutParameter",
    "AmazonSSM.DeleteParameter",
];
const KEYS: &[&str] = &[
    "Name",
    "Names",
    "Value",
    "Type",
    "Tier",
    "KeyId",
    "Overwrite",
    "WithDecryption",
    "MaxResults",
    "NextToken",
    "ParameterFilters",
    "Key",
    "Option",
    "Values",
];
const NAMES: &[&str] = &[
    "/a",
    "/a/b",
    "a",
    "/a:1",
    "/a:2",
    "/aws/x",
    "",
    "arn:aws:ssm:us-east-1:123456789012:parameter/a",
];

fuzz_target!(|data: &[u8]| {
    run(async {
        // Too few bytes, or too many for what is drawn from them.
        let _ = served(&mut Unstructured::new(data)).await;
    });
});

async fn served(u: &mut Unstructured<'_>) -> Result<()> {
    let store = ParameterStore::start().await.expect("it does not listen");
    let extension = ParametersExtension::start(&store)
        .await
        .expect("it does not listen");
    let session = extension.env()[1].1.clone();
    for _ in 0..u.int_in_range(1..=6)? {
        match u.int_in_range(0..=3)? {
            0 => put_and_get(u, &store)?,
            1 => {
                let headers: &[(&str, &[&str])] =
                    &[("x-aws-parameters-secrets-token", &[&session])];
                let query = format!("name={}&version={}", part(u, NAMES)?, part(u, &["1", "-"])?);
                let path = text(u, &["/systemsmanager/parameters/get"])?;
                let asked = method(u)?;
                let ask = request(u, asked, &format!("{path}?{query}"), headers, Bytes::new())?;
                at_once(&extension, ask).expect("its answer does not come at once");
            }
            _ => {
                let headers: &[(&str, &[&str])] = &[
                    ("x-amz-target", ACTIONS),
                    (
                        "authorization",
                        &["AWS4-HMAC-SHA256 Credential=a/b/c, x", "Credential="],
                    ),
                ];
                let (asked, body) = (method(u)?, body(u, KEYS)?);
                let answer = at_once(&store, request(u, asked, "/", headers, body)?);
                json(&answer.expect("its answer does not come at once"));
            }
        }
    }
    Ok(())
}

fn put_and_get(u: &mut Unstructured<'_>, store: &ParameterStore) -> Result<()> {
    let ask = |action: &str, body: serde_json::Value| {
        let request = Request::builder()
            .method(Method::POST)
            .header("x-amz-target", format!("AmazonSSM.{action}"))
            .body(Bytes::from(body.to_string()));
        at_once(store, request.expect("a request")).expect("its answer does not come at once")
    };
    let (name, value) = (text(u, NAMES)?, text(u, &["{}", "é", ""])?);
    let kind = u.choose(&["String", "SecureString", "StringList"])?;
    let put = serde_json::json!({ "Name": name, "Value": value, "Type": kind,
                                  "Overwrite": u.arbitrary::<bool>()? });
    let put = ask("PutParameter", put);
    if put.status() == 200 {
        let get = serde_json::json!({ "Name": name, "WithDecryption": true });
        let got = ask("GetParameter", get);
        let got = &json(&got)["Parameter"];
        assert_eq!(got["Value"], value);
        assert_eq!(got["Version"], json(&put)["Version"]);
    }
    Ok(())
}
