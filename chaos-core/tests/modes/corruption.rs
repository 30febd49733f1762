use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::sqs::SqsBatchResponse;
use chaos_core::testing::{Action, Decision, Scope};
use chaos_core::{InjectedError, inject_chaos, wrap};
use http::Response;
use lambda_runtime::Error;
use serde::{Deserialize, Serialize};

use super::*;

const CORS: &str = "access-control-allow-origin";

/// What becomes of a handler's response, and what is recorded.
async fn corrupted<R>(attributes: Value, own: R) -> (R, Decision)
where
    R: Serialize + for<'de> Deserialize<'de> + Clone,
{
    let scope = scope(attributes);
    let handler = wrap(move |_: LambdaEvent<Value>| {
        let own = own.clone();
        async move { Ok::<_, Error>(own) }
    });
    let reply = scope.run(handler(unending())).await.expect("a reply");
    (reply, scope.decisions().remove(0))
}

fn scope(mut attributes: Value) -> Scope {
    attributes["enabled"] = json!(true);
    Scope::new(&json!({"settings": {"seed": 7}, "corruption": attributes}))
}

fn headers() -> Value {
    json!({
        "drop_headers": ["Access-Control-Allow-Origin", "set-cookie"],
        "set_headers": {"Cache-Control": "max-age=31536000"},
    })
}

#[tokio::test]
async fn without_attributes_the_body_is_cut_short_and_mangled() {
    let own = json!({
        "statusCode": 200, "headers": {"Content-Length": "40"}, "body": "0123456789".repeat(4),
    });
    let (reply, decision) = corrupted(json!({}), own.clone()).await;
    let body = reply["body"].as_str().expect("a text");
    let kept = body.trim_end_matches('\u{fffd}');
    assert!(own["body"].as_str().unwrap().starts_with(kept), "{body}");
    assert!((12..=28).contains(&kept.len()), "{body}");
    let length = reply["headers"]["content-length"].as_str();
    assert_eq!(length, Some(body.len().to_string().as_str()), "{reply}");
    assert_eq!(
        (decision.action, decision.mode, decision.body),
        (Action::Inject, "corruption", Some("mangled"))
    );
    assert_eq!(
        (decision.headers_dropped, decision.headers_set),
        (None, None)
    );
    assert_eq!(corrupted(json!({}), own).await.0, reply, "the same seed");
}

#[tokio::test]
async fn headers_go_and_come_whatever_their_case_and_the_body_stays() {
    let own = json!({
        "statusCode": 200, "body": "own", "cookies": ["a=b"],
        "headers": {"access-control-ALLOW-origin": "*", "cache-control": "no-store", "x": "1"},
        "multiValueHeaders": {"Access-Control-Allow-Origin": ["*"], "y": ["1", "2"]},
    });
    let (reply, decision) = corrupted(headers(), own).await;
    let expected = json!({
        "statusCode": 200, "body": "own", "cookies": [],
        "headers": {"Cache-Control": "max-age=31536000", "x": "1"},
        "multiValueHeaders": {"y": ["1", "2"]},
    });
    assert_eq!(reply, expected);
    assert_eq!(decision.body, None);
    assert_eq!(
        (decision.headers_dropped, decision.headers_set),
        (Some(2), Some(1))
    );
}

#[tokio::test]
async fn a_typed_response_loses_its_headers_too() {
    let mut own = ApiGatewayProxyResponse::default();
    own.status_code = 200;
    own.headers.insert(CORS, "*".parse().unwrap());
    own.multi_value_headers.insert(CORS, "*".parse().unwrap());
    own.headers.insert("x-own", "1".parse().unwrap());
    let (reply, decision) = corrupted(headers(), own).await;
    assert!(!reply.headers.contains_key(CORS) && !reply.multi_value_headers.contains_key(CORS));
    assert_eq!(reply.headers["x-own"], "1");
    assert_eq!(reply.headers["cache-control"], "max-age=31536000");
    assert_eq!(decision.headers_dropped, Some(1));
}

#[tokio::test]
async fn what_is_encoded_is_decoded_mangled_and_encoded_again() {
    // "\xff\xfe\xfd\xfc…" and a text
    for (own, text) in [("//79/Pv6+fg=", false), ("aGVsbG8sIHdvcmxk", true)] {
        let own = json!({"statusCode": 200, "body": own, "isBase64Encoded": true});
        let (reply, _) = corrupted(json!({}), own.clone()).await;
        assert_ne!(reply["body"], own["body"]);
        assert_eq!(reply["isBase64Encoded"], true);
        let body = reply["body"].as_str().expect("a text");
        let decoded = base64_decoded(body);
        assert_eq!(String::from_utf8(decoded).is_ok(), text, "{body}");
        // The new body comes through as it is.
        let (reply, _) = corrupted(json!({"body": "new"}), own).await;
        assert_eq!(reply["body"], "bmV3");
    }
}

/// By way of a type that decodes it, so that this does not go by our own code.
fn base64_decoded(text: &str) -> Vec<u8> {
    use aws_lambda_events::encodings::Base64Data;
    let data: Base64Data = serde_json::from_value(json!(text)).expect("base64");
    data.0
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    id: String,
    state: State,
    items: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    Paid,
}

