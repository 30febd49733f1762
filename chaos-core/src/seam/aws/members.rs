//! The members of a request's body, which is JSON or a form.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

pub(super) enum Members {
    Json(Value),
    Form(Vec<(String, String)>),
}

impl Members {
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        let body = request.body().bytes()?;
        if is_form(request) {
            let pairs = form_urlencoded::parse(body).into_owned();
            return Some(Self::Form(pairs.collect()));
        }
        serde_json::from_slice(body).ok().map(Self::Json)
    }

    /// The texts at a path. A dot goes into a member, `*` into each of a list or of a map's values,
    /// and `#` is each of a map's keys: a batch has several.
    pub(super) fn at(&self, path: &str) -> Vec<&str> {
        match self {
            Self::Json(body) => {
                let mut found = Vec::new();
                collect(body, path, &mut found);
                found
            }
            Self::Form(pairs) => {
                let own = pairs.iter().filter(|(name, _)| name == path);
                own.map(|(_, value)| value.as_str()).collect()
            }
        }
    }
}

/// Whether its body is a form, as in the query protocol.
pub(super) fn is_form(request: &HttpRequest) -> bool {
    let content_type = request.headers().get("content-type");
    content_type.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

fn collect<'a>(value: &'a Value, path: &str, found: &mut Vec<&'a str>) {
    if path.is_empty() {
        found.extend(value.as_str());
        return;
    }
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    match (name, value) {
        // The names themselves are what is asked for.
        ("#", Value::Object(map)) => found.extend(map.keys().map(String::as_str)),
        ("*", Value::Object(map)) => map.values().for_each(|value| collect(value, rest, found)),
        ("*", Value::Array(list)) => list.iter().for_each(|value| collect(value, rest, found)),
        (name, value) => {
            if let Some(value) = value.get(name) {
                collect(value, rest, found);
            }
        }
    }
}
