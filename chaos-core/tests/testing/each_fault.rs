use std::sync::Mutex;
use std::time::Duration;

use chaos_core::inject_chaos;
use chaos_core::testing::{Action, Scope};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};

// --- the function: books an order, once, and says how many items are left ----------------------

type Orders = Mutex<Vec<String>>;

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>, orders: &Orders) -> Result<Value, Error> {
    let id = event.payload["id"].as_str().ok_or("an order has an id")?;
    book(id, orders)?;
    let left = tokio::time::timeout(Duration::from_secs(2), items_left()).await;
    let left = left.ok().and_then(Result::ok);
    Ok(json!({ "statusCode": 200, "body": { "order": id, "left": left } }))
}

fn book(id: &str, orders: &Orders) -> Result<(), Error> {
    // What is bigger goes over the disk.
    std::fs::write(tempfile::NamedTempFile::new()?.path(), id)?;
    let mut orders = orders.lock().map_err(|_| "a booking panicked")?;
    if !orders.iter().any(|order| order == id) {
        orders.push(id.to_owned());
    }
    Ok(())
}

/// Asks another service.
#[inject_chaos(point = "stock.left")]
async fn items_left() -> Result<u32, Error> {
    let _addresses = tokio::net::lookup_host(("localhost", 80)).await?;
    Ok(7)
}

// --- its tests ----------------------------------------------------------------------------------

/// Calls the handler as Lambda would, with 30 seconds to go.
async fn call(scope: &Scope, orders: &Orders) -> Result<Value, Error> {
    let mut context = Context::default();
    context.deadline = scope.deadline_in(Duration::from_secs(30));
    let event = LambdaEvent::new(json!({ "id": "a" }), context);
    scope.run(handler(event, orders)).await
}

fn left(answer: &Value) -> &Value {
    &answer["body"]["left"]
}

#[tokio::test(start_paused = true)]
async fn latency_of_the_stock_is_not_waited_for() {
    let scope = Scope::new(&json!({
        "slow": { "enabled": true, "mode": "latency", "point": "stock.*", "min_latency": 20_000 }
    }));
    let start = tokio::time::Instant::now();
    let answer = call(&scope, &Orders::default()).await.unwrap();
    assert_eq!(left(&answer), &Value::Null, "it answers without");
    assert_eq!(start.elapsed().as_secs(), 2, "and in time");
}

#[tokio::test(start_paused = true)]
async fn timeout_of_the_stock_leaves_time_to_answer() {
    let scope = Scope::new(&json!({ "timeout": { "enabled": true, "point": "stock.*" } }));
    let start = tokio::time::Instant::now();
    assert!(call(&scope, &Orders::default()).await.is_ok());
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(scope.injected(), ["timeout"]);
}

#[tokio::test]
async fn diskspace_does_not_keep_an_order_from_being_booked() {
    // On a disk as small as Lambda's, `"leave_free": 0` fills it.
    let scope = Scope::new(&json!({ "diskspace": { "enabled": true, "disk_space": 16 } }));
    let orders = Orders::default();
    assert!(call(&scope, &orders).await.is_ok());
    assert_eq!(*orders.lock().unwrap(), ["a"]);
    assert_eq!(scope.decisions()[0].disk_mb, Some(16));
}

#[tokio::test]
async fn memory_and_cpu_that_others_use_leave_enough() {
    let document = json!({
        "memory": { "enabled": true, "memory_mb": 64 },
        "cpu": { "enabled": true, "cpu_threads": 2 }
    });
    let scope = Scope::allowing(&document, &["memory", "cpu"]);
    let answer = call(&scope, &Orders::default()).await.unwrap();
    assert_eq!(left(&answer), 7);
    assert_eq!(scope.injected(), ["memory", "cpu"]);
}

#[tokio::test]
async fn statuscode_comes_before_anything_is_booked() {
    let scope = Scope::new(&json!({ "statuscode": { "enabled": true, "status_code": 503 } }));
    let orders = Orders::default();
    let answer = call(&scope, &orders).await.unwrap();
    assert_eq!(answer["statusCode"], 503);
    assert!(orders.lock().unwrap().is_empty());
}

/// Needs the feature `dns`.
#[cfg(all(feature = "dns", target_os = "linux", target_env = "gnu"))]
#[tokio::test]
async fn denylist_of_the_stock_is_no_error_of_ours() {
    let scope =
        Scope::new(&json!({ "denylist": { "enabled": true, "deny_list": ["^localhost$"] } }));
    let answer = call(&scope, &Orders::default()).await.unwrap();
    assert_eq!(left(&answer), &Value::Null, "the stock is not found");
    assert_eq!(scope.injected(), ["denylist"]);
}

#[tokio::test]
async fn exception_of_the_stock_is_no_error_of_ours() {
    let scope = Scope::new(&json!({ "exception": { "enabled": true, "point": "stock.*" } }));
    let answer = call(&scope, &Orders::default()).await.unwrap();
    assert_eq!(left(&answer), &Value::Null);
}

#[tokio::test]
async fn panic_after_the_work_leaves_the_order_booked() {
    let document = json!({ "panic": { "enabled": true, "phase": "after" } });
    let scope = Scope::allowing(&document, &["panic"]);
    let orders: &'static Orders = Box::leak(Box::default());
    let inside = scope.clone();
    let ended = tokio::spawn(async move { call(&inside, orders).await.is_ok() }).await;
    assert!(ended.is_err_and(|error| error.is_panic()));
    assert_eq!(*orders.lock().unwrap(), ["a"]);
}

#[tokio::test]
async fn exit_would_hit_one_call_in_two() {
    // It would end the test as well: so only what is decided is looked at.
    let document = json!({ "exit": { "enabled": true, "every": 2 } });
    let scope = Scope::builder(&document).allow(["exit"]).dry_run().build();
    for _ in 0..4 {
        assert!(call(&scope, &Orders::default()).await.is_ok());
    }
    let decisions = scope.decisions();
    assert_eq!(decisions.len(), 2);
    assert_eq!(decisions[0].action, Action::DryRun);
    assert_eq!(
        decisions[0].to_string(),
        "dryrun exit at handler: exit code 1"
    );
}

#[tokio::test]
async fn duplicate_delivery_books_an_order_once() {
    let scope = Scope::new(&json!({ "duplicate": { "enabled": true } }));
    let orders = Orders::default();
    assert!(call(&scope, &orders).await.is_ok());
    assert_eq!(scope.injected(), ["duplicate"]);
    assert_eq!(*orders.lock().unwrap(), ["a"]);
}

#[tokio::test]
async fn corruption_spoils_the_answer_and_not_the_order() {
    let scope = Scope::new(&json!({ "corruption": { "enabled": true, "body": "<html>" } }));
    let orders = Orders::default();
    let answer = call(&scope, &orders).await.unwrap();
    assert_eq!(answer["body"], "<html>");
    assert_eq!(*orders.lock().unwrap(), ["a"]);
}

#[tokio::test]
async fn lost_reply_and_a_retry_book_an_order_once() {
    let scope = Scope::new(&json!({ "lost_reply": { "enabled": true, "limit": 1 } }));
    let orders = Orders::default();
    assert!(call(&scope, &orders).await.is_err());
    assert!(call(&scope, &orders).await.is_ok());
    assert_eq!(*orders.lock().unwrap(), ["a"]);
}
