//! Handlers under `lambda_http`, one a return type. Each answers 200 and "own answer".

use chaos_core::inject_chaos;
use lambda_http::{Body, Error, IntoResponse, Request, Response};
use serde_json::{Value, json};

#[inject_chaos]
pub(crate) async fn response(request: Request) -> Result<Response<Body>, Error> {
    bare(request).await
}

/// The same without chaos, for the layer.
pub(crate) async fn bare(_: Request) -> Result<Response<Body>, Error> {
    Ok(Response::new(Body::Text("own answer".to_owned())))
}

#[inject_chaos]
pub(crate) async fn into(_: Request) -> Result<impl IntoResponse, Error> {
    Ok("own answer")
}

/// A `Value` is a body here, and has no place for a status code.
#[inject_chaos]
pub(crate) async fn value(_: Request) -> Result<Value, Error> {
    Ok(json!({"said": "own answer"}))
}
