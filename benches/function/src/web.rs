//! A client of reqwest's.

use lambda_runtime::Error;

/// What a service knows of a name.
pub(crate) async fn known_as(name: &str) -> Result<String, Error> {
    let client = reqwest::Client::new();
    #[cfg(feature = "reqwest")]
    let client = chaos_core::reqwest::instrument(client);
    let found = client.get(format!("http://names.internal/{name}"));
    Ok(found.send().await?.text().await?)
}
