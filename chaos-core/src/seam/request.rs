//! A `lambda_http::Request` as the event that it came from, as far as it can be reconstructed.

use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt as _};
use serde_json::{Map, Value, json};

/// The event as JSON, in the shape of the integration that sent it. Null maps have become empty
/// ones on the way here and header names lower-case; conditions see to both.
pub(crate) fn event(request: &Request) -> Option<Value> {
    let context = request.request_context_ref()?;
    let mut event = match context {
        RequestContext::ApiGatewayV2(context) => json!({
            "version": "2.0",
            "routeKey": context.route_key,
            "rawPath": request.raw_http_path(),
            "rawQueryString": request.uri().query().unwrap_or(""),
            "requestContext": context,
        }),
        RequestContext::ApiGatewayV1(context) => json!({
            "resource": context.resource_path,
            "path": request.raw_http_path(),
            "httpMethod": request.method().as_str(),
            "requestContext": context,
        }),
        RequestContext::Alb(context) => json!({
            "path": request.raw_http_path(),
            "httpMethod": request.method().as_str(),
            "requestContext": context,
        }),
        // An integration that this crate does not know: what every request has.
        _ => json!({
            "path": request.raw_http_path(),
            "httpMethod": request.method().as_str(),
        }),
    };
    let map = event.as_object_mut()?;
    map.insert("headers".into(), headers(request));
    map.insert(
        "queryStringParameters".into(),
        first_values(request.query_string_parameters_ref()),
    );
    map.insert(
        "pathParameters".into(),
        first_values(request.path_parameters_ref()),
    );
    map.insert(
        "stageVariables".into(),
        first_values(request.stage_variables_ref()),
    );
    let (body, encoded) = body(request.body());
    map.insert("body".into(), body);
    map.insert("isBase64Encoded".into(), encoded.into());
    Some(event)
}

fn headers(request: &Request) -> Value {
    let mut headers = Map::new();
    for name in request.headers().keys() {
        let values = request.headers().get_all(name).iter();
        let values: Vec<_> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        headers.insert(name.as_str().to_owned(), values.join(",").into());
    }
    headers.into()
}

fn first_values(map: Option<&lambda_http::aws_lambda_events::query_map::QueryMap>) -> Value {
    let mut values = Map::new();
    for (name, _) in map.into_iter().flat_map(|map| map.iter()) {
        let first = map.and_then(|map| map.first(name)).unwrap_or_default();
        values.insert(name.to_owned(), first.into());
    }
    values.into()
}

fn body(body: &Body) -> (Value, bool) {
    match body {
        Body::Text(text) => (text.as_str().into(), false),
        // Only its presence can be asked for: its bytes are no text.
        Body::Binary(bytes) => (format!("{} bytes", bytes.len()).into(), true),
        _ => (Value::Null, false),
    }
}
