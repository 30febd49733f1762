//! One call of Lambda's API: `Invoke`.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};

use super::api::Functions;
use super::invocation::Invocation;
use super::invoker::Invoker;
use super::reply::{InvokeError, Reply};
use crate::server::{Answer, Body, decoded};

pub(super) async fn answer(functions: Arc<Functions>, request: Request<Body>) -> Answer {
    match invoke(&functions, request).await {
        Ok(answer) => answer,
        Err(refused) => refused.into_answer(),
    }
}

async fn invoke(functions: &Functions, request: Request<Body>) -> Result<Answer, Refused> {
    let target = Target::of(&request).ok_or(Refused::UNKNOWN_OPERATION)?;
    let kind = Kind::of(request.headers())?;
    let tenant = text(request.headers(), "x-amz-tenant-id")?.map(str::to_owned);
    let function = functions
        .named(&target.name)
        .filter(|function| target.is_of(function))
        .ok_or_else(|| Refused::not_found(&target))?;

    let body = request.into_body().collect().await;
    let body = body.map_err(|_| Refused::invalid_content("The request's body is not whole"))?;
    let mut invocation = Invocation::raw(payload(body.to_bytes())?);
    if let Some(tenant) = tenant {
        invocation = invocation.tenant_id(tenant);
    }
    let id = invocation.request_id.clone();
    let answer = match kind {
        Kind::RequestResponse => {
            let outcome = function.invoke(invocation).await;
            let mut answer = replied(outcome, &target)?;
            insert(&mut answer, "x-amz-executed-version", &function.version);
            answer
        }
        Kind::Event => {
            tokio::spawn(async move { function.invoke(invocation).await });
            empty(StatusCode::ACCEPTED)
        }
        Kind::DryRun => empty(StatusCode::NO_CONTENT),
    };
    Ok(with_id(answer, &id))
}

/// Which function is called: `NAME`, `NAME:VERSION`, or the same at the end of an ARN.
struct Target {
    name: String,
    version: Option<String>,
}

impl Target {
    /// Of `POST /2015-03-31/functions/FUNCTION/invocations?Qualifier=VERSION`.
    fn of(request: &Request<Body>) -> Option<Self> {
        let path = request.uri().path();
        let function = path
            .strip_prefix("/2015-03-31/functions/")?
            .strip_suffix("/invocations")
            .filter(|function| !function.contains('/') && request.method() == Method::POST)?;
        let mut query = request.uri().query().unwrap_or_default().split('&');
        let qualifier = query.find_map(|pair| pair.strip_prefix("Qualifier="));
        Some(Self::named(&decoded(function), qualifier.map(decoded)))
    }

    fn named(function: &str, qualifier: Option<String>) -> Self {
        // arn:aws:lambda:REGION:ACCOUNT:function:NAME:VERSION, or less of it from the left
        let own = match function.split_once("function:") {
            Some((_, own)) => own,
            None => function,
        };
        let (name, version) = match own.split_once(':') {
            Some((name, version)) => (name, Some(version.to_owned())),
            None => (own, None),
        };
        Self {
            name: name.to_owned(),
            version: version.or(qualifier),
        }
    }

    fn is_of(&self, function: &Invoker) -> bool {
        let own = |version: &String| *version == function.version || version == "$LATEST";
        self.version.as_ref().is_none_or(own)
    }
}

/// How it is called.
#[derive(Clone, Copy)]
enum Kind {
    RequestResponse,
    Event,
    DryRun,
}

impl Kind {
    /// What the headers ask for, if it is all to be had here.
    fn of(headers: &HeaderMap) -> Result<Self, Refused> {
        if text(headers, "x-amz-log-type")? == Some("Tail") {
            return Err(Refused::invalid_parameter(
                "There is no tail of a log here; leave LogType out",
            ));
        }
        if headers.contains_key("x-amz-client-context") {
            return Err(Refused::invalid_parameter(
                "Client contexts are not passed on here; leave ClientContext out",
            ));
        }
        match text(headers, "x-amz-invocation-type")? {
            None | Some("RequestResponse") => Ok(Self::RequestResponse),
            Some("Event") => Ok(Self::Event),
            Some("DryRun") => Ok(Self::DryRun),
            Some(other) => Err(Refused::invalid_parameter(format!(
                "InvocationType is {other:?}; write RequestResponse, Event or DryRun"
            ))),
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refused> {
    let value = headers.get(name).map(HeaderValue::to_str).transpose();
    value.map_err(|_| Refused::invalid_parameter(format!("{name} is no text")))
}

/// The event, which is JSON; none at all is an empty one.
fn payload(body: Bytes) -> Result<Bytes, Refused> {
    if body.is_empty() {
        return Ok(Bytes::from_static(b"{}"));
    }
    match serde_json::from_slice::<Value>(&body) {
        Ok(_) => Ok(body),
        Err(error) => Err(Refused::invalid_content(format!(
            "Could not parse request body into json: {error}"
        ))),
    }
}

/// What a caller who waits for it gets: that a function failed is a reply too.
fn replied(outcome: Result<Reply, InvokeError>, target: &Target) -> Result<Answer, Refused> {
    let (raw, failed) = match outcome {
        Ok(Reply { raw, failed, .. }) => (raw, failed),
        Err(InvokeError::Stopped) => return Err(Refused::not_found(target)),
        Err(error) => {
            let error = error.function_error().to_json();
            (Bytes::from(error.to_string()), true)
        }
    };
    let mut answer = Response::new(Full::new(raw));
    insert(&mut answer, header::CONTENT_TYPE.as_str(), JSON);
    if failed {
        insert(&mut answer, "x-amz-function-error", "Unhandled");
    }
    Ok(answer)
}

const JSON: &str = "application/json";

fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}

fn with_id(mut answer: Answer, id: &str) -> Answer {
    insert(&mut answer, "x-amzn-requestid", id);
    answer
}

/// A version that cannot be sent is left out.
fn insert(answer: &mut Answer, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}

/// Why a call is refused, as the service says it.
struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refused {
    const UNKNOWN_OPERATION: Self = Self {
        status: StatusCode::NOT_FOUND,
        code: "UnknownOperationException",
        message: String::new(),
    };

    fn not_found(target: &Target) -> Self {
        let version = target.version.as_deref();
        let version = version
            .map(|version| format!(":{version}"))
            .unwrap_or_default();
        Self {
            status: StatusCode::NOT_FOUND,
            code: "ResourceNotFoundException",
            message: format!("Function not found: {}{version}", target.name),
        }
    }

    fn invalid_content(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: "InvalidRequestContentException",
            message: message.into(),
        }
    }

    fn invalid_parameter(message: impl Into<String>) -> Self {
        Self {
            code: "InvalidParameterValueException",
            ..Self::invalid_content(message)
        }
    }

    fn into_answer(self) -> Answer {
        let body = json!({"Type": "User", "Message": self.message}).to_string();
        let mut answer = Response::new(Full::from(body));
        *answer.status_mut() = self.status;
        insert(&mut answer, header::CONTENT_TYPE.as_str(), JSON);
        insert(&mut answer, "x-amzn-errortype", self.code);
        with_id(answer, &super::request_id())
    }
}
