//! Workers, one a kind of event. Each answers nothing.

use aws_lambda_events::eventbridge::EventBridgeEvent;
use aws_lambda_events::s3::S3Event;
use aws_lambda_events::sns::SnsEvent;
use chaos_core::inject_chaos;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;

#[inject_chaos]
pub(crate) async fn sns(_: LambdaEvent<SnsEvent>) -> Result<(), Error> {
    Ok(())
}

#[inject_chaos]
pub(crate) async fn event_bridge(_: LambdaEvent<EventBridgeEvent<Value>>) -> Result<(), Error> {
    Ok(())
}

#[inject_chaos]
pub(crate) async fn s3(_: LambdaEvent<S3Event>) -> Result<(), Error> {
    Ok(())
}
