//! A flag's conditions against any event: each holds if and only if what they say of themselves does.
#![no_main]

use arbitrary::{Result, Unstructured};
use chaos_core::plan::{self, Condition, Operator, text_at};
use chaos_fuzz::document::{text, value};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// Names that are in events.
const NAMES: &[&str] = &[
    "headers",
    "multiValueHeaders",
    "X-Debug",
    "x-debug",
    "Records",
    "0",
    "1",
    "01",
    "body",
    "",
    "requestContext",
    "http",
    "é",
];
const EXPRESSIONS: &[&str] = &[
    "",
    "^a+$",
    "(a+)+$",
    "(a|aa)+$",
    "[^,]*,",
    "(?i)x",
    "\\d{1,3}",
    "(",
    "a{99}",
    "^(\\w|\\s)*$",
    "(?:a?){20}a{20}",
];

fuzz_target!(|data: &[u8]| {
    // Too few bytes, or too many for what is drawn from them.
    let _ = holds(&mut Unstructured::new(data));
});

fn holds(u: &mut Unstructured<'_>) -> Result<()> {
    let mut conditions = Vec::new();
    for _ in 0..u.int_in_range(1..=3)? {
        conditions.push(condition(u)?);
    }
    let mut event = value(u, NAMES, 4)?;
    if event.is_object() && u.ratio(1, 16)? {
        let longer = text(u, EXPRESSIONS)?.repeat(u.int_in_range(1..=5000)?);
        event["body"] = longer.into();
    }
    let document = json!({ "panic": { "enabled": true, "match": conditions } });
    let reading = plan::read_value(&document);
    let Some(flag) = reading.plan.flags.first() else {
        return Ok(());
    };
    for condition in &flag.aim.conditions {
        check(condition, &event);
    }
    let each = flag.aim.conditions.iter().all(|one| one.holds(&event));
    assert_eq!(
        Condition::all_hold(&flag.aim.conditions, &event),
        each,
        "{:?} of {event}",
        flag.aim.conditions
    );
    Ok(())
}

fn condition(u: &mut Unstructured<'_>) -> Result<Value> {
    let mut path = text(u, NAMES)?;
    for _ in 0..u.int_in_range(0..=3)? {
        path = format!("{path}.{}", text(u, NAMES)?);
    }
    let operator = u.choose(&["eq", "exists", "startsWith", "regex"])?;
    let mut condition =
        json!({ "path": path, "operator": operator, "not": u.arbitrary::<bool>()? });
    if *operator != "exists" {
        condition["value"] = text(u, EXPRESSIONS)?.into();
    }
    Ok(condition)
}

fn check(condition: &Condition, event: &Value) {
    let found = found(event, &condition.path);
    let text = text_at(event, &condition.path);
    let shown = text.as_deref();
    // A text is only ever there where there is something.
    assert!(found.is_some() || text.is_none());
    let met = match &condition.operator {
        Operator::Exists => found.is_some(),
        Operator::Equals(expected) => shown == Some(expected),
        Operator::StartsWith(start) => shown.is_some_and(|text| text.starts_with(start)),
        Operator::Regex(pattern) => match shown.map(str::len) {
            // Not searched: it holds neither way.
            Some(4097..) => return assert!(!condition.holds(event)),
            None => false,
            Some(_) => pattern.found_in(shown.unwrap_or_default()) == Some(true),
        },
        _ => return,
    };
    assert_eq!(
        condition.holds(event),
        met != condition.not,
        "{condition:?} of {event}"
    );
}

/// What is at a path, told a second time and in another way: from the path's end.
fn found<'e>(event: &'e Value, path: &str) -> Option<&'e Value> {
    let value = reached(event, path)?;
    (!value.is_null() && *value != json!({})).then_some(value)
}

fn reached<'e>(event: &'e Value, path: &str) -> Option<&'e Value> {
    let (above, key) = match path.rsplit_once('.') {
        Some((above, key)) => (reached(event, above)?, key),
        None => (event, path),
    };
    match above {
        Value::Object(map) => match map.get(key) {
            Some(value) => Some(value),
            None if is_headers(path) => {
                let mut entries = map.iter();
                let found = entries.find(|(name, _)| name.eq_ignore_ascii_case(key));
                found.map(|(_, value)| value)
            }
            None => None,
        },
        Value::Array(list) => {
            let index: usize = key.parse().ok()?;
            (index.to_string() == key).then(|| list.get(index))?
        }
        _ => None,
    }
}

/// Whether the last key is the name of a header.
fn is_headers(path: &str) -> bool {
    let mut keys = path.rsplit('.').skip(1);
    matches!(keys.next(), Some("headers" | "multiValueHeaders"))
}
