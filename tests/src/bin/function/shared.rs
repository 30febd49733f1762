//! Handlers whose response browsers may share with pages of other origins, one a return type.

use aws_lambda_events::alb::{AlbTargetGroupRequest, AlbTargetGroupResponse};
use aws_lambda_events::apigw::{
    ApiGatewayProxyRequest, ApiGatewayProxyResponse, ApiGatewayV2httpRequest,
    ApiGatewayV2httpResponse,
};
use aws_lambda_events::encodings::Body;
use axum::Router;
use chaos_core::inject_chaos;
use lambda_http::http::{HeaderMap, HeaderValue};
use lambda_http::{Error, IntoResponse, Request, Response};
use lambda_runtime::LambdaEvent;
use serde_json::{Value, json};

const ANSWER: &str = "own answer";

fn headers() -> HeaderMap {
    let headers = [("access-control-allow-origin", "*"), ("vary", "Origin")];
    let headers = headers.map(|(name, value)| {
        (
            name.parse().expect("a name"),
            HeaderValue::from_static(value),
        )
    });
    headers.into_iter().collect()
}

fn body() -> Body {
    Body::Text(ANSWER.to_owned())
}

#[inject_chaos]
pub(crate) async fn api_v2(
    _: LambdaEvent<ApiGatewayV2httpRequest>,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = 200;
    response.headers = headers();
    response.body = Some(body());
    Ok(response)
}

/// With its headers in the map of lists.
#[inject_chaos]
pub(crate) async fn api_v1(
    _: LambdaEvent<ApiGatewayProxyRequest>,
) -> Result<ApiGatewayProxyResponse, Error> {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = 200;
    response.multi_value_headers = headers();
    response.body = Some(body());
    Ok(response)
}

#[inject_chaos]
pub(crate) async fn alb(
    _: LambdaEvent<AlbTargetGroupRequest>,
) -> Result<AlbTargetGroupResponse, Error> {
    let mut response = AlbTargetGroupResponse::default();
    response.status_code = 200;
    response.headers = headers();
    response.body = Some(body());
    Ok(response)
}

#[inject_chaos]
pub(crate) async fn value(event: LambdaEvent<Value>) -> Result<Value, Error> {
    bare(event).await
}

/// The same without chaos, for the door that wraps it.
pub(crate) async fn bare(_: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(json!({
        "statusCode": 200,
        "headers": {"Access-Control-Allow-Origin": "*", "Vary": "Origin"},
        "body": ANSWER,
    }))
}

#[inject_chaos]
pub(crate) async fn response(_: Request) -> Result<Response<lambda_http::Body>, Error> {
    let mut response = Response::new(ANSWER.into());
    *response.headers_mut() = headers();
    Ok(response)
}

#[inject_chaos]
pub(crate) async fn into(request: Request) -> Result<impl IntoResponse, Error> {
    let mut response = Response::new(request.uri().path().replace("/greet", ANSWER));
    *response.headers_mut() = headers();
    Ok(response)
}

/// For the layer round it.
pub(crate) fn router() -> Router {
    Router::new().fallback(async || (headers(), ANSWER))
}
