//! What a reply must be, once it is recoded or corrupted as the document says.

use chaos_core::plan::Corruption;
use serde_json::{Map, Value, json};

/// The body of the handler's own reply.
pub(crate) const BODY: &str = "déjà vu: this is what the handler itself says";
/// Its header.
pub(crate) const OWN_HEADER: (&str, &str) = ("Content-Type", "text/plain");

/// Stands for what was cut off.
const MARK: char = char::REPLACEMENT_CHARACTER;

/// The handler's own reply, and what was done to it.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) code: u64,
    headers: Map<String, Value>,
    body: String,
    /// Whether the body was cut short, anywhere.
    cut: bool,
}

impl Reply {
    pub(crate) fn own() -> Self {
        let (name, value) = OWN_HEADER;
        Self {
            code: 200,
            headers: Map::from_iter([(name.to_owned(), value.into())]),
            body: BODY.to_owned(),
            cut: false,
        }
    }

    /// Corrupts it: how many headers were dropped, or `None` where there is nothing to do.
    pub(crate) fn corrupt(&mut self, fault: &Corruption, body: Option<&str>) -> Option<usize> {
        let headers = !fault.drop_headers.is_empty() || !fault.set_headers.is_empty();
        if body.is_none() && !headers {
            self.cut |= !self.body.is_empty();
            return (!self.body.is_empty()).then_some(0);
        }
        let drop = fault.drop_headers.iter();
        let dropped = drop.filter(|name| self.remove(name)).count();
        for (name, value) in &fault.set_headers {
            self.remove(name);
            self.headers
                .insert(name.clone(), Value::from(value.as_str()));
        }
        if let Some(body) = body {
            body.clone_into(&mut self.body);
            self.cut = false;
        }
        let done = body.is_some() || dropped > 0 || !fault.set_headers.is_empty();
        done.then_some(dropped)
    }

    fn remove(&mut self, name: &str) -> bool {
        let before = self.headers.len();
        self.headers
            .retain(|own, _| !own.eq_ignore_ascii_case(name));
        self.headers.len() < before
    }

    /// Whether that is it, of a handler whose result is that of its last run.
    pub(crate) fn is(&self, came: &Value, runs: usize) -> bool {
        let body = came["body"].as_str().unwrap_or_default();
        let expected = json!({ "statusCode": self.code, "headers": self.headers, "run": runs,
            "body": body });
        *came == expected
            && if self.cut {
                is_cut(body, &self.body)
            } else {
                body == self.body
            }
    }
}

/// Whether the one is the beginning of the other and up to three marks.
fn is_cut(body: &str, own: &str) -> bool {
    let kept = body.trim_end_matches(MARK);
    let marks = body[kept.len()..].chars().count();
    own.starts_with(kept) && kept.len() < own.len() && (1..=3).contains(&marks)
}

/// The reply that a flag of mode `statuscode` gives in the handler's place, by its own text.
pub(crate) fn injected(flag: &Value, code: u64) -> Value {
    let (body, json) = match &flag["body"] {
        Value::Null => (
            format!(r#"{{"message":"Injected status code {code}"}}"#),
            true,
        ),
        Value::String(text) => (text.clone(), serde_json::from_str::<Value>(text).is_ok()),
        other => (other.to_string(), true),
    };
    let written = &flag["headers"];
    // A text may hold the object.
    let inside = written
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok());
    let headers = inside.as_ref().unwrap_or(written);
    let mut headers = headers.as_object().cloned().unwrap_or_default();
    if !headers
        .keys()
        .any(|name| name.eq_ignore_ascii_case("content-type"))
    {
        let kind = if json {
            "application/json"
        } else {
            "text/plain; charset=utf-8"
        };
        headers.insert("Content-Type".to_owned(), kind.into());
    }
    json!({ "statusCode": code, "headers": headers, "body": body })
}
