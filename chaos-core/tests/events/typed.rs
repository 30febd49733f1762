//! Events as the types of `aws_lambda_events`.

use aws_lambda_events::alb::AlbTargetGroupRequest;
use aws_lambda_events::apigw::{ApiGatewayProxyRequest, ApiGatewayV2httpRequest};
use aws_lambda_events::eventbridge::EventBridgeEvent;
use aws_lambda_events::s3::S3Event;
use aws_lambda_events::sns::SnsEvent;
use aws_lambda_events::sqs::SqsEvent;
use chaos_core::inject_chaos;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::Value;

use super::ask::{differences, everything_of, example};

/// A wrapped handler of a type, asked everything of an example; the paths that differ.
macro_rules! differs {
    ($kind:literal as $event:ty) => {{
        #[inject_chaos]
        async fn handler(event: LambdaEvent<$event>) -> Result<(), Error> {
            drop(event);
            Ok(())
        }
        let sent = example($kind);
        let event: $event = serde_json::from_value(sent.clone()).expect("its type");
        let call = || handler(LambdaEvent::new(event.clone(), Context::default()));
        let differences = differences(&everything_of(&sent), call).await;
        differences.into_iter().collect::<Vec<_>>()
    }};
}

const NOWHERE: [&str; 0] = [];

#[tokio::test]
async fn api_gateway_1() {
    // The type does not have the field.
    let lost = ["requestContext.extendedRequestId"];
    assert_eq!(differs!("rest_api" as ApiGatewayProxyRequest), lost);
}

#[tokio::test]
async fn api_gateway_2() {
    assert_eq!(differs!("http_api" as ApiGatewayV2httpRequest), NOWHERE);
    assert_eq!(differs!("function_url" as ApiGatewayV2httpRequest), NOWHERE);
}

#[tokio::test]
async fn load_balancer() {
    assert_eq!(differs!("alb" as AlbTargetGroupRequest), NOWHERE);
    assert_eq!(differs!("alb_lists" as AlbTargetGroupRequest), NOWHERE);
}

#[tokio::test]
async fn queue() {
    assert_eq!(differs!("sqs" as SqsEvent), NOWHERE);
}

#[tokio::test]
async fn topic() {
    assert_eq!(differs!("sns" as SnsEvent), NOWHERE);
}

#[tokio::test]
async fn bus() {
    assert_eq!(differs!("event_bridge" as EventBridgeEvent<Value>), NOWHERE);
}

#[tokio::test]
async fn bucket() {
    // Its time is shown without the fraction of a whole second.
    let lost = ["Records.0.eventTime"];
    assert_eq!(differs!("s3" as S3Event), lost);
}
