//! The event that API Gateway makes of a request.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header, request::Parts};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::ACCOUNT_ID;
use crate::lambda::request_id;
use crate::server::decoded;

/// The id that the API has.
const API_ID: &str = "local";

pub(super) fn of(head: &Parts, body: &[u8]) -> Value {
    let path = head.uri.path();
    let query = head.uri.query().unwrap_or_default();
    let headers = headers(&head.headers);
    let domain = headers.get("host").cloned().unwrap_or_default();
    let user_agent = headers.get("user-agent").cloned().unwrap_or_default();
    let now = OffsetDateTime::now_utc();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT_ID,
            "apiId": API_ID,
            "domainName": domain,
            "domainPrefix": API_ID,
            "http": {
                "method": head.method.as_str(),
                "path": path,
                "protocol": format!("{:?}", head.version),
                "sourceIp": "127.0.0.1",
                "userAgent": user_agent,
            },
            "requestId": request_id(),
            "routeKey": "$default",
            "stage": "$default",
            "time": common_log_time(now),
            "timeEpoch": now.unix_timestamp() * 1_000 + i64::from(now.millisecond()),
        },
        "isBase64Encoded": false,
    });
    // What there is none of is left out there too.
    if let Some(cookies) = cookies(&head.headers) {
        event["cookies"] = cookies;
    }
    if !query.is_empty() {
        event["queryStringParameters"] = parameters(query);
    }
    if !body.is_empty() {
        let (text, encoded) = text(&head.headers, body);
        event["body"] = json!(text);
        event["isBase64Encoded"] = json!(encoded);
    }
    event
}

/// Names in small letters; what is there several times has commas between. Cookies are elsewhere.
fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut joined = BTreeMap::<String, String>::new();
    for (name, value) in headers.iter().filter(|(name, _)| **name != header::COOKIE) {
        let value = String::from_utf8_lossy(value.as_bytes());
        joined
            .entry(name.as_str().to_owned())
            .and_modify(|there| {
                let _ = write!(there, ",{value}");
            })
            .or_insert_with(|| value.into_owned());
    }
    joined
}

fn cookies(headers: &HeaderMap) -> Option<Value> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    let cookies: Vec<String> = lines
        .flat_map(|line| {
            let line = String::from_utf8_lossy(line.as_bytes()).into_owned();
            let cookies = line.split(';').map(|cookie| cookie.trim().to_owned());
            cookies.collect::<Vec<_>>()
        })
        .filter(|cookie| !cookie.is_empty())
        .collect();
    (!cookies.is_empty()).then(|| json!(cookies))
}

/// Decoded; what is there several times has commas between.
fn parameters(query: &str) -> Value {
    let mut parameters = Map::new();
    let plus = |text: &str| decoded(&text.replace('+', " "));
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (plus(name), plus(value));
        let joined = match parameters.get(&name).and_then(Value::as_str) {
            Some(there) => format!("{there},{value}"),
            None => value,
        };
        parameters.insert(name, json!(joined));
    }
    parameters.into()
}

/// The body as a text, and whether that is its encoding in base64.
fn text(headers: &HeaderMap, body: &[u8]) -> (String, bool) {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("text/plain");
    let textual = [
        "text/",
        "application/json",
        "application/javascript",
        "application/xml",
    ]
    .iter()
    .any(|start| kind.starts_with(start))
        || ["+json", "+xml"].iter().any(|part| kind.contains(part))
        || kind.starts_with("application/x-www-form-urlencoded");
    match std::str::from_utf8(body) {
        Ok(text) if textual => (text.to_owned(), false),
        _ => (STANDARD.encode(body), true),
    }
}

/// `10/Oct/2026:13:40:52 +0000`.
fn common_log_time(time: OffsetDateTime) -> String {
    let format =
        format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
    time.format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(request: http::request::Builder) -> Parts {
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_time_is_as_logs_have_it() {
        let time = OffsetDateTime::from_unix_timestamp(1_791_639_652).unwrap();
        assert_eq!(common_log_time(time), "10/Oct/2026:13:40:52 +0000");
    }

    #[test]
    fn what_is_there_several_times_has_commas_between() {
        let request = http::Request::get("/a%20b?x=1&y=a%20b+c&x=2&z")
            .header("X-Many", "1")
            .header("X-Many", "2")
            .header("Cookie", "a=1; b=2")
            .header("Host", "127.0.0.1:9");
        let event = of(&parts(request), b"");
        assert_eq!(event["rawPath"], "/a%20b");
        assert_eq!(event["headers"]["x-many"], "1,2");
        assert_eq!(event["headers"].get("cookie"), None);
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        let parameters = json!({ "x": "1,2", "y": "a b c", "z": "" });
        assert_eq!(event["queryStringParameters"], parameters);
        assert_eq!(event["requestContext"]["domainName"], "127.0.0.1:9");
        assert_eq!(event["requestContext"]["http"]["protocol"], "HTTP/1.1");
        assert_eq!(event.get("body"), None);
    }

    #[test]
    fn what_is_no_text_is_encoded() {
        let body = |kind: &str, body: &[u8]| {
            let event = of(
                &parts(http::Request::post("/").header("content-type", kind)),
                body,
            );
            (event["body"].clone(), event["isBase64Encoded"].clone())
        };
        assert_eq!(body("application/json", b"{}"), (json!("{}"), json!(false)));
        assert_eq!(body("image/png", b"a"), (json!("YQ=="), json!(true)));
        assert_eq!(body("text/plain", b"\xff"), (json!("/w=="), json!(true)));
        let event = of(&parts(http::Request::get("/")), b"");
        assert_eq!(event.get("cookies"), None);
        assert_eq!(event.get("queryStringParameters"), None);
    }
}
