//! hyper-util's client.

use bytes::Bytes;
use chaos_core::http::{HttpLayer, HttpService, HyperUtilErrors};
use http::{Method, Request};
use http_body_util::Empty;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tower::Layer as _;

pub(crate) type Plain = Client<HttpConnector, Empty<Bytes>>;

pub(crate) fn plain() -> Plain {
    Client::builder(TokioExecutor::new()).build_http()
}

/// The same behind the layer.
pub(crate) fn layered() -> HttpService<Plain, HyperUtilErrors> {
    HttpLayer::new().errors(HyperUtilErrors).layer(plain())
}

pub(crate) fn request(method: Method, url: &str) -> Request<Empty<Bytes>> {
    let request = Request::builder().method(method).uri(url);
    request.body(Empty::new()).expect("a request")
}
