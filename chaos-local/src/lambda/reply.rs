//! What an invocation comes to: a reply, a function's error, or none of both.

use std::process::ExitStatus;
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

/// Between the prelude and the body of a streamed HTTP response.
const PRELUDE_END: &[u8] = &[0; 8];

/// What a function answered, whether it succeeded or reported an error.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply {
    /// The id that the function saw as `lambda-runtime-aws-request-id`.
    pub request_id: String,
    /// The bytes that the function sent, unchanged. Those of a streamed response are whole.
    pub raw: Bytes,
    /// From the moment the invocation was handed out until its answer had arrived whole.
    pub duration: Duration,
    /// Whether the function streamed its response (`Lambda-Runtime-Function-Response-Mode`).
    pub streamed: bool,
    /// Whether this is the error that the function reported for the invocation.
    pub failed: bool,
}

impl Reply {
    /// The function's answer as JSON. Nothing at all is `null`; what is no JSON, as a streamed
    /// response mostly is, becomes a JSON string of it.
    ///
    /// # Errors
    ///
    /// The error that the function reported, if that is what it answered.
    ///
    /// ```no_run
    /// # async fn example(function: chaos_local::Function) -> Result<(), chaos_local::InvokeError> {
    /// let reply = function.invoke(serde_json::json!({"name": "Ada"})).await?;
    /// assert_eq!(reply.payload().unwrap()["statusCode"], 200);
    /// # Ok(())
    /// # }
    /// ```
    pub fn payload(&self) -> Result<Value, FunctionError> {
        if self.failed {
            return Err(FunctionError::parse(&self.raw));
        }
        if self.raw.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_slice(&self.raw)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&self.raw).into_owned())))
    }

    /// The two parts of a streamed HTTP response: its prelude (status code, headers, cookies) and
    /// its body. `None` if the response was not streamed or has no prelude.
    pub fn http_stream(&self) -> Option<(Value, Bytes)> {
        if !self.streamed {
            return None;
        }
        let end = self
            .raw
            .windows(PRELUDE_END.len())
            .position(|bytes| bytes == PRELUDE_END)?;
        let prelude = serde_json::from_slice(&self.raw[..end]).ok()?;
        Some((prelude, self.raw.slice(end + PRELUDE_END.len()..)))
    }
}

/// An error as Lambda shows it to an invoker: `errorType`, `errorMessage`, `stackTrace`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{error_type}: {error_message}")]
#[non_exhaustive]
pub struct FunctionError {
    /// What kind of error it is, such as a type's name or `Runtime.ExitError`.
    #[serde(default)]
    pub error_type: String,
    /// What happened, for people.
    #[serde(default)]
    pub error_message: String,
    /// Where, if the function said so; functions in Rust do not.
    #[serde(default)]
    pub stack_trace: Vec<String>,
}

impl FunctionError {
    pub(crate) fn new(error_type: &str, error_message: impl Into<String>) -> Self {
        Self {
            error_type: error_type.to_owned(),
            error_message: error_message.into(),
            stack_trace: Vec::new(),
        }
    }

    /// A body that is no error document is the message.
    pub(crate) fn parse(body: &[u8]) -> Self {
        serde_json::from_slice(body)
            .unwrap_or_else(|_| Self::new("", String::from_utf8_lossy(body).into_owned()))
    }

    /// The payload that an invoker gets for this error.
    ///
    /// ```no_run
    /// # async fn example(function: chaos_local::Function) {
    /// let error = function.invoke(serde_json::json!({})).await.unwrap_err().function_error();
    /// assert_eq!(error.to_json()["errorType"], "Sandbox.Timedout");
    /// # }
    /// ```
    pub fn to_json(&self) -> Value {
        json!({
            "errorType": self.error_type,
            "errorMessage": self.error_message,
            "stackTrace": self.stack_trace,
        })
    }
}

