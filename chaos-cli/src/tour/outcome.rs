//! What came back from an invocation, as its caller sees it.

use std::fmt;

use chaos_local::{FunctionError, InvokeError, Reply};
use serde_json::Value;

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// A response in the shape that HTTP integrations take.
    Http { status: u64, body: String },
    /// Any other JSON.
    Json(Value),
    /// An error: the function's own, or Lambda's about it.
    Error { kind: String, message: String },
}

impl Outcome {
    pub(crate) fn of(answer: Result<&Reply, &InvokeError>) -> Self {
        let reply = match answer {
            Ok(reply) => reply,
            Err(error) => return Self::error(error.function_error()),
        };
        if let Some((prelude, body)) = reply.http_stream() {
            return Self::Http {
                status: prelude["statusCode"].as_u64().unwrap_or(200),
                body: String::from_utf8_lossy(&body).into_owned(),
            };
        }
        match reply.payload() {
            Ok(payload) => Self::payload(payload),
            Err(error) => Self::error(error),
        }
    }

    fn payload(payload: Value) -> Self {
        let Some(status) = payload["statusCode"].as_u64() else {
            return Self::Json(payload);
        };
        let body = match &payload["body"] {
            Value::Null => String::new(),
            Value::String(body) => body.clone(),
            other => other.to_string(),
        };
        Self::Http { status, body }
    }

    fn error(error: FunctionError) -> Self {
        Self::Error {
            kind: error.error_type,
            message: error.error_message,
        }
    }

    pub(crate) fn status(&self) -> Option<u64> {
        match self {
            Self::Http { status, .. } => Some(*status),
            _ => None,
        }
    }

    pub(crate) fn is_error(&self) -> bool {
        matches!(self, Self::Error { .. })
    }

    /// Whether it is the same as far as can be asked of a function whose answers vary.
    pub(crate) fn resembles(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Http { status, .. }, Self::Http { status: also, .. }) => status == also,
            (Self::Json(_), Self::Json(_)) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http { status, body } => write!(f, "{status} {body}"),
            Self::Json(value) => write!(f, "{value}"),
            Self::Error { kind, message } if kind.is_empty() => write!(f, "error: {message}"),
            Self::Error { kind, message } => write!(f, "{}: {message}", without_paths(kind)),
        }
    }
}

/// A type's name as people write it: `&Box<dyn Error>` for `&alloc::boxed::Box<dyn
/// core::error::Error>`, which is what a boxed error makes of `errorType`.
fn without_paths(kind: &str) -> String {
    let mut short = String::new();
    for piece in kind.split("::") {
        let is_word = |char: char| char.is_alphanumeric() || char == '_';
        short.truncate(short.trim_end_matches(is_word).len());
        short.push_str(piece);
    }
    short
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_a_status_code_is_a_response() {
        let response = Outcome::payload(json!({"statusCode": 200, "body": "hi"}));
        assert_eq!(response.to_string(), "200 hi");
        let empty = Outcome::payload(json!({"statusCode": 204, "body": null}));
        assert_eq!(empty.to_string(), "204 ");
        let other = Outcome::payload(json!({"answer": 42}));
        assert_eq!(other.to_string(), r#"{"answer":42}"#);
    }

    #[test]
    fn a_boxed_error_is_shown_without_paths() {
        let error = Outcome::Error {
            kind: "&alloc::boxed::Box<dyn core::error::Error + core::marker::Send>".to_owned(),
            message: "std::io: no".to_owned(),
        };
        assert_eq!(error.to_string(), "&Box<dyn Error + Send>: std::io: no");
        assert_eq!(without_paths("Runtime.ExitError"), "Runtime.ExitError");
    }

    #[test]
    fn answers_that_vary_resemble_each_other() {
        let http = |status, body: &str| Outcome::Http {
            status,
            body: body.to_owned(),
        };
        assert!(http(200, "12:01").resembles(&http(200, "12:02")));
        assert!(!http(200, "12:01").resembles(&http(503, "12:01")));
        assert!(!http(200, "1").resembles(&Outcome::Json(json!(1))));
    }
}
