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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chaos_core::testing::Scope;
    use lambda_runtime::Context;
    use serde_json::{Value, json};

    use super::*;

    /// What it answers while that document is in force, with three seconds to go.
    async fn answer(document: &Value) -> Result<ApiGatewayV2httpResponse, Error> {
        let scope = Scope::new(document);
        let mut context = Context::default();
        context.deadline = scope.deadline_in(Duration::from_secs(3));
        let event = LambdaEvent::new(ApiGatewayV2httpRequest::default(), context);
        scope.run(greet(event)).await
    }

    #[tokio::test]
    async fn without_a_fault_it_greets() {
        let response = answer(&json!({})).await.unwrap();
        assert_eq!(response.body, Some(Body::Text("hello, world".to_owned())));
    }

    #[tokio::test]
    async fn a_status_code_is_answered_in_its_place() {
        let document = json!({ "statuscode": { "enabled": true, "status_code": 503 } });
        let response = answer(&document).await.unwrap();
        assert_eq!(response.status_code, 503);
    }

    #[tokio::test]
    async fn an_exception_is_its_error() {
        let document = json!({ "exception": { "enabled": true, "exception_msg": "boom" } });
        let error = answer(&document).await.unwrap_err();
        assert_eq!(error.to_string(), "boom");
    }

    #[tokio::test(start_paused = true)]
    async fn a_latency_ends_at_the_deadline() {
        let document = json!({ "latency": { "enabled": true, "min_latency": 30_000 } });
        let start = tokio::time::Instant::now();
        assert_eq!(answer(&document).await.unwrap().status_code, 200);
        assert!(start.elapsed().abs_diff(Duration::from_secs(3)) < Duration::from_millis(10));
    }
}
