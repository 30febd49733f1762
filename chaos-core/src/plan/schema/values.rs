//! What may be written as the value of an attribute.

use serde_json::{Value, json};

use super::super::parts::{CONDITION_KEYS, OPERATORS, VALUELESS};
use super::super::table::{
    Attribute, DefaultValue, Kind, LONGEST_BODY, LONGEST_HEADER_NAME, LONGEST_HEADER_VALUE,
    LONGEST_LABEL_NAME, LONGEST_TEXT, MOST_ENTRIES, MOST_HEADERS,
};
use super::draft::Draft;

/// RFC 3339 as it is read: any character between date and time, and 29 February in any year.
const TIME: &str = concat!(
    "^[0-9]{4}-",
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])",
    "|(0[469]|11)-(0[1-9]|[12][0-9]|30)",
    "|02-(0[1-9]|[12][0-9]))",
    "[\\x00-\\x7f]",
    "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?",
    "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
);

/// The schema of an attribute's value, with what it means.
pub(super) fn attribute(attribute: &Attribute, draft: Draft) -> Value {
    let mut schema = value(attribute.kind, draft);
    schema["description"] = json!(description(attribute));
    if let Some(default) = default(attribute.default) {
        schema["default"] = default;
    }
    schema
}

/// `how much to take (in MB; 100 unless written)`.
fn description(attribute: &Attribute) -> String {
    let unit = attribute.unit.map(|unit| format!("in {unit}"));
    let default = match attribute.default {
        DefaultValue::Required => Some("required".to_owned()),
        DefaultValue::Text(text) => Some(format!("\"{text}\" unless written")),
        other => default(other).map(|value| format!("{value} unless written")),
    };
    let notes: Vec<String> = unit.into_iter().chain(default).collect();
    if notes.is_empty() {
        attribute.help.to_owned()
    } else {
        format!("{} ({})", attribute.help, notes.join("; "))
    }
}

fn default(default: DefaultValue) -> Option<Value> {
    match default {
        DefaultValue::Required | DefaultValue::Unset => None,
        DefaultValue::Boolean(truth) => Some(json!(truth)),
        DefaultValue::Number(number) => Some(plain(number)),
        DefaultValue::Integer(number) => Some(json!(number)),
        DefaultValue::Text(text) => Some(json!(text)),
    }
}

fn value(kind: Kind, draft: Draft) -> Value {
    match kind {
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Number { min, max } => {
            json!({ "type": "number", "minimum": plain(min), "maximum": plain(max) })
        }
        Kind::Integer { min, max } => draft.whole(min, max),
        Kind::Name => text(),
        Kind::Text { longest } => json!({ "type": "string", "maxLength": longest }),
        Kind::Choice(choices) => json!({ "enum": choices }),
        Kind::Time => json!({ "type": "string", "pattern": TIME }),
        Kind::By => {
            let mut by = text();
            by["not"] = json!({ "enum": ["label:"] });
            by
        }
        Kind::Globs => or_in_text(&texts(), '['),
        Kind::Labels => or_in_text(&labels(draft), '{'),
        Kind::Conditions => or_in_text(
            &json!({ "type": "array", "maxItems": MOST_ENTRIES, "items": condition(draft) }),
            '[',
        ),
        Kind::Body => json!({
            "type": ["string", "number", "boolean", "array", "object"],
            "maxLength": LONGEST_BODY,
        }),
        Kind::Headers => or_in_text(&headers(draft), '{'),
        Kind::HeaderNames => header_names(),
        Kind::Patterns => json!({
            "type": "array",
            "maxItems": MOST_ENTRIES,
            "items": { "type": "string", "maxLength": LONGEST_TEXT },
        }),
    }
}

/// A text that is not empty.
fn text() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_TEXT })
}

/// A text, or a list of at least one text.
fn texts() -> Value {
    let list = json!({ "type": "array", "minItems": 1, "maxItems": MOST_ENTRIES, "items": text() });
    json!({ "anyOf": [text(), list] })
}

/// Names with a text or several. What is no name or too long a one is looked for: draft-04 says
/// nothing of names otherwise.
fn labels(draft: Draft) -> Value {
    let no_name = format!("^$|[\\s\\S]{{{}}}", LONGEST_LABEL_NAME + 1);
    json!({
        "type": "object",
        "maxProperties": MOST_ENTRIES,
        "patternProperties": { no_name: draft.nothing() },
        "additionalProperties": texts(),
    })
}

/// The value itself, or a text that may hold it as JSON: attributes of feature flags in
/// `AppConfig` are scalars.
fn or_in_text(schema: &Value, bracket: char) -> Value {
    let text = json!({ "type": "string", "pattern": format!("^[ \\t\\r\\n]*\\{bracket}") });
    json!({ "anyOf": [schema, text] })
}

fn condition(draft: Draft) -> Value {
    let parts = CONDITION_KEYS.map(|key| {
        let schema = match key {
            "operator" => json!({ "enum": OPERATORS }),
            "not" => json!({ "type": "boolean" }),
            "path" => json!({ "type": "string", "maxLength": LONGEST_TEXT }),
            _ => draft.anything(),
        };
        (key.to_owned(), schema)
    });
    let without_value =
        json!({ "properties": { "operator": { "enum": VALUELESS } }, "required": ["operator"] });
    let with_value = json!({ "properties": { "value": { "type": "string", "maxLength": LONGEST_TEXT } }, "required": ["value"] });
    json!({
        "type": "object",
        "required": ["path"],
        "properties": Value::Object(parts.into_iter().collect()),
        "additionalProperties": false,
        "allOf": [draft.when_else(&without_value, &draft.anything(), &with_value)],
    })
}

/// Names are tokens and values have no control characters, as in HTTP. What is wrong is looked for, since
/// `$` lets some validators take a line break at the end.
fn headers(draft: Draft) -> Value {
    json!({
        "type": "object",
        "maxProperties": MOST_HEADERS,
        "patternProperties": { no_header_name(): draft.nothing() },
        "additionalProperties": {
            "type": "string",
            "maxLength": LONGEST_HEADER_VALUE,
            "not": { "pattern": "[\\x00-\\x08\\x0a-\\x1f\\x7f]" },
        },
    })
}

/// A name, or a list of at least one.
fn header_names() -> Value {
    let name = json!({ "type": "string", "not": { "pattern": no_header_name() } });
    let list = json!({ "type": "array", "minItems": 1, "maxItems": MOST_HEADERS, "items": name });
    json!({ "anyOf": [name, or_in_text(&list, '[')] })
}

/// What is no name of a header, or too long a one.
fn no_header_name() -> String {
    format!(
        "^$|[^-!#$%&'*+.^_`|~0-9A-Za-z]|.{{{}}}",
        LONGEST_HEADER_NAME + 1
    )
}

/// A number without a decimal point where it needs none.
fn plain(number: f64) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and far below 2^53, as every bound is"
    )]
    let whole = (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64);
    whole.map_or_else(|| json!(number), |whole| json!(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_a_decimal_point_where_it_needs_one() {
        let cases = [
            (100.0, json!(100)),
            (-1.0, json!(-1)),
            (0.5, json!(0.5)),
            (1e15, json!(1e15)),
        ];
        for (number, expected) in cases {
            assert_eq!(plain(number), expected);
        }
    }
}