#[tokio::test]
async fn plain_json_is_mangled_as_far_as_its_type_takes_it() {
    let own = json!({"name": "Eleanor", "n": 7});
    let (reply, _) = corrupted(json!({}), own.clone()).await;
    assert_eq!(reply["n"], 7);
    assert_ne!(reply["name"], own["name"]);

    // The state is a text as well, and no other one is a state.
    let order = Order {
        id: "order-17".to_owned(),
        state: State::Paid,
        items: vec!["tea".to_owned(), "cup".to_owned()],
    };
    let (reply, decision) = corrupted(json!({}), order.clone()).await;
    assert_ne!(reply, order);
    assert_eq!(decision.action, Action::Inject);

    // All of it is the body, where it has not the proxy's shape.
    let another = r#"{"id": "", "state": "Paid", "items": []}"#;
    let (reply, _) = corrupted(json!({"body": another}), order).await;
    assert_eq!((reply.id.as_str(), reply.items.len()), ("", 0));
    let (reply, _) = corrupted(json!({"body": "new"}), "own".to_owned()).await;
    assert_eq!(reply, "new");
}

#[tokio::test]
async fn what_cannot_be_corrupted_stays_as_it_is_and_says_why() {
    let (reply, decision) = corrupted(json!({}), 7).await;
    assert_eq!((reply, decision.action), (7, Action::Error));
    let (reply, decision) = corrupted(json!({"body": "x"}), SqsBatchResponse::default()).await;
    assert!(reply.batch_item_failures.is_empty());
    assert!(decision.message.unwrap().contains("SqsBatchResponse"));
    for (attributes, own, why) in [
        (json!({}), json!({"statusCode": 204}), "no body"),
        (json!({}), json!({"statusCode": 204, "body": ""}), "no body"),
        (headers(), json!({"name": "Eleanor"}), "no `statusCode`"),
        (
            json!({"drop_headers": "x-none"}),
            json!({"statusCode": 200, "headers": {"x": "1"}}),
            "none of the headers",
        ),
    ] {
        let (reply, decision) = corrupted(attributes, own.clone()).await;
        assert_eq!((reply, decision.action), (own, Action::Error));
        let message = decision.message.expect("a reason");
        assert!(message.contains(why), "{message}");
    }
}

#[inject_chaos(point = "shop.order")]
async fn order() -> Result<Order, InjectedError> {
    Ok(Order {
        id: "order-17".to_owned(),
        state: State::Paid,
        items: Vec::new(),
    })
}

#[inject_chaos(point = "shop.count")]
fn count() -> Result<u64, InjectedError> {
    Ok(7)
}

#[inject_chaos(point = "shop.fail")]
fn fail() -> Result<Value, Error> {
    Err("by itself".into())
}

#[tokio::test]
async fn a_point_returns_what_its_type_takes() {
    let scope = scope(json!({"point": "shop.*"}));
    let order = scope.run(order()).await.expect("an order");
    assert!(order.id.ends_with('\u{fffd}'), "{order:?}");
    assert_eq!(scope.run_blocking(count).expect("a number"), 7);
    let error = scope.run_blocking(fail).expect_err("its own error");
    assert_eq!(error.to_string(), "by itself");
    let actions: Vec<Action> = scope.decisions().iter().map(|one| one.action).collect();
    assert_eq!(actions, [Action::Inject, Action::Error, Action::Error]);
}

#[tokio::test]
async fn a_dry_run_corrupts_nothing() {
    let scope = Scope::dry_run(&json!({"corruption": {"enabled": true, "point": "shop.*"}}));
    assert_eq!(scope.run(order()).await.expect("an order").id, "order-17");
    assert_eq!(scope.decisions()[0].action, Action::DryRun);
}

#[inject_chaos]
async fn bytes(_: LambdaEvent<Value>) -> Result<Response<Vec<u8>>, Error> {
    let response = Response::builder().header("content-length", 9);
    Ok(response
        .header(CORS, "*")
        .header("set-cookie", "a=b")
        .header("set-cookie", "c=d")
        .body(vec![0xff; 9])?)
}

/// A body that chaos knows nothing of.
struct Unknown(u8);

#[inject_chaos]
async fn unknown(_: LambdaEvent<Value>) -> Result<Response<Unknown>, Error> {
    Ok(Response::builder().header(CORS, "*").body(Unknown(7))?)
}

#[tokio::test]
async fn an_http_response_of_bytes() {
    let reply = scope(json!({})).run(bytes(unending())).await.unwrap();
    assert_ne!(reply.body()[..], vec![0xff; reply.body().len()]);
    let length = reply.headers()["content-length"].to_str().unwrap();
    assert_eq!(length, reply.body().len().to_string());

    let mut attributes = headers();
    attributes["body"] = json!("a new body");
    // A length of the document's own would be a lie.
    attributes["set_headers"]["content-length"] = json!("3");
    let corrupting = scope(attributes);
    let reply = corrupting.run(bytes(unending())).await.unwrap();
    assert_eq!(reply.body(), b"a new body");
    assert_eq!(reply.headers()["content-length"], "10");
    assert_eq!(reply.headers()["cache-control"], "max-age=31536000");
    assert!(!reply.headers().contains_key(CORS) && !reply.headers().contains_key("set-cookie"));
    assert_eq!(corrupting.decisions()[0].headers_dropped, Some(2));
}

#[tokio::test]
async fn of_a_body_that_is_not_known_the_headers_alone() {
    let corrupting = scope(headers());
    let reply = corrupting.run(unknown(unending())).await.unwrap();
    assert!(!reply.headers().contains_key(CORS) && reply.body().0 == 7);
    assert_eq!(corrupting.injected(), ["corruption"]);

    let corrupting = scope(json!({}));
    let reply = corrupting.run(unknown(unending())).await.unwrap();
    assert_eq!(reply.headers()[CORS], "*");
    let why = corrupting.decisions()[0].message.clone().unwrap();
    assert!(why.contains("Unknown"), "{why}");
}
