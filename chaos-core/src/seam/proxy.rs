//! A status code as a response: as `http::Response`, and as the JSON that a Lambda proxy
//! integration takes (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::engine::Refusal;
use crate::plan::{StatusCode, json_object};
use crate::seam::corrupt::{Through, Type, shows};

/// The code; plan/ has checked that it is 100 to 599.
pub(crate) fn status(fault: &StatusCode) -> http::StatusCode {
    http::StatusCode::from_u16(fault.code).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR)
}

/// The document's headers, and a content type where they have none.
fn headers(fault: &StatusCode) -> impl Iterator<Item = (&str, &str)> {
    let own = fault.headers.iter();
    let named = own
        .clone()
        .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let content_type = (!named).then(|| ("Content-Type", fault.default_content_type()));
    content_type
        .into_iter()
        .chain(own.map(|(name, value)| (name.as_str(), value.as_str())))
}

/// An injected response.
pub(crate) fn response<B: From<String>>(fault: &StatusCode) -> http::Response<B> {
    let mut response = http::Response::new(B::from(fault.body_text()));
    *response.status_mut() = status(fault);
    for (name, value) in headers(fault) {
        let name = http::HeaderName::try_from(name);
        let value = http::HeaderValue::try_from(value);
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// What failure-lambda returns: the code, the headers, the body.
pub(crate) fn json(fault: &StatusCode) -> Value {
    let headers = headers(fault).map(|(name, value)| (name.to_owned(), Value::from(value)));
    let headers = json_object(headers);
    json!({"statusCode": fault.code, "headers": headers, "body": fault.body_text()})
}

/// The fields that some of the response types insist on.
fn json_in_full(fault: &StatusCode) -> Value {
    let mut reply = json(fault);
    reply["multiValueHeaders"] = json!({});
    reply["isBase64Encoded"] = json!(false);
    reply["cookies"] = json!([]);
    reply
}

/// An injected response as an `R`, if an `R` shows the code again when it is serialized.
pub(crate) fn typed<R: Serialize + DeserializeOwned>(fault: &StatusCode) -> Result<R, Refusal> {
    let mut through = Through::new();
    let shown = replied(fault, &mut through);
    match through.last {
        Some(reply) if shown => Ok(reply),
        _ => Err(no_reply(std::any::type_name::<R>())),
    }
}

#[cold]
fn no_reply(name: &str) -> Refusal {
    Refusal::new(format!(
        "a `{name}` cannot carry a status code: it does not deserialize from \
         {{\"statusCode\": …, \"headers\": …, \"body\": …}}, or does not show the code again"
    ))
}

fn replied(fault: &StatusCode, through: &mut dyn Type) -> bool {
    // The short form first: a `Value` takes whatever it is given.
    [json(fault), json_in_full(fault)]
        .iter()
        .find_map(|reply| through.take(reply))
        .is_some_and(|shown| shown["statusCode"] == fault.code)
}

/// The handler's own response with its code replaced, and nothing else; or as it is, and why.
pub(crate) fn recoded<R: Serialize + DeserializeOwned>(
    value: R,
    fault: &StatusCode,
) -> (R, Option<Refusal>) {
    let mut through = Through::new();
    let own = serde_json::to_value(&value).ok();
    match recoded_through(own, fault, &mut through) {
        Ok(()) => (through.last.unwrap_or(value), None),
        Err(refusal) => (value, Some(refusal)),
    }
}

fn recoded_through(
    own: Option<Value>,
    fault: &StatusCode,
    through: &mut dyn Type,
) -> Result<(), Refusal> {
    let reply = own.and_then(|own| recoded_json(own, fault));
    let taken = reply.is_some_and(|reply| {
        let shown = through.take(&reply);
        shown.is_some_and(|shown| shows(&shown, &reply))
    });
    if taken {
        return Ok(());
    }
    Err(Refusal::new(format!(
        "this response of type `{}` has no `statusCode` to replace, or loses something else \
         on its way through serde",
        through.name()
    )))
}

/// The same for JSON; `None` unless it is an object.
pub(crate) fn recoded_json(mut value: Value, fault: &StatusCode) -> Option<Value> {
    let reply = value.as_object_mut()?;
    reply.insert("statusCode".to_owned(), Value::from(fault.code));
    // A load balancer has it in words too.
    if let Some(Value::String(words)) = reply.get_mut("statusDescription") {
        *words = status(fault).to_string();
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_replaced_in_words_too() {
        let fault = StatusCode {
            code: 503,
            body: None,
            headers: Vec::new(),
            keep_reply: true,
        };
        let own = json!({"statusCode": 200, "statusDescription": "200 OK", "body": "own"});
        let expected = json!({"statusCode": 503, "statusDescription": "503 Service Unavailable", "body": "own"});
        assert_eq!(recoded_json(own, &fault), Some(expected));
        let own = json!({"statusCode": 200, "statusDescription": null});
        let expected = json!({"statusCode": 503, "statusDescription": null});
        assert_eq!(recoded_json(own, &fault), Some(expected));
        assert_eq!(recoded_json(json!([1]), &fault), None);
    }
}
