use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::id;
use super::reply::InvokeError;

/// One event for a function, with what Lambda says about it in headers.
///
/// Whatever is left out is filled in as Lambda would: a new request id, a new trace id, the
/// function's own timeout.
///
/// ```no_run
/// # async fn example(function: chaos_local::Function) -> Result<(), chaos_local::InvokeError> {
/// use chaos_local::Invocation;
/// use serde_json::json;
///
/// let order = Invocation::new(json!({"order": 7})).tenant_id("blue").request_id("req-7");
/// let reply = function.invoke(order).await?;
/// assert_eq!(reply.request_id, "req-7");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "an invocation does nothing until a function is invoked with it"]
pub struct Invocation {
    pub(crate) payload: Bytes,
    pub(crate) request_id: String,
    pub(crate) trace_id: String,
    pub(crate) timeout: Option<Duration>,
    pub(crate) announced_deadline: Option<SystemTime>,
    client_context: Option<String>,
    cognito_identity: Option<String>,
    tenant_id: Option<String>,
}

impl Invocation {
    /// An invocation with this event.
    pub fn new(payload: impl Into<Value>) -> Self {
        Self::raw(payload.into().to_string())
    }

    /// An invocation with these bytes, be they JSON or not.
    pub fn raw(payload: impl Into<Bytes>) -> Self {
        Self {
            payload: payload.into(),
            request_id: id::request_id(),
            trace_id: id::trace_id(),
            timeout: None,
            announced_deadline: None,
            client_context: None,
            cognito_identity: None,
            tenant_id: None,
        }
    }

    /// The id of the request, instead of a new one. Ids of invocations that are under way at the
    /// same time must differ.
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = id.into();
        self
    }

    /// The X-Ray trace header, instead of a new one that is not sampled.
    pub fn trace_id(mut self, id: impl Into<String>) -> Self {
        self.trace_id = id.into();
        self
    }

    /// The time that this invocation has, instead of the function's timeout.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The deadline that the function is told, whatever the real one is: some emulators send one
    /// in the past. The timeout holds all the same.
    pub fn announced_deadline(mut self, deadline: SystemTime) -> Self {
        self.announced_deadline = Some(deadline);
        self
    }

    /// The client context, as the mobile SDK sends it.
    pub fn client_context(mut self, context: &Value) -> Self {
        self.client_context = Some(context.to_string());
        self
    }

    /// The Cognito identity of the invoker.
    pub fn cognito_identity(mut self, identity: &Value) -> Self {
        self.cognito_identity = Some(identity.to_string());
        self
    }

    /// The tenant, for a function with tenant isolation.
    pub fn tenant_id(mut self, tenant: impl Into<String>) -> Self {
        self.tenant_id = Some(tenant.into());
        self
    }

    /// The headers that do not depend on when the invocation is handed out.
    pub(crate) fn headers(&self, function_arn: &str) -> Result<HeaderMap, InvokeError> {
        let values = [
            (
                "lambda-runtime-aws-request-id",
                Some(self.request_id.as_str()),
            ),
            ("lambda-runtime-invoked-function-arn", Some(function_arn)),
            ("lambda-runtime-trace-id", Some(&self.trace_id)),
            (
                "lambda-runtime-client-context",
                self.client_context.as_deref(),
            ),
            (
                "lambda-runtime-cognito-identity",
                self.cognito_identity.as_deref(),
            ),
            ("lambda-runtime-aws-tenant-id", self.tenant_id.as_deref()),
        ];
        let mut headers = HeaderMap::new();
        for (header, value) in values {
            if let Some(value) = value {
                let value = HeaderValue::from_str(value)
                    .map_err(|_| InvokeError::InvalidHeader { header })?;
                headers.insert(HeaderName::from_static(header), value);
            }
        }
        Ok(headers)
    }
}

impl From<Value> for Invocation {
    fn from(payload: Value) -> Self {
        Self::new(payload)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Invocation;
    use crate::InvokeError;

    #[test]
    fn a_header_that_cannot_be_sent_is_named() {
        let invocation = Invocation::new(json!({})).tenant_id("two\nlines");
        let error = invocation.headers("arn").unwrap_err();
        assert!(
            matches!(
                error,
                InvokeError::InvalidHeader {
                    header: "lambda-runtime-aws-tenant-id"
                }
            ),
            "{error}"
        );
    }
}
