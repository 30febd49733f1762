//! Handlers with error types other than a box, one an error type.

use chaos_core::{InjectedError, inject_chaos};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::{Value, json};

#[inject_chaos]
pub(crate) async fn diagnostic(_: LambdaEvent<Value>) -> Result<Value, Diagnostic> {
    Ok(json!({"statusCode": 200, "body": "own answer"}))
}

/// A user's own errors.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OwnError {
    #[error("order {0} is unknown")]
    UnknownOrder(String),
    #[error("somebody meddled: {0}")]
    Injected(#[from] InjectedError),
}

impl From<OwnError> for Diagnostic {
    fn from(error: OwnError) -> Self {
        let error_type = match &error {
            OwnError::UnknownOrder(_) => "UnknownOrder",
            OwnError::Injected(injected) => injected.error_type(),
        };
        Self {
            error_type: error_type.to_owned(),
            error_message: error.to_string(),
        }
    }
}

/// Fails by itself for an event that names an order.
#[inject_chaos]
pub(crate) async fn own(event: LambdaEvent<Value>) -> Result<Value, OwnError> {
    match event.payload["order"].as_str() {
        Some(order) => Err(OwnError::UnknownOrder(order.to_owned())),
        None => Ok(json!({"statusCode": 200, "body": "own answer"})),
    }
}

/// An error that knows nothing of chaos.
#[derive(Debug)]
pub(crate) struct Foreign(InjectedError);

impl From<Foreign> for Diagnostic {
    fn from(error: Foreign) -> Self {
        Self {
            error_type: "Foreign".to_owned(),
            error_message: format!("{} by way of a path", error.0),
        }
    }
}

fn foreign(error: InjectedError) -> Foreign {
    Foreign(error)
}

#[inject_chaos(error = foreign)]
pub(crate) async fn by_path(_: LambdaEvent<Value>) -> Result<Value, Foreign> {
    Ok(json!({"statusCode": 200, "body": "own answer"}))
}
