//! Handlers that stream their response, one a door. Each sends the chunks of
//! [`chaos_tests::stream::CHUNKS`].

use axum::Router;
use axum::body::Bytes;
use axum::response::IntoResponse;
use chaos_core::inject_chaos;
use chaos_tests::stream::CHUNKS;
use http_body_util::BodyExt;
use lambda_http::http::HeaderMap;
use lambda_http::{Request, Response};
use lambda_runtime::streaming::{Body, channel};
use lambda_runtime::{Error, LambdaEvent, StreamResponse};
use serde_json::Value;

type BoxBody = http_body_util::combinators::UnsyncBoxBody<Bytes, Error>;

fn headers() -> HeaderMap {
    let headers = [
        ("access-control-allow-origin", "*"),
        ("content-type", "text/plain"),
    ];
    let parsed = headers.map(|(name, value)| {
        (
            name.parse().expect("a name"),
            value.parse().expect("a value"),
        )
    });
    parsed.into_iter().collect()
}

/// Chunk after chunk, while the response is on its way.
fn body() -> Body {
    let (mut sender, body) = channel();
    tokio::spawn(async move {
        for chunk in CHUNKS {
            // Who is gone needs no more of them.
            if sender.send_data(chunk.into()).await.is_err() {
                return;
            }
        }
    });
    body
}

#[inject_chaos]
pub(crate) async fn annotated(event: LambdaEvent<Value>) -> Result<StreamResponse<Body>, Error> {
    bare(event).await
}

/// The same without chaos, for the layer.
pub(crate) async fn bare(_: LambdaEvent<Value>) -> Result<StreamResponse<Body>, Error> {
    let mut response = StreamResponse::from(body());
    let prelude = &mut response.metadata_prelude;
    prelude.headers = headers();
    prelude.cookies.push("session=1".to_owned());
    Ok(response)
}

/// An `http::Response` that streams, for the layer.
pub(crate) async fn response(_: Request) -> Result<Response<Body>, Error> {
    let mut response = Response::new(body());
    *response.headers_mut() = headers();
    let cookie = "session=1".parse()?;
    response.headers_mut().insert("set-cookie", cookie);
    Ok(response)
}

/// The same with a body as middleware leaves one, of which no more can be told.
pub(crate) async fn boxed(request: Request) -> Result<Response<BoxBody>, Error> {
    let boxed = |body: Body| body.map_err(Error::from).boxed_unsync();
    Ok(response(request).await?.map(boxed))
}

/// A router, one of whose handlers has chaos of its own and says no more than `impl IntoResponse`.
pub(crate) fn router() -> Router {
    #[inject_chaos]
    async fn opaque() -> impl IntoResponse {
        let cookie = [("set-cookie", "session=1")];
        (headers(), cookie, axum::body::Body::new(body()))
    }
    Router::new().fallback(opaque)
}
