//! A small function; what else is in its binary is up to the features.

#[cfg(feature = "http_handler")]
mod api;
#[cfg(feature = "redis_client")]
mod cache;
#[cfg(not(feature = "http_handler"))]
mod events;
mod greeting;
#[cfg(feature = "point")]
mod points;
#[cfg(feature = "tower_client")]
mod service;
#[cfg(feature = "client")]
mod table;
#[cfg(feature = "reqwest_client")]
mod web;

use lambda_runtime::Error;

#[cfg(feature = "http_handler")]
use self::api::serve;
#[cfg(not(feature = "http_handler"))]
use self::events::serve;

#[tokio::main]
async fn main() -> Result<(), Error> {
    #[cfg(feature = "chaos")]
    chaos_core::init().await;
    #[cfg(feature = "client")]
    table::connect().await;
    serve().await
}
