//! A handler that reaches points: a function's, a block's, and one in a task of its own.

use chaos_core::{inject_chaos, point};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};

/// It says which points this process has reached so far.
#[inject_chaos]
pub(crate) async fn reaching(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let tenant = event.payload["tenant"].as_str().unwrap_or("a").to_owned();
    let user = user(&tenant, 7).await?;
    point("store.put")
        .label("size", || user.len())
        .run(async { Ok::<_, Error>(()) })
        .await?;
    tokio::spawn(async move { later(&tenant).await }).await??;
    let points = chaos_core::points().into_iter();
    let points = points.map(|point| (point.name, json!([point.labels, point.calls])));
    Ok(Value::Object(points.collect()))
}

#[inject_chaos(point = "store.get", labels(tenant, kind = "read", shard = id % 4))]
async fn user(tenant: &str, id: u64) -> Result<String, Error> {
    Ok(format!("{tenant}/{id}"))
}

#[inject_chaos(point = "store.later", labels(tenant))]
async fn later(tenant: &str) -> Result<(), Error> {
    tracing::info!(tenant, "later");
    Ok(())
}
