//! Lambda's Runtime API, SSM Parameter Store, and the agents of Parameter Store and `AppConfig`
//! on loopback, in one process, for tests.
//!
//! A [`Function`] runs a Lambda function as a real process and invokes it, and a [`LambdaApi`] lets
//! functions invoke each other through an AWS SDK. An [`HttpApi`] puts API Gateway in front of one. A
//! [`ParameterStore`] answers an AWS SDK as the
//! service does, errors included, and can be told to misbehave. An [`AppConfigAgent`] and a
//! [`ParametersExtension`] stand for the agents that AWS offers as Lambda layers, and [`AppConfig`]
//! for the control plane behind the former. Nothing listens anywhere but on 127.0.0.1, on ports that the system picks, and the processes that were started here
//! end with the values that stand for them.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use chaos_local::{Behaviour, Function, ParameterStore};
//! use serde_json::json;
//!
//! let params = ParameterStore::start().await?;
//! params.put("/orders/config", r#"{"currency": "EUR"}"#)?;
//!
//! let function = Function::builder("orders")
//!     .envs(params.env())
//!     .env("CONFIG_PARAM", "/orders/config")
//!     .start("target/debug/orders")
//!     .await?;
//!
//! let reply = function.invoke(json!({"order": 7})).await?;
//! assert_eq!(reply.payload()?["currency"], "EUR");
//!
//! // What does it do when Parameter Store throttles it?
//! params.behave(Behaviour::Throttled).await?;
//! let reply = function.invoke(json!({"order": 8})).await?;
//! assert_eq!(reply.payload()?["currency"], "EUR");
//! # Ok(())
//! # }
//! ```
//!
//! What a process does wrong shows as it shows in Lambda: one that misses its deadline is killed
//! and started again (`Sandbox.Timedout`), one that exits is started again (`Runtime.ExitError`),
//! and one that never gets to work says why ([`InvokeError::InitFailed`]).

// One folder a service, each on top of `server.rs`.
mod appconfig;
mod behaviour;
#[cfg(fuzzing)]
mod fuzzed;
mod http_api;
mod lambda;
mod server;
mod ssm;

pub use appconfig::{AppConfig, AppConfigAgent, Deployment, DeploymentState};
pub use behaviour::Behaviour;
#[cfg(fuzzing)]
pub use fuzzed::Ask;
pub use http_api::HttpApi;
pub use lambda::{
    Function, FunctionBuilder, FunctionError, Invocation, InvokeError, LambdaApi, Reply,
};
pub use ssm::{
    Parameter, ParameterStore, ParameterType, ParametersExtension, RecordedRequest, ServiceError,
    Tier,
};

/// The region of everything here, unless a function is given another.
pub const REGION: &str = "us-east-1";

/// The account in every ARN. It is the one of AWS's documentation.
pub const ACCOUNT_ID: &str = "123456789012";

const ACCESS_KEY_ID: &str = "chaos-local";
const SECRET_ACCESS_KEY: &str = "chaos-local";
const SESSION_TOKEN: &str = "chaos-local";
