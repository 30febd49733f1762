//! The Runtime API of one function: `next`, `response`, `error` and `init/error`.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};

use super::queue::{Announced, Queue, UnknownRequest};
use super::reply::FunctionError;
use crate::server::{Answer, Body};

const INVOCATION: &str = "/2018-06-01/runtime/invocation/";
const INIT_ERROR: &str = "/2018-06-01/runtime/init/error";

pub(crate) async fn answer(queue: Arc<Queue>, request: Request<Body>) -> Answer {
    let path = request.uri().path().to_owned();
    if path == INIT_ERROR && request.method() == Method::POST {
        return init_error(&queue, request).await;
    }
    let Some(invocation) = path.strip_prefix(INVOCATION) else {
        return not_found();
    };
    match (request.method(), invocation.split_once('/')) {
        (&Method::GET, None) if invocation == "next" => next(&queue).await,
        (&Method::POST, Some((id, "response"))) => take(&queue, id, request, false).await,
        (&Method::POST, Some((id, "error"))) => take(&queue, id, request, true).await,
        _ => not_found(),
    }
}

/// A long poll: answers when there is an invocation.
async fn next(queue: &Arc<Queue>) -> Answer {
    let epoch = queue.epoch();
    let Some(event) = queue.next(epoch).await else {
        return error(StatusCode::GONE, "Gone", "This process has been replaced");
    };
    let deadline = match event.deadline {
        Announced::In(time) => SystemTime::now() + time,
        Announced::At(deadline) => deadline,
    };
    let mut answer = Response::new(Full::new(event.payload));
    *answer.headers_mut() = event.headers;
    let headers = answer.headers_mut();
    headers.insert("lambda-runtime-deadline-ms", epoch_millis(deadline).into());
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    answer
}

fn epoch_millis(time: SystemTime) -> u64 {
    let age = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(age.as_millis()).unwrap_or(u64::MAX)
}

/// Takes a response or an error, whole, and passes it to the invoker.
async fn take(queue: &Queue, request_id: &str, request: Request<Body>, failed: bool) -> Answer {
    if !queue.is_running(request_id) {
        return invalid_request_id();
    }
    let streamed = is_streamed(request.headers());
    let Some(raw) = collect(request).await else {
        return cut_off();
    };
    match queue.answer(request_id, raw, streamed, failed) {
        Ok(()) => accepted(),
        Err(UnknownRequest) => invalid_request_id(),
    }
}

fn is_streamed(headers: &HeaderMap) -> bool {
    headers
        .get("lambda-runtime-function-response-mode")
        .is_some_and(|mode| mode.as_bytes().eq_ignore_ascii_case(b"streaming"))
}

async fn init_error(queue: &Queue, request: Request<Body>) -> Answer {
    let Some(body) = collect(request).await else {
        return cut_off();
    };
    queue.report_init_error(FunctionError::parse(&body));
    accepted()
}

async fn collect(request: Request<Body>) -> Option<Bytes> {
    Some(request.into_body().collect().await.ok()?.to_bytes())
}

fn accepted() -> Answer {
    json(StatusCode::ACCEPTED, r#"{"status":"OK"}"#.into())
}

fn not_found() -> Answer {
    error(
        StatusCode::NOT_FOUND,
        "NotFound",
        "No such path in the Runtime API",
    )
}

fn invalid_request_id() -> Answer {
    error(
        StatusCode::BAD_REQUEST,
        "InvalidRequestID",
        "Invalid request ID",
    )
}

fn cut_off() -> Answer {
    error(
        StatusCode::BAD_REQUEST,
        "InvalidRequest",
        "The request's body is not whole",
    )
}

fn error(status: StatusCode, error_type: &str, message: &str) -> Answer {
    let body = serde_json::json!({ "errorType": error_type, "errorMessage": message });
    json(status, body.to_string())
}

fn json(status: StatusCode, body: String) -> Answer {
    let mut answer = Response::new(Full::from(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    answer
}
