//! The example functions, built as users build them, obey their parameter. They are tests of their
//! own, as building them would disturb those that measure times.

use std::path::Path;

use chaos_local::ParameterStore;
use chaos_tests::{Launch, PARAMETER, build, document, events, wait};
use serde_json::{Value, json};

/// An event of API Gateway's for a path.
fn api_v2(path: &str) -> Value {
    let mut event = events::api_v2();
    event["rawPath"] = json!(path);
    event["requestContext"]["http"]["path"] = json!(path);
    event
}

/// Flips the parameter under an example, on and off.
async fn obeys_its_parameter(program: &Path) {
    let greeting = || api_v2("/greeting");
    let params = ParameterStore::start().await.expect("a store");
    params
        .put(PARAMETER, &document::off())
        .expect("the document fits");
    let function = Launch::of(program).parameter(&params).start().await;
    let answer = function.answer(greeting()).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(answer["body"], "hello, Ada", "{answer}");
    for (document, code) in [(document::on(), 503), (document::off(), 200)] {
        params.put(PARAMETER, &document).expect("the document fits");
        let flipped = wait::until(wait::LONG, async || {
            function.answer(greeting()).await["statusCode"] == code
        });
        assert!(
            flipped.await,
            "the flip was never seen\n{}",
            function.story()
        );
    }
    assert_eq!(function.function.restarts(), 0);
}

#[tokio::test]
async fn the_quickstart_obeys_its_parameter() {
    obeys_its_parameter(build::quickstart()).await;
}

#[tokio::test]
async fn the_http_api_obeys_its_parameter() {
    obeys_its_parameter(build::http_api()).await;
}

#[tokio::test]
async fn the_http_api_shows_items_while_its_price_list_is_slow() {
    let document = json!({"slow-prices": {
        "enabled": true, "mode": "latency", "point": "prices.*", "min_latency": 20_000,
        "labels": {"item": "tea"}
    }});
    let launch = Launch::of(build::http_api()).document(&document);
    let function = launch.start().await;
    for (item, cents) in [("coffee", json!(700)), ("tea", Value::Null)] {
        let reply = function.reply(api_v2(&format!("/items/{item}"))).await;
        assert!(reply.duration.as_secs() < 10, "{reply:?}");
        let answer = reply.payload().expect("an answer");
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap_or_default())
            .unwrap_or_else(|error| panic!("{error}: {answer}"));
        assert_eq!(body, json!({"item": item, "cents": cents}));
    }
}

/// A batch whose second message is no charge.
fn batch() -> Value {
    events::sqs_of(&[
        ("one", r#"{"customer": "ann", "cents": 450}"#),
        ("two", "no charge"),
        ("three", r#"{"customer": "ben", "cents": 700}"#),
    ])
}

/// Whose charges are in a ledger.
fn customers(ledger: &Path) -> Vec<String> {
    let ledger = std::fs::read_to_string(ledger).expect("a ledger");
    let charge = |line| serde_json::from_str::<Value>(line).expect("a charge");
    let customer = |line| charge(line)["customer"].as_str().map(str::to_owned);
    ledger.lines().filter_map(customer).collect()
}

/// The first reply is lost, so that the batch is delivered twice.
async fn charges(worker: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = folder.path().join("ledger.jsonl");
    let function = Launch::of(build::sqs_worker())
        .env("WORKER", worker)
        .env("LEDGER", &ledger)
        .document(&json!({"lost_reply": {"enabled": true, "limit": 1}}))
        .start()
        .await;
    function.failure(batch()).await;
    let answer = function.answer(batch()).await;
    let alone = json!({"batchItemFailures": [{"itemIdentifier": "two"}]});
    assert_eq!(answer, alone, "{}", function.story());
    customers(&ledger)
}

#[tokio::test]
async fn the_naive_worker_charges_twice_after_a_lost_reply() {
    assert_eq!(charges("naive").await, ["ann", "ben", "ann", "ben"]);
}

#[tokio::test]
async fn the_mended_worker_charges_once() {
    assert_eq!(charges("mended").await, ["ann", "ben"]);
}

/// The database is busy twice, and then takes the booking.
#[tokio::test]
async fn the_sql_repository_is_asked_again_while_it_is_busy() {
    let folder = tempfile::tempdir().expect("a folder");
    let document = json!({"busy": {"enabled": true, "mode": "exception", "point": "sql.seats.take",
        "exception_type": "SQLITE_BUSY", "limit": 2}});
    let function = Launch::of(build::sql_repository())
        .env("DATABASE", folder.path().join("seats.db"))
        .document(&document)
        .start()
        .await;
    let mut event = api_v2("/seats");
    event["queryStringParameters"] = json!({"seat": "12A", "name": "ann"});
    let answer = function.answer(event).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(answer["body"], "12A is booked for ann");
    let injected = |line: &chaos_tests::Line| line.field("point").contains("sql.seats.take");
    function.line("that it was busy", injected).await;
}
