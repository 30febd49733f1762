//! A `lambda_http::Request` as the event that it came from, as far as it can be reconstructed.

use lambda_http::aws_lambda_events::query_map::QueryMap;
use lambda_http::http::header::COOKIE;
use lambda_http::{Body, Request, RequestExt as _};
use serde_json::{Map, Value, json};

/// The event as JSON, in the shape of the integration that sent it. What `lambda_http` drops on
/// the way is lost: fields that its types do not have, and, where an event has both `headers` and
/// `multiValueHeaders`, all but the last value of a header.
pub(crate) fn event(request: &Request) -> Option<Value> {
    let context = serde_json::to_value(request.request_context_ref()?).ok()?;
    let mut event = match Shape::of(&context) {
        // The request's body is the event.
        Shape::PassThrough => return serde_json::from_slice(request.body()).ok(),
        Shape::HttpApi => http_api(request, &context),
        Shape::RestApi => rest_api(request, &context),
        Shape::WebSocket => web_socket(request, &context),
        Shape::LoadBalancer => load_balancer(request),
        Shape::Lattice => lattice(request),
    };
    let (body, encoded) = body(request.body());
    let map = event.as_object_mut()?;
    map.insert("requestContext".into(), context);
    map.insert("body".into(), body);
    map.insert("isBase64Encoded".into(), encoded.into());
    Some(event)
}

/// Whose event it was. Told by the context as JSON: which contexts `lambda_http` has depends on
/// its features, which are the user's.
enum Shape {
    HttpApi,
    RestApi,
    WebSocket,
    LoadBalancer,
    Lattice,
    PassThrough,
}

impl Shape {
    fn of(context: &Value) -> Self {
        let has = |key| context.get(key).is_some();
        if context.is_null() {
            Self::PassThrough
        } else if has("http") {
            Self::HttpApi
        } else if has("elb") {
            Self::LoadBalancer
        } else if has("serviceArn") {
            Self::Lattice
        } else if has("connectionId") {
            Self::WebSocket
        } else {
            Self::RestApi
        }
    }
}

/// API Gateway's HTTP APIs and function URLs, format 2.0.
fn http_api(request: &Request, context: &Value) -> Value {
    let cookies = request.headers().get_all(COOKIE).iter();
    let cookies: Vec<String> = cookies
        .flat_map(|value| {
            text(value.as_bytes())
                .split("; ")
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    let mut event = json!({
        "version": "2.0",
        "routeKey": context["routeKey"],
        "rawPath": request.raw_http_path(),
        "rawQueryString": request.uri().query().unwrap_or_default(),
        "headers": headers(request, |values| values.join(",").into()),
        "queryStringParameters": query(request, |values| values.join(",").into()),
        "pathParameters": single(request.path_parameters_ref()),
        "stageVariables": single(request.stage_variables_ref()),
    });
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    event
}

/// API Gateway's REST APIs, and its HTTP APIs in format 1.0.
fn rest_api(request: &Request, context: &Value) -> Value {
    json!({
        "resource": context["resourcePath"],
        "path": request.raw_http_path(),
        "httpMethod": request.method().as_str(),
        "headers": headers(request, last),
        "multiValueHeaders": headers(request, all),
        "queryStringParameters": query(request, last),
        "multiValueQueryStringParameters": query(request, all),
        "pathParameters": single(request.path_parameters_ref()),
        "stageVariables": single(request.stage_variables_ref()),
    })
}

/// The same without a path and a method, which only some of its events have.
fn web_socket(request: &Request, context: &Value) -> Value {
    let mut event = rest_api(request, context);
    if request.raw_http_path().is_empty() {
        event["path"] = Value::Null;
        event["httpMethod"] = Value::Null;
    }
    event
}

/// An application load balancer. It sends either the single values or the lists; both are here,
/// since the request no longer says which.
fn load_balancer(request: &Request) -> Value {
    json!({
        "path": request.raw_http_path(),
        "httpMethod": request.method().as_str(),
        "headers": headers(request, last),
        "multiValueHeaders": headers(request, all),
        "queryStringParameters": query(request, last),
        "multiValueQueryStringParameters": query(request, all),
    })
}

/// VPC Lattice, format 2.0.
fn lattice(request: &Request) -> Value {
    json!({
        "version": "2.0",
        "path": request.raw_http_path(),
        "method": request.method().as_str(),
        "headers": headers(request, all),
        "queryStringParameters": query(request, all),
    })
}

fn all(values: &[String]) -> Value {
    values.into()
}

fn last(values: &[String]) -> Value {
    values.last().map(String::as_str).into()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn headers(request: &Request, shown: fn(&[String]) -> Value) -> Value {
    let mut headers = Map::new();
    for name in request.headers().keys() {
        let values = request.headers().get_all(name).iter();
        let values: Vec<String> = values.map(|value| text(value.as_bytes())).collect();
        headers.insert(name.as_str().to_owned(), shown(&values));
    }
    headers.into()
}

fn query(request: &Request, shown: fn(&[String]) -> Value) -> Value {
    values(request.query_string_parameters_ref(), shown)
}

/// Maps that have one value a name.
fn single(map: Option<&QueryMap>) -> Value {
    values(map, last)
}

fn values(map: Option<&QueryMap>, shown: fn(&[String]) -> Value) -> Value {
    let mut shown_map = Map::new();
    for (name, _) in map.into_iter().flat_map(QueryMap::iter) {
        let values = map.and_then(|map| map.all(name)).unwrap_or_default();
        let values: Vec<String> = values.into_iter().map(str::to_owned).collect();
        shown_map.insert(name.to_owned(), shown(&values));
    }
    shown_map.into()
}

/// The body as the event has it, bytes in base64, and whether they are.
fn body(body: &Body) -> (Value, bool) {
    let value = serde_json::to_value(body).unwrap_or_default();
    (value, matches!(body, Body::Binary(_)))
}
