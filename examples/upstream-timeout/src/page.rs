//! The page, as it is often written and as it should be.

use std::time::{Duration, SystemTime};

use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::DisplayErrorContext;
use chaos_core::inject_chaos;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde::{Deserialize, Serialize};

use crate::recommend::recommended;

/// Who asks for a page.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Visit {
    pub(crate) item: String,
}

/// What is shown.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Page {
    pub(crate) item: String,
    pub(crate) cents: u64,
    /// What people also buy: it sells, but nobody came for it.
    pub(crate) also: Vec<String>,
    /// Whether something is missing that is there on a better day.
    pub(crate) degraded: bool,
}

/// Waits for the other function, however long that takes. The SDK has no time limit of its own for a
/// call, so it is Lambda that ends it: the page is lost for what nobody came for.
#[inject_chaos]
pub(crate) async fn naive(event: LambdaEvent<Visit>, lambda: &Client) -> Result<Page, Error> {
    let item = event.payload.item;
    let also = recommended(lambda, &item, None).await?;
    Ok(page(item, also, false))
}

/// Waits for as long as it can afford, and shows the page without, if need be.
#[inject_chaos]
pub(crate) async fn mended(event: LambdaEvent<Visit>, lambda: &Client) -> Result<Page, Error> {
    let item = event.payload.item;
    let limit = affordable(&event.context);
    Ok(match recommended(lambda, &item, Some(limit)).await {
        Ok(also) => page(item, also, false),
        Err(error) => {
            let error = DisplayErrorContext(&*error);
            tracing::warn!(%error, item, "a page without recommendations");
            page(item, Vec::new(), true)
        }
    })
}

fn page(item: String, also: Vec<String>, degraded: bool) -> Page {
    Page {
        item,
        cents: 450,
        also,
        degraded,
    }
}

/// Nobody waits longer than that for recommendations.
const PATIENCE: Duration = Duration::from_secs(1);
/// What it takes to answer after the wait.
const RESERVE: Duration = Duration::from_millis(500);

/// How long a call may take: what is left until the deadline, less what is needed after it. An
/// emulator may send a deadline that is long past, which says nothing.
fn affordable(context: &Context) -> Duration {
    match context.deadline().duration_since(SystemTime::now()) {
        Ok(left) => left.saturating_sub(RESERVE).min(PATIENCE),
        Err(_) => PATIENCE,
    }
}
