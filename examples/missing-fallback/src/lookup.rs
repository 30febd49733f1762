//! Looking a user up, as it is often written and as it should be.

use chaos_core::inject_chaos;
use lambda_runtime::{Error, LambdaEvent};
use serde::{Deserialize, Serialize};

use crate::cache::Cache;
use crate::table::Table;

/// Who is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    id: String,
}

/// Who that is.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A cache that fails fails the request, although the table has the answer: `?` is easily written,
/// and for as long as Redis is well nobody sees it.
#[inject_chaos]
pub(crate) async fn naive(
    event: LambdaEvent<Question>,
    cache: &Cache,
    table: &Table,
) -> Result<Option<User>, Error> {
    let id = event.payload.id;
    if let Some(user) = cache.get(&id).await? {
        return Ok(Some(user));
    }
    let user = table.get(&id).await?;
    if let Some(user) = &user {
        cache.keep(user).await?;
    }
    Ok(user)
}

/// A cache that fails has nothing: the table is asked, and what could not be kept is not kept.
#[inject_chaos]
pub(crate) async fn mended(
    event: LambdaEvent<Question>,
    cache: &Cache,
    table: &Table,
) -> Result<Option<User>, Error> {
    let id = event.payload.id;
    match cache.get(&id).await {
        Ok(Some(user)) => return Ok(Some(user)),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "without the cache"),
    }
    let user = table.get(&id).await?;
    if let Some(user) = &user
        && let Err(error) = cache.keep(user).await
    {
        tracing::warn!(%error, "not kept in the cache");
    }
    Ok(user)
}
