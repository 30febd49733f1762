//! Documents, events and texts, drawn from bytes: mostly of words that mean something.

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use chaos_core::plan::{FLAG_ATTRIBUTES, MODES, SETTINGS_ATTRIBUTES};
use serde_json::{Map, Value, json};

/// Keys that documents have, those of both older formats among them.
static KEYS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut keys = vec![
        "settings",
        "path",
        "operator",
        "value",
        "not",
        "_variant",
        "isEnabled",
        "failureMode",
        "rate",
        "minLatency",
        "maxLatency",
        "exceptionMsg",
        "statusCode",
        "diskSpace",
        "denylist",
        "is_enabled",
        "fault_type",
        "delay",
        "error_code",
        "exception_msg",
        "status_code",
    ];
    for row in MODES {
        keys.push(row.name);
        keys.extend(row.attributes.iter().map(|attribute| attribute.key));
    }
    let tables = FLAG_ATTRIBUTES.iter().chain(SETTINGS_ATTRIBUTES);
    keys.extend(tables.map(|attribute| attribute.key));
    keys
});

/// Texts that documents have, right and wrong.
const TEXTS: &[&str] = &[
    "",
    "latency",
    "exception",
    "before",
    "after",
    "label:",
    "label:tenant",
    "headers.x-debug",
    "eq",
    "exists",
    "startsWith",
    "regex",
    "^a+$",
    "(",
    "(a+)+$",
    "(?!a)",
    "(a)\\1",
    "(a{1000}){1000}",
    "a{99999999999}",
    "\\p{L}",
    "[[:alpha:]&&a]",
    "*",
    "a*b*",
    "normal",
    "lognormal",
    "uniform",
    "2026-12-01T18:00:00Z",
    "0000-01-01T00:00:00+23:59",
    "9999-12-31T23:59:60-23:59",
    "[{\"path\":\"a\"}]",
    "{\"a\":[\"b\"]}",
    "[",
    "\r\n\u{7f}",
    "\u{202e}x",
];

/// A text: one of `known`, or of any characters.
pub fn text(u: &mut Unstructured<'_>, known: &[&str]) -> Result<String> {
    if known.is_empty() || u.ratio(1, 4)? {
        return Ok(u.arbitrary::<&str>()?.to_owned());
    }
    Ok((*u.choose(known)?).to_owned())
}

/// A document, or what is none.
pub fn document(u: &mut Unstructured<'_>) -> Result<Value> {
    let mut document = Map::new();
    for _ in 0..u.int_in_range(0..=3)? {
        let name = text(u, &KEYS)?;
        let value = if u.ratio(3, 4)? {
            flag(u)?
        } else {
            value(u, &KEYS, 3)?
        };
        document.insert(name, value);
    }
    Ok(document.into())
}

/// A flag that is mostly right, so that what comes after the first check is reached as well.
fn flag(u: &mut Unstructured<'_>) -> Result<Value> {
    let row = u.choose(MODES)?;
    let mut flag = json!({ "enabled": u.ratio(3, 4)?, "mode": row.name });
    for _ in 0..u.int_in_range(0..=4)? {
        let table = if u.arbitrary()? || row.attributes.is_empty() {
            FLAG_ATTRIBUTES
        } else {
            row.attributes
        };
        flag[u.choose(table)?.key] = value(u, &KEYS, 2)?;
    }
    Ok(flag)
}

/// Any JSON no deeper than so many levels, with keys mostly of those.
pub fn value(u: &mut Unstructured<'_>, keys: &[&str], depth: u8) -> Result<Value> {
    Ok(match u.int_in_range(0..=9)? {
        0 | 1 if depth > 0 => {
            let mut map = Map::new();
            for _ in 0..u.int_in_range(0..=4)? {
                map.insert(text(u, keys)?, value(u, keys, depth - 1)?);
            }
            map.into()
        }
        2 if depth > 0 => {
            let mut list = Vec::new();
            for _ in 0..u.int_in_range(0..=4)? {
                list.push(value(u, keys, depth - 1)?);
            }
            list.into()
        }
        3 => Value::Null,
        4 => u.arbitrary::<bool>()?.into(),
        5 => json!(u.int_in_range(0..=1000)?),
        6 => json!(u.arbitrary::<i64>()?),
        7 => json!(u.arbitrary::<f64>()?),
        _ => text(u, TEXTS)?.into(),
    })
}
