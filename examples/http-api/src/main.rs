//! A function on `lambda_http`, with chaos at its handler.

use chaos_core::inject_chaos;
use lambda_http::{Error, IntoResponse, Request, RequestExt as _, run, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .without_time()
        .init();
    chaos_core::init().await;
    run(service_fn(greet)).await
}

/// Greets whoever `?name=` names.
#[inject_chaos]
async fn greet(request: Request) -> Result<impl IntoResponse, Error> {
    let query = request.query_string_parameters();
    let name = query.first("name").unwrap_or("world");
    Ok(format!("hello, {name}"))
}
