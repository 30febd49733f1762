//! The response as JSON: in the proxy's shape, or plain.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::through::{Through, Type};
use super::{Dropped, anything_done, headers, no_body};
use crate::engine::{Announcement, Corrupting, Refusal};
use crate::fault::corruption;
use crate::plan::{json_text, member, sorted};

/// How many texts are tried one by one, where a type does not take all of them mangled.
const MOST_TRIES: usize = 32;

/// A response of any type, if that type takes and shows again what is done to it.
pub(crate) fn typed<R: Serialize + DeserializeOwned>(
    value: R,
    corrupting: &Corrupting,
) -> (R, Dropped) {
    let mut through = Through::new();
    let own = serde_json::to_value(&value).ok();
    match corrupted(own, corrupting, &mut through) {
        Ok(dropped) => (through.last.unwrap_or(value), Ok(dropped)),
        Err(refusal) => (value, Err(refusal)),
    }
}

#[inline(never)]
fn corrupted(own: Option<Value>, corrupting: &Corrupting, through: &mut dyn Type) -> Dropped {
    let Corrupting { fault, .. } = corrupting;
    if corrupting.http && fault.concerns_headers() {
        return Err(Refusal::new(format!(
            "under lambda_http a `{}` is a body and carries no headers; return `Response<Body>` \
             or `impl IntoResponse`",
            through.name()
        )));
    }
    let own = own.ok_or_else(|| cannot_take(through))?;
    // Without the proxy's shape all of it is the body, and under lambda_http whatever its shape.
    let plain = corrupting.http || shape(&own).is_none();
    if !plain || !corrupting.http && !fault.mangles() {
        let (reply, dropped) = in_shape(&own, corrupting)?;
        let shown = through.take(&reply);
        if shown.is_some_and(|shown| shows(&shown, &reply)) {
            return Ok(dropped);
        }
    }
    if plain && !fault.concerns_headers() && whole(&own, corrupting, through) {
        return Ok(0);
    }
    Err(cannot_take(through))
}

/// What a response that is only serialized becomes.
pub(crate) fn serialized(own: &Value, corrupting: &Corrupting) -> Result<(Value, usize), Refusal> {
    let (changed, dropped) = in_shape(own, corrupting)?;
    if changed == *own {
        return Err(nothing_to_mangle());
    }
    Ok((changed, dropped))
}

/// What failure-lambda makes of it, and the headers. Of a response without its shape every text is
/// mangled.
fn in_shape(own: &Value, corrupting: &Corrupting) -> Result<(Value, usize), Refusal> {
    let Corrupting { fault, random, .. } = corrupting;
    let mut random = random.clone();
    if fault.mangles() {
        let Some(object) = shape(own) else {
            return Ok((corruption::json(own, true, &mut random), 0));
        };
        let body = match member(object, "body") {
            Some(Value::String(text)) if text.is_empty() => return Err(no_body()),
            None | Some(Value::Null) => return Err(no_body()),
            Some(body) => mangled_body(body, is_encoded(object), &mut random),
        };
        let mut reply = object.clone();
        with_body(&mut reply, body);
        return Ok((reply.into(), 0));
    }
    let mut reply = own.as_object().cloned().unwrap_or_default();
    let mut dropped = 0;
    if fault.concerns_headers() {
        if member(&reply, "statusCode").is_none() {
            return Err(Refusal::new(
                "this response has no `statusCode`, so all of it is the body, without headers; return an object with `statusCode` and `headers` to have some",
            ));
        }
        let length = body_length(&reply);
        dropped = headers::change_json(&mut reply, fault);
        headers::fit_length_json(&mut reply, length);
    }
    if let Some(text) = &fault.body {
        let text = if is_encoded(&reply) {
            STANDARD.encode(text)
        } else {
            text.clone()
        };
        with_body(&mut reply, text.into());
    }
    Ok((reply.into(), anything_done(fault, dropped)?))
}

/// An object that is a response, and not the body of one.
fn shape(own: &Value) -> Option<&Map<String, Value>> {
    own.as_object().filter(|object| has_shape(object))
}

fn has_shape(object: &Map<String, Value>) -> bool {
    member(object, "statusCode").is_some() || member(object, "body").is_some()
}

fn is_encoded(reply: &Map<String, Value>) -> bool {
    member(reply, "isBase64Encoded") == Some(&Value::Bool(true))
}

