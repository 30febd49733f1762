//! hyper-util's client, called as tower calls services.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lambda_runtime::Error;
use tower::ServiceExt;

/// What a service knows of a name.
pub(crate) async fn known_as(name: &str) -> Result<String, Error> {
    let client: Client<HttpConnector, Empty<Bytes>> =
        Client::builder(TokioExecutor::new()).build_http();
    #[cfg(feature = "hyper_util")]
    let client = {
        use chaos_core::http::{HttpLayer, HyperUtilErrors};
        use tower::Layer;

        HttpLayer::new().errors(HyperUtilErrors).layer(client)
    };
    let request = http::Request::get(format!("http://names.internal/{name}"));
    let request = request.body(Empty::new())?;
    let found = client.oneshot(request).await?;
    let body = found.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8_lossy(&body).into_owned())
}
