//! Handlers under `lambda_runtime`, one a return type. Each answers 200 and "own answer".

use std::time::Duration;

use aws_lambda_events::alb::{AlbTargetGroupRequest, AlbTargetGroupResponse};
use aws_lambda_events::apigw::{
    ApiGatewayProxyRequest, ApiGatewayProxyResponse, ApiGatewayV2httpRequest,
    ApiGatewayV2httpResponse,
};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use chaos_core::inject_chaos;
use lambda_runtime::{Error, LambdaEvent};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const ANSWER: &str = "own answer";

fn body() -> Body {
    Body::Text(ANSWER.to_owned())
}

#[inject_chaos]
pub(crate) async fn api_v2(
    _: LambdaEvent<ApiGatewayV2httpRequest>,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = 200;
    response.body = Some(body());
    Ok(response)
}

#[inject_chaos]
pub(crate) async fn api_v1(
    _: LambdaEvent<ApiGatewayProxyRequest>,
) -> Result<ApiGatewayProxyResponse, Error> {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = 200;
    response.body = Some(body());
    Ok(response)
}

#[inject_chaos]
pub(crate) async fn alb(
    _: LambdaEvent<AlbTargetGroupRequest>,
) -> Result<AlbTargetGroupResponse, Error> {
    let mut response = AlbTargetGroupResponse::default();
    response.status_code = 200;
    response.body = Some(body());
    Ok(response)
}

/// The handler of most tests. `{"mark": true}` has it write a line.
#[inject_chaos]
pub(crate) async fn value(event: LambdaEvent<Value>) -> Result<Value, Error> {
    bare(event).await
}

/// Answers somebody who is no browser, and so with no code.
#[inject_chaos]
pub(crate) async fn plain(_: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(json!({"name": "Eleanor", "count": 7, "items": ["tea", "milk", "honey"]}))
}

/// The handler `value` without chaos, for the doors that wrap it.
pub(crate) async fn bare(event: LambdaEvent<Value>) -> Result<Value, Error> {
    if event.payload["mark"] == true {
        tracing::info!("mark");
    }
    Ok(json!({"statusCode": 200, "body": ANSWER}))
}

/// A handler that calls a point.
#[inject_chaos]
pub(crate) async fn pointed(event: LambdaEvent<Value>) -> Result<Value, Error> {
    point(event).await
}

/// The same without chaos round the handler.
pub(crate) async fn point(event: LambdaEvent<Value>) -> Result<Value, Error> {
    stored().await?;
    bare(event).await
}

#[inject_chaos(point = "store.get")]
async fn stored() -> Result<(), Error> {
    Ok(())
}

/// Takes a while, so that several run at once.
#[inject_chaos]
pub(crate) async fn slow(_: LambdaEvent<Value>) -> Result<Value, Error> {
    tokio::time::sleep(Duration::from_millis(100)).await;
    Ok(json!({"statusCode": 200, "body": ANSWER}))
}

/// A user's own response.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Own {
    status_code: u16,
    body: String,
}

#[inject_chaos]
pub(crate) async fn own(_: LambdaEvent<Value>) -> Result<Own, Error> {
    Ok(Own {
        status_code: 200,
        body: ANSWER.to_owned(),
    })
}

#[inject_chaos]
pub(crate) async fn serialize(_: LambdaEvent<Value>) -> Result<impl Serialize, Error> {
    Ok(json!({"statusCode": 200, "body": ANSWER}))
}

/// A worker, whose answer has no place for a status code: the second message is to come again.
#[inject_chaos]
pub(crate) async fn sqs(event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    let again = event.payload.records.iter().skip(1);
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = again
        .map(|message| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = message.message_id.clone().unwrap_or_default();
            failure
        })
        .collect();
    Ok(response)
}
