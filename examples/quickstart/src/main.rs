//! A Lambda function behind an HTTP API (API Gateway v2), with chaos at its handler.

use std::collections::HashMap;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use chaos_core::inject_chaos;
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .without_time()
        .init();
    chaos_core::init().await;
    lambda_runtime::run(service_fn(greet)).await
}

/// Greets whoever `?name=` names.
#[inject_chaos]
async fn greet(
    event: LambdaEvent<ApiGatewayV2httpRequest>,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let query = &event.payload.query_string_parameters;
    let name = query.first("name").unwrap_or("world");
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = 200;
    response.headers = HashMap::from([("content-type", "text/plain")])
        .into_iter()
        .map(|(name, value)| Ok((name.parse()?, value.parse()?)))
        .collect::<Result<_, Error>>()?;
    response.body = Some(Body::Text(format!("hello, {name}")));
    Ok(response)
}
