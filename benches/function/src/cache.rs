//! A client of Redis.

use lambda_runtime::Error;
use redis::{AsyncCommands, Client};

/// What the cache has for a name.
pub(crate) async fn known_as(name: &str) -> Result<String, Error> {
    let client = Client::open("redis://cache.internal/")?;
    let connection = client.get_multiplexed_async_connection().await?;
    #[cfg(feature = "redis")]
    let connection = chaos_core::redis::instrument(connection);
    let mut connection = connection;
    let known: Option<String> = connection.get(name).await?;
    Ok(known.unwrap_or_else(|| name.to_owned()))
}
