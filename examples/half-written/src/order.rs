//! Taking an order, as it is often written and as it should be.

use chaos_core::inject_chaos;
use lambda_runtime::{Error, LambdaEvent};
use serde::{Deserialize, Serialize};

use crate::tables::Tables;

/// What somebody orders.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Order {
    /// Made by whoever orders, so that it is the same when they try again.
    pub(crate) id: String,
    pub(crate) item: String,
}

/// What they are told.
#[derive(Debug, Serialize)]
pub(crate) struct Placed {
    order: String,
}

/// Two writes, one after the other. Whatever comes between them leaves an order that is never
/// shipped, and that nobody knows of: a failure here is no failure there.
#[inject_chaos]
pub(crate) async fn naive(event: LambdaEvent<Order>, tables: &Tables) -> Result<Placed, Error> {
    let order = event.payload;
    tables.take_down(&order).await?;
    tables.have_shipped(&order).await?;
    Ok(Placed { order: order.id })
}

/// One write to both tables, which is done as a whole or not at all, and once for each order.
#[inject_chaos]
pub(crate) async fn mended(event: LambdaEvent<Order>, tables: &Tables) -> Result<Placed, Error> {
    let order = event.payload;
    if !tables.place_once(&order).await? {
        tracing::info!(order.id, "was placed before");
    }
    Ok(Placed { order: order.id })
}