/// Why an invocation has no reply.
///
/// [`function_error`](Self::function_error) says it as Lambda would say it to an invoker.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvokeError {
    /// The deadline passed. A child has been killed for it; an attached process goes on, and what
    /// it answers later is dropped.
    #[error("request {request_id} timed out after {:.2} seconds", after.as_secs_f64())]
    TimedOut {
        /// The invocation's id.
        request_id: String,
        /// The time that the invocation had.
        after: Duration,
    },
    /// The process ended before it answered.
    #[error("the function's process ended during request {request_id}: {status}")]
    Exited {
        /// The invocation's id.
        request_id: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// The process did not get as far as asking for its first invocation: it reported an error,
    /// ended, took too long or could not be started.
    #[error("the function did not start: {error}")]
    InitFailed {
        /// The error as an invoker sees it.
        error: FunctionError,
    },
    /// Nobody asked for the invocation. Has a process been attached, and is it alive?
    #[error(
        "no process asked for request {request_id} within {:.2} seconds; start the function's process, or \
         look at its output",
        waited.as_secs_f64()
    )]
    NotPolled {
        /// The invocation's id.
        request_id: String,
        /// How long the invocation had been waiting.
        waited: Duration,
    },
    /// The response is larger than Lambda takes (6 MB; streamed responses have no limit here).
    #[error(
        "the response of request {request_id} has {size} bytes, which is more than Lambda takes"
    )]
    ResponseTooLarge {
        /// The invocation's id.
        request_id: String,
        /// The response's size in bytes.
        size: usize,
    },
    /// A value of the [`Invocation`](crate::Invocation) cannot be sent as an HTTP header.
    #[error("the value for {header} cannot be sent in a header")]
    InvalidHeader {
        /// The header's name.
        header: &'static str,
    },
    /// The function was stopped.
    #[error("the function was stopped")]
    Stopped,
}

impl InvokeError {
    /// The error as Lambda shows it to an invoker, such as `Sandbox.Timedout` with
    /// `RequestId: … Error: Task timed out after 3.00 seconds`.
    ///
    /// ```no_run
    /// # async fn example(function: chaos_local::Function) {
    /// let error = function.invoke(serde_json::json!({})).await.unwrap_err();
    /// assert_eq!(error.function_error().error_type, "Runtime.ExitError");
    /// # }
    /// ```
    pub fn function_error(&self) -> FunctionError {
        match self {
            Self::TimedOut { request_id, after } => timed_out(request_id, *after),
            Self::Exited { request_id, status } => exited(request_id, *status),
            Self::InitFailed { error } => error.clone(),
            Self::NotPolled { request_id, waited } => timed_out(request_id, *waited),
            Self::ResponseTooLarge { .. } => FunctionError::new(
                "Function.ResponseSizeTooLarge",
                format!(
                    "Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE} bytes)."
                ),
            ),
            Self::InvalidHeader { .. } => {
                FunctionError::new("InvalidRequestContentException", self.to_string())
            }
            Self::Stopped => FunctionError::new("ResourceNotFoundException", self.to_string()),
        }
    }
}

/// Why a process never asked for an invocation.
#[derive(Clone, Debug)]
pub(crate) enum InitFailure {
    /// What the process said in `/init/error`.
    Reported(FunctionError),
    Exited(ExitStatus),
    TooSlow(Duration),
    NotStarted(String),
}

impl InitFailure {
    pub(crate) fn to_error(&self, request_id: &str) -> FunctionError {
        match self {
            Self::Reported(error) => error.clone(),
            Self::Exited(status) => exited(request_id, *status),
            Self::TooSlow(limit) => timed_out(request_id, *limit),
            Self::NotStarted(error) => {
                runtime_error("Runtime.InvalidEntrypoint", request_id, error)
            }
        }
    }
}

/// The largest response that Lambda takes in one piece, in bytes.
pub(crate) const MAX_RESPONSE: usize = 6 * 1024 * 1024 + 100;

fn timed_out(request_id: &str, after: Duration) -> FunctionError {
    let message = format!("Task timed out after {:.2} seconds", after.as_secs_f64());
    runtime_error("Sandbox.Timedout", request_id, &message)
}

fn exited(request_id: &str, status: ExitStatus) -> FunctionError {
    let message = match status.code() {
        Some(0) => "Runtime exited without providing a reason".to_owned(),
        Some(code) => format!("Runtime exited with error: exit status {code}"),
        None => format!("Runtime exited with error: signal: {}", signal(status)),
    };
    runtime_error("Runtime.ExitError", request_id, &message)
}

/// An error that Lambda itself reports. What happens before any request has no id to name.
fn runtime_error(error_type: &str, request_id: &str, message: &str) -> FunctionError {
    if request_id.is_empty() {
        return FunctionError::new(error_type, format!("Error: {message}"));
    }
    FunctionError::new(
        error_type,
        format!("RequestId: {request_id} Error: {message}"),
    )
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    // The words are those of Go, in which Lambda's side is written.
    match status.signal() {
        Some(4) => "illegal instruction".to_owned(),
        Some(6) => "aborted".to_owned(),
        Some(8) => "floating point exception".to_owned(),
        Some(9) => "killed".to_owned(),
        Some(11) => "segmentation fault".to_owned(),
        Some(15) => "terminated".to_owned(),
        other => format!("signal {}", other.unwrap_or_default()),
    }
}

#[cfg(not(unix))]
fn signal(status: ExitStatus) -> String {
    status.to_string()
}
