//! The attributes of every flag that are more than a number or a text: aim, conditions, trigger.

use serde_json::{Map, Value};

use super::aim::Aim;
use super::condition::{Condition, Operator};
use super::embedded::unfolded;
use super::fields::Fields;
use super::glob::Globs;
use super::json::{member, sorted};
use super::nearest::nearest;
use super::pattern::Pattern;
use super::report::{described, listed, quoted, spelled};
use super::table::{LONGEST_LABEL_NAME, LONGEST_TEXT, MOST_ENTRIES};
use super::trigger::{By, Trigger};

pub(super) const CONDITION_KEYS: [&str; 4] = ["path", "operator", "value", "not"];
pub(super) const OPERATORS: [&str; 4] = ["eq", "exists", "startsWith", "regex"];

/// The operators that look at no value.
pub(super) const VALUELESS: [&str; 1] = ["exists"];

/// When the flag strikes.
pub(super) fn trigger(fields: &mut Fields<'_>) -> Option<Trigger> {
    let trigger = Trigger {
        percentage: fields.number("percentage").unwrap_or_default(),
        by: by(fields),
        every: fields.integer("every"),
        skip_first: fields.integer("skip_first").unwrap_or_default(),
        limit: fields.integer("limit"),
        starts_at: fields.time("starts_at"),
        expires_at: fields.time("expires_at"),
    };
    if let (Some(start), Some(end)) = (trigger.starts_at, trigger.expires_at)
        && end <= start
    {
        fields.error("expires_at", "is not after starts_at; write a later time");
    }
    fields.sound().then_some(trigger)
}

fn by(fields: &mut Fields<'_>) -> Option<By> {
    let text = fields.text("by")?;
    match text.strip_prefix("label:") {
        Some("") => {
            fields.error(
                "by",
                "\"label:\" names no label; write its name after the colon",
            );
            None
        }
        Some(label) => Some(By::Label(label.to_owned())),
        None => Some(By::Event(text)),
    }
}

/// What the flag concerns.
pub(super) fn aim(fields: &mut Fields<'_>) -> Option<Aim> {
    let aim = Aim {
        point: point(fields),
        labels: labels(fields),
        conditions: conditions(fields),
    };
    fields.sound().then_some(aim)
}

fn point(fields: &mut Fields<'_>) -> Option<Globs> {
    let value = unfolded(fields.raw("point")?);
    texts(fields, "point", &value, &fields.wanted("point")).map(Globs::new)
}

fn labels(fields: &mut Fields<'_>) -> Vec<(String, Vec<String>)> {
    let Some(value) = fields.raw("labels").map(unfolded) else {
        return Vec::new();
    };
    let Value::Object(map) = value.as_ref() else {
        fields.mistaken("labels", &value, &fields.wanted("labels"));
        return Vec::new();
    };
    fields.few_enough("labels", map.len(), MOST_ENTRIES);
    if member(map, "").is_some() {
        fields.error(
            "labels",
            "a label without a name matches nothing; write its name, as \"tenant\", or leave it out",
        );
    }
    let read = |(name, allowed): (&str, &Value)| {
        let field = format!("labels.{}", spelled(name));
        fields.short_enough(&field, name, LONGEST_LABEL_NAME);
        let values = texts(fields, &field, allowed, "a text or a list of texts")?;
        Some((name.to_owned(), values))
    };
    sorted(map).into_iter().filter_map(read).collect()
}

/// A text, or a list of at least one text, none of them empty.
fn texts(fields: &mut Fields<'_>, field: &str, value: &Value, write: &str) -> Option<Vec<String>> {
    match value {
        Value::String(text) if !text.is_empty() => {
            let short = fields.short_enough(field, text, LONGEST_TEXT);
            short.then(|| vec![text.clone()])
        }
        Value::String(_) => {
            fields.error(
                field,
                format_args!("an empty text matches nothing; write {write}"),
            );
            None
        }
        Value::Array(list) if list.is_empty() => {
            fields.error(
                field,
                format_args!("an empty list matches nothing; write {write}, or leave it out"),
            );
            None
        }
        Value::Array(list) => {
            fields.few_enough(field, list.len(), MOST_ENTRIES);
            let texts = list.iter().enumerate();
            texts
                .map(|(at, one)| one_text(fields, &format!("{field}[{at}]"), one))
                .collect()
        }
        other => {
            fields.mistaken(field, other, write);
            None
        }
    }
}

