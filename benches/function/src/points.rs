//! Functions that a handler calls, as points: each with a return type of its own.

use chaos_core::inject_chaos;
use lambda_runtime::Error;

/// What becomes of a name.
pub(crate) async fn known_as(name: &str) -> Result<String, Error> {
    let name = written(name).await?;
    #[cfg(feature = "points")]
    let name = {
        let long = length(&name).await?;
        let shown = as_json(&name, long).await?;
        shown.to_string()
    };
    Ok(name)
}

#[inject_chaos(point = "names.written")]
async fn written(name: &str) -> Result<String, Error> {
    tokio::task::yield_now().await;
    Ok(name.to_uppercase())
}

#[cfg(feature = "points")]
#[inject_chaos(point = "names.length")]
async fn length(name: &str) -> Result<usize, Error> {
    tokio::task::yield_now().await;
    Ok(name.len())
}

#[cfg(feature = "points")]
#[inject_chaos(point = "names.as_json")]
async fn as_json(name: &str, long: usize) -> Result<serde_json::Value, Error> {
    tokio::task::yield_now().await;
    Ok(serde_json::json!({ "name": name, "long": long }))
}
