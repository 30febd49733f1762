//! The HTTP headers that a flag names.

use serde_json::Value;

use super::embedded::unfolded;
use super::fields::Fields;
use super::json::{insert_in_order, sorted};
use super::report::spelled;
use super::table::{LONGEST_HEADER_NAME, LONGEST_HEADER_VALUE, MOST_HEADERS};

/// Names and values, in the order of the names, each name there once.
pub(super) fn read(fields: &mut Fields<'_>, key: &str) -> Vec<(String, String)> {
    let Some(value) = fields.raw(key).map(unfolded) else {
        return Vec::new();
    };
    let Value::Object(map) = value.as_ref() else {
        fields.mistaken(key, &value, &fields.wanted(key));
        return Vec::new();
    };
    fields.few_enough(key, map.len(), MOST_HEADERS);
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in sorted(map).into_iter().take(MOST_HEADERS) {
        if let Some(header) = header(fields, key, name, value) {
            insert_in_order(&mut headers, header, |(name, _)| name.to_ascii_lowercase());
        }
    }
    for pair in headers.windows(2) {
        let (one, other) = (&pair[0].0, &pair[1].0);
        if one.eq_ignore_ascii_case(other) {
            fields.error(
                &format!("{key}.{}", spelled(other)),
                "is there twice; write it once",
            );
        }
    }
    headers
}

/// Names in lower case, in order, each there once.
pub(super) fn names(fields: &mut Fields<'_>, key: &str) -> Vec<String> {
    let Some(value) = fields.raw(key).map(unfolded) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    match value.as_ref() {
        name @ Value::String(_) => names.extend(one_name(fields, key, name)),
        Value::Array(list) => {
            if list.is_empty() {
                fields.error(key, "an empty list names nothing; leave it out");
            }
            fields.few_enough(key, list.len(), MOST_HEADERS);
            for (n, name) in list.iter().enumerate().take(MOST_HEADERS) {
                if let Some(name) = one_name(fields, &format!("{key}[{n}]"), name) {
                    insert_in_order(&mut names, name, String::clone);
                }
            }
        }
        other => fields.mistaken(key, other, &fields.wanted(key)),
    }
    names.dedup();
    names
}

fn one_name(fields: &mut Fields<'_>, field: &str, value: &Value) -> Option<String> {
    let Value::String(name) = value else {
        fields.mistaken(field, value, "the name of a header");
        return None;
    };
    check_name(fields, field, name);
    Some(name.to_ascii_lowercase())
}

fn header(
    fields: &mut Fields<'_>,
    key: &str,
    name: &str,
    value: &Value,
) -> Option<(String, String)> {
    let field = format!("{key}.{}", spelled(name));
    let Value::String(text) = value else {
        fields.mistaken(&field, value, "a text");
        return None;
    };
    check_name(fields, &field, name);
    if http::HeaderValue::from_str(text).is_err() {
        fields.error(
            &field,
            "the text is no value of an HTTP header; write printable characters",
        );
    }
    fields.short_enough(&field, text, LONGEST_HEADER_VALUE);
    Some((name.to_owned(), text.clone()))
}

fn check_name(fields: &mut Fields<'_>, field: &str, name: &str) {
    let short = fields.short_enough(field, name, LONGEST_HEADER_NAME);
    if short && http::HeaderName::from_bytes(name.as_bytes()).is_err() {
        fields.error(
            field,
            "is no name of an HTTP header; write letters, digits and hyphens",
        );
    }
}