fn one_text(fields: &mut Fields<'_>, field: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => {
            let short = fields.short_enough(field, text, LONGEST_TEXT);
            short.then(|| text.clone())
        }
        other => {
            fields.mistaken(field, other, "a text that is not empty");
            None
        }
    }
}

fn conditions(fields: &mut Fields<'_>) -> Vec<Condition> {
    let Some(value) = fields.raw("match").map(unfolded) else {
        return Vec::new();
    };
    let Value::Array(list) = value.as_ref() else {
        fields.mistaken("match", &value, &fields.wanted("match"));
        return Vec::new();
    };
    fields.few_enough("match", list.len(), MOST_ENTRIES);
    list.iter()
        .enumerate()
        .filter_map(|(at, entry)| {
            let field = format!("match[{at}]");
            let entry = unfolded(entry);
            let Value::Object(entry) = entry.as_ref() else {
                fields.mistaken(
                    &field,
                    &entry,
                    "an object, as {\"path\": \"rawPath\", \"value\": \"/\"}",
                );
                return None;
            };
            condition(fields, &field, entry)
        })
        .collect()
}

fn condition(
    fields: &mut Fields<'_>,
    field: &str,
    entry: &Map<String, Value>,
) -> Option<Condition> {
    unknown_parts(fields, field, entry);
    let at_path = format!("{field}.path");
    let path = match member(entry, "path") {
        Some(Value::String(path)) => fields
            .short_enough(&at_path, path, LONGEST_TEXT)
            .then(|| path.clone()),
        other => {
            complain(
                fields,
                &at_path,
                other,
                "where to look in the event, as \"headers.x-debug\"",
            );
            None
        }
    };
    let not = match member(entry, "not") {
        None => Some(false),
        Some(Value::Bool(not)) => Some(*not),
        Some(other) => {
            fields.mistaken(&format!("{field}.not"), other, "true or false");
            None
        }
    };
    let operator = operator(fields, field, entry);
    Some(Condition {
        path: path?,
        operator: operator?,
        not: not?,
    })
}

fn operator(fields: &mut Fields<'_>, field: &str, entry: &Map<String, Value>) -> Option<Operator> {
    let at_operator = format!("{field}.operator");
    let name = match member(entry, "operator") {
        None => "eq",
        Some(Value::String(name)) => name,
        Some(other) => {
            fields.mistaken(&at_operator, other, &operators());
            return None;
        }
    };
    let at_value = format!("{field}.value");
    let mut value = || match member(entry, "value") {
        Some(Value::String(value)) => fields
            .short_enough(&at_value, value, LONGEST_TEXT)
            .then(|| value.clone()),
        other => {
            complain(
                fields,
                &at_value,
                other,
                "a text; numbers and booleans of the event are compared as texts too",
            );
            None
        }
    };
    match name {
        "exists" => {
            if member(entry, "value").is_some() {
                fields.warning(
                    &at_value,
                    "exists looks at no value; leave it out, or write \"operator\": \"eq\"",
                );
            }
            Some(Operator::Exists)
        }
        "eq" => value().map(Operator::Equals),
        "startsWith" => value().map(Operator::StartsWith),
        "regex" => {
            let source = value()?;
            let compiled = fields
                .one_more_pattern()
                .and_then(|()| Pattern::compile(&source));
            match compiled {
                Ok(pattern) => Some(Operator::Regex(pattern)),
                Err(message) => {
                    fields.error(&at_value, message);
                    None
                }
            }
        }
        other => {
            fields.error(
                &at_operator,
                format_args!("{} is no operator; write {}", quoted(other), operators()),
            );
            None
        }
    }
}

fn operators() -> String {
    let quoted = OPERATORS.map(quoted);
    listed(quoted.iter().map(String::as_str), "or")
}

/// A mistyped key of a condition must not widen what the flag concerns.
fn unknown_parts(fields: &mut Fields<'_>, field: &str, entry: &Map<String, Value>) {
    let keys = sorted(entry).into_iter().map(|(key, _)| key);
    for key in keys.filter(|key| !CONDITION_KEYS.contains(key)) {
        let write = match nearest(key, CONDITION_KEYS) {
            Some(meant) => format!("write \"{meant}\""),
            None => "a condition has \"path\", \"operator\", \"value\" and \"not\"".to_owned(),
        };
        fields.error(
            &format!("{field}.{}", spelled(key)),
            format_args!("is no part of a condition; {write}"),
        );
    }
}

fn complain(fields: &mut Fields<'_>, field: &str, found: Option<&Value>, write: &str) {
    let found = found.map_or_else(|| "is missing".to_owned(), described);
    fields.error(field, format_args!("{found}; write {write}"));
}