fn with_body(reply: &mut Map<String, Value>, body: Value) {
    reply.insert("body".to_owned(), body);
    let length = body_length(reply);
    headers::fit_length_json(reply, length);
}

fn body_length(reply: &Map<String, Value>) -> usize {
    match member(reply, "body") {
        Some(Value::String(text)) if is_encoded(reply) => STANDARD
            .decode(text)
            .map_or(text.len(), |bytes| bytes.len()),
        Some(Value::String(text)) => text.len(),
        None | Some(Value::Null) => 0,
        Some(json) => json_text(json).len(),
    }
}

fn mangled_body(body: &Value, encoded: bool, random: &mut rand_pcg::Pcg64Mcg) -> Value {
    if let (Value::String(text), true) = (body, encoded)
        && let Ok(bytes) = STANDARD.decode(text)
        && !bytes.is_empty()
    {
        return STANDARD.encode(corruption::bytes(&bytes, random)).into();
    }
    corruption::json(body, true, random)
}

/// Whether the type takes all of the response as the body: replaced, or mangled as far as it goes.
fn whole(own: &Value, corrupting: &Corrupting, through: &mut dyn Type) -> bool {
    let Corrupting { fault, random, .. } = corrupting;
    if let Some(text) = &fault.body {
        let as_text = Value::from(text.as_str());
        let as_json = serde_json::from_str(text).ok();
        let text_first = own.is_string();
        let candidates = if text_first {
            [Some(as_text), as_json]
        } else {
            [as_json, Some(as_text)]
        };
        let mut candidates = candidates.into_iter().flatten();
        return candidates.any(|reply| through.take(&reply) == Some(reply));
    }
    let mut changes = |reply| through.take(&reply).is_some_and(|shown| shown != *own);
    [true, false]
        .into_iter()
        .any(|lists| changes(corruption::json(own, lists, &mut random.clone())))
        // A text may have a form of its own, as a time has, that its type insists on.
        || (0..MOST_TRIES)
            .map_while(|n| {
                let mut reply = own.clone();
                let mut left = n;
                corruption::one_text(&mut reply, &mut left, &mut random.clone()).then_some(reply)
            })
            .any(changes)
}

/// Whether a response that went through its type is all that it should be, its headers in whatever
/// case and map.
pub(crate) fn shows(shown: &Value, reply: &Value) -> bool {
    match (shown.as_object(), reply.as_object()) {
        (Some(shown), Some(reply)) if has_shape(reply) => {
            besides_headers(shown) == besides_headers(reply)
                && headers::values(shown) == headers::values(reply)
        }
        _ => shown == reply,
    }
}

/// The code, the body, how that is encoded, and whatever else there is.
fn besides_headers(reply: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut fields = sorted(reply);
    fields.retain(|(name, value)| !headers::stand_in(name) && !value.is_null());
    fields
}

/// Names the flags in a response that has headers.
pub(crate) fn announce(reply: &mut Value, announcement: &Announcement) -> bool {
    match reply.as_object_mut() {
        Some(reply) if member(reply, "statusCode").is_some_and(Value::is_number) => {
            headers::announce_json(reply, announcement);
            true
        }
        _ => false,
    }
}

/// The same in a response of any type; it stays as it is where the type does not take it.
pub(crate) fn announce_typed<R: Serialize + DeserializeOwned>(
    value: R,
    announcement: &Announcement,
) -> R {
    let mut through = Through::new();
    let own = serde_json::to_value(&value).ok();
    if announced(own, announcement, &mut through) {
        through.last.unwrap_or(value)
    } else {
        value
    }
}

fn announced(own: Option<Value>, announcement: &Announcement, through: &mut dyn Type) -> bool {
    own.is_some_and(|mut reply| {
        announce(&mut reply, announcement)
            && through
                .take(&reply)
                .is_some_and(|shown| shows(&shown, &reply))
    })
}

fn nothing_to_mangle() -> Refusal {
    Refusal::new(
        "there is no text and no list in this response to mangle; write `body` to replace it",
    )
}

fn cannot_take(through: &dyn Type) -> Refusal {
    Refusal::new(format!(
        "this response of type `{}` cannot be corrupted so: the type does not deserialize from \
         what would become of it, or does not show it again, or there is nothing in it to mangle",
        through.name()
    ))
}
