//! The routes, and the price list that one of them asks.

use std::collections::HashMap;
use std::time::Duration;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use chaos_core::inject_chaos;
use lambda_http::Error;
use serde_json::{Value, json};
use tokio::time::timeout;

/// How long a page waits for the price list.
const PATIENCE: Duration = Duration::from_millis(200);

pub(crate) fn router() -> Router {
    Router::new()
        .route("/greeting", get(greeting))
        .route("/items/{item}", get(item))
}

/// Greets whoever `?name=` names.
async fn greeting(Query(query): Query<HashMap<String, String>>) -> String {
    let name = query.get("name").map_or("world", String::as_str);
    format!("hello, {name}")
}

/// An item with its price. Where the price list fails or is slow, the item is shown without.
async fn item(Path(item): Path<String>) -> Result<Json<Value>, StatusCode> {
    let found = timeout(PATIENCE, price(&item)).await;
    match found.map_err(Error::from).flatten() {
        Ok(Some(cents)) => Ok(Json(json!({"item": item, "cents": cents}))),
        Ok(None) => Err(StatusCode::NOT_FOUND),
        Err(error) => {
            tracing::warn!(%error, item, "shown without its price");
            Ok(Json(json!({"item": item, "cents": null})))
        }
    }
}

/// Stands for a call of another service, which is where faults are wanted.
#[inject_chaos(point = "prices.get", labels(item))]
async fn price(item: &str) -> Result<Option<u32>, Error> {
    Ok(match item {
        "tea" => Some(450),
        "coffee" => Some(700),
        _ => None,
    })
}
