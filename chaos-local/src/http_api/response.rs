//! The response that API Gateway makes of a function's answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::lambda::{InvokeError, Reply};
use crate::server::Answer;

pub(super) fn of(outcome: Result<Reply, InvokeError>) -> Answer {
    let Some(reply) = outcome.ok().filter(|reply| !reply.failed) else {
        return message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
    };
    if let Some((prelude, body)) = reply.http_stream() {
        return response(&prelude, body);
    }
    match serde_json::from_slice::<Value>(&reply.raw) {
        Ok(answer) if answer.get("statusCode").is_some() => {
            let body = body(&answer);
            match body {
                Some(body) => response(&answer, body),
                None => message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
            }
        }
        // Whatever else it is, is the body.
        _ => response(&json!({ "statusCode": 200 }), reply.raw),
    }
}

/// As API Gateway says itself what went wrong.
pub(super) fn message(status: StatusCode, message: &str) -> Answer {
    let body = json!({ "message": message }).to_string();
    response(&json!({ "statusCode": status.as_u16() }), body.into())
}

/// The body; none if it says that it is in base64 and is not.
fn body(answer: &Value) -> Option<Bytes> {
    let body = match answer.get("body") {
        None | Some(Value::Null) => return Some(Bytes::new()),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    if answer["isBase64Encoded"] == true {
        return Some(STANDARD.decode(body).ok()?.into());
    }
    Some(body.into())
}

/// With the code, the headers and the cookies that the answer says. What HTTP cannot carry is left
/// out; a code that is none is a 500.
fn response(answer: &Value, body: Bytes) -> Answer {
    let mut response = Answer::new(Full::new(body));
    let code = answer["statusCode"]
        .as_u64()
        .and_then(|code| u16::try_from(code).ok());
    let code = code.and_then(|code| StatusCode::from_u16(code).ok());
    *response.status_mut() = code.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let single = entries(&answer["headers"]);
    let several = entries(&answer["multiValueHeaders"]);
    let cookies = answer["cookies"].as_array().into_iter().flatten();
    let cookies = cookies.map(|cookie| (header::SET_COOKIE.as_str(), cookie));
    for (name, value) in single.chain(several).chain(cookies) {
        let named = HeaderName::try_from(name)
            .ok()
            .filter(|name| !is_of_the_connection(name));
        let values = match value {
            Value::Array(list) => list.iter().collect(),
            one => vec![one],
        };
        for value in values {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let value = HeaderValue::try_from(value).ok();
            let Some((name, value)) = named.clone().zip(value) else {
                continue;
            };
            if !headers.get_all(&name).iter().any(|there| *there == value) {
                headers.append(name, value);
            }
        }
    }
    headers
        .entry(header::CONTENT_TYPE)
        .or_insert(HeaderValue::from_static("application/json"));
    response
}

fn entries(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let entries = object.as_object().into_iter().flatten();
    entries.map(|(name, value)| (name.as_str(), value))
}

/// What the server says of the connection and of the body's length itself.
fn is_of_the_connection(name: &HeaderName) -> bool {
    [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ]
    .contains(name)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answered(raw: &str) -> Answer {
        of(Ok(reply(raw, false)))
    }

    fn reply(raw: &str, failed: bool) -> Reply {
        Reply {
            request_id: String::new(),
            raw: Bytes::copy_from_slice(raw.as_bytes()),
            duration: Duration::ZERO,
            streamed: false,
            failed,
        }
    }

    #[test]
    fn code_headers_and_cookies_are_the_functions() {
        let answer = answered(
            r#"{ "statusCode": 418, "headers": {"x-a": "1", "content-length": "99"},
                 "multiValueHeaders": {"x-a": ["1"], "x-b": ["2", "3"]},
                 "cookies": ["a=1", "b=2"], "body": "aGk=", "isBase64Encoded": true }"#,
        );
        assert_eq!(answer.status(), 418);
        let all = |name| answer.headers().get_all(name).iter().collect::<Vec<_>>();
        assert_eq!(all("x-a"), ["1"]);
        assert_eq!(all("x-b"), ["2", "3"]);
        assert_eq!(all("set-cookie"), ["a=1", "b=2"]);
        assert_eq!(all("content-length"), Vec::<&str>::new());
    }

    #[test]
    fn anything_else_is_a_body_in_json() {
        for raw in [r#""hello""#, "[1]", "null", r#"{"a": 1}"#] {
            let answer = answered(raw);
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.headers()["content-type"], "application/json");
        }
    }

    #[test]
    fn what_goes_wrong_is_a_500() {
        assert_eq!(of(Ok(reply("{}", true))).status(), 500);
        assert_eq!(of(Err(InvokeError::Stopped)).status(), 500);
        assert_eq!(answered(r#"{ "statusCode": 9999 }"#).status(), 500);
        let garbled = r#"{ "statusCode": 200, "body": "?", "isBase64Encoded": true }"#;
        assert_eq!(answered(garbled).status(), 500);
    }
}
