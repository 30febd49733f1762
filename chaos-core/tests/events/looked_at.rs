//! An event is looked at only while some flag that is on asks for it, and once a call.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chaos_core::inject_chaos;
use chaos_core::testing::Scope;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// Counts how often it is looked at.
#[derive(Clone, Default)]
struct Order(Arc<AtomicUsize>);

impl Serialize for Order {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        json!({"customer": "ann", "path": "/orders"}).serialize(serializer)
    }
}

#[inject_chaos(point = "stock.left")]
async fn stock() -> Result<(), Error> {
    Ok(())
}

#[inject_chaos]
async fn handler(event: LambdaEvent<Order>) -> Result<(), Error> {
    drop(event);
    stock().await
}

/// How often the event of one call is looked at.
async fn looked_at(document: Value) -> usize {
    let order = Order::default();
    let event = LambdaEvent::new(order.clone(), Context::default());
    let scope = Scope::new(&document);
    // Called inside, as under the runtime: what is in force is known by then.
    let _ = scope.run(async { handler(event).await }).await;
    order.0.load(Ordering::Relaxed)
}

fn flag(attributes: &Value) -> Value {
    let mut flag = json!({"enabled": true, "mode": "exception", "percentage": 50});
    for (key, value) in attributes.as_object().expect("attributes") {
        flag[key] = value.clone();
    }
    flag
}

#[tokio::test]
async fn not_where_nobody_asks() {
    let asks = json!([{"path": "path", "value": "/orders"}]);
    for document in [
        json!({}),
        json!({"f": flag(&json!({}))}),
        json!({"f": flag(&json!({"labels": {"lambda.function": "orders"}}))}),
        json!({"f": flag(&json!({"by": "label:tenant"}))}),
        json!({"f": flag(&json!({"match": []}))}),
        json!({"f": flag(&json!({"enabled": false, "match": asks}))}),
        json!({"settings": {"enabled": false}, "f": flag(&json!({"match": asks}))}),
    ] {
        assert_eq!(looked_at(document.clone()).await, 0, "{document}");
    }
}

#[tokio::test]
async fn once_where_anybody_does() {
    let asks = json!([{"path": "path", "value": "/orders"}]);
    for document in [
        json!({"f": flag(&json!({"match": asks}))}),
        json!({"f": flag(&json!({"by": "customer"}))}),
        json!({"f": flag(&json!({"match": asks, "point": "stock.*"}))}),
        json!({
            "f": flag(&json!({"match": asks, "by": "customer"})),
            "g": flag(&json!({"match": asks, "point": "stock.*"})),
            "h": flag(&json!({"by": "path"})),
        }),
    ] {
        assert_eq!(looked_at(document.clone()).await, 1, "{document}");
    }
}
