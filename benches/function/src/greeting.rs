//! What the function does, whoever asks for it.

use lambda_runtime::Error;

/// Greets, by the name that the clients of its features know.
pub(crate) async fn greeting(name: &str) -> Result<String, Error> {
    #[cfg(feature = "client")]
    let name: &str = &crate::table::known_as(name).await?;
    #[cfg(feature = "redis_client")]
    let name: &str = &crate::cache::known_as(name).await?;
    #[cfg(feature = "reqwest_client")]
    let name: &str = &crate::web::known_as(name).await?;
    #[cfg(feature = "tower_client")]
    let name: &str = &crate::service::known_as(name).await?;
    #[cfg(feature = "point")]
    let name: &str = &crate::points::known_as(name).await?;
    Ok(format!("hello, {name}"))
}
