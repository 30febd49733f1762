//! What every event is asked, through a wrapped handler.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use chaos_core::testing::{Action, Scope};
use serde_json::{Value, json};

/// Every kind of event of which there is an example.
pub(crate) const KINDS: [&str; 12] = [
    "alb",
    "alb_lists",
    "anything",
    "event_bridge",
    "function_url",
    "http_api",
    "lattice",
    "rest_api",
    "s3",
    "sns",
    "sqs",
    "web_socket",
];

/// The example of a kind, as Lambda sends it.
pub(crate) fn example(kind: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events/data");
    let text = std::fs::read_to_string(folder.join(format!("{kind}.json"))).expect("an example");
    serde_json::from_str(&text).expect("JSON")
}

/// A condition, and whether it holds for the event as it was sent.
pub(crate) struct Asked {
    pub(crate) path: String,
    condition: Value,
    pub(crate) holds: bool,
}

/// Everything in an event and in all others, asked with every operator, each with `not` and
/// without.
pub(crate) fn everything_of(event: &Value) -> Vec<Asked> {
    let mut paths = BTreeSet::new();
    for kind in KINDS {
        below(&example(kind), "", &mut paths);
    }
    let mut asked = Vec::new();
    for path in &paths {
        let found = found(event, path);
        let there = found.is_some_and(|value| !value.is_null() && *value != json!({}));
        both(&mut asked, path, &json!({ "operator": "exists" }), there);
        let Some(text) = found.and_then(scalar) else {
            both(&mut asked, path, &json!({ "value": "GET" }), false);
            continue;
        };
        let start: String = text
            .chars()
            .take(text.chars().count().div_ceil(2))
            .collect();
        let starts = json!({ "operator": "startsWith", "value": start });
        let whole = json!({ "operator": "regex", "value": format!("^{}$", escaped(&text)) });
        both(&mut asked, path, &json!({ "value": text }), true);
        both(
            &mut asked,
            path,
            &json!({ "value": format!("{text}-") }),
            false,
        );
        both(&mut asked, path, &starts, true);
        both(&mut asked, path, &whole, true);
    }
    asked
}

fn both(asked: &mut Vec<Asked>, path: &str, condition: &Value, holds: bool) {
    for not in [false, true] {
        let mut condition = condition.clone();
        condition["path"] = path.into();
        condition["not"] = not.into();
        let (path, holds) = (path.to_owned(), holds != not);
        asked.push(Asked {
            path,
            condition,
            holds,
        });
    }
}

/// The path of every value below, lists and maps included.
fn below(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(list) => (0..).map(|n: u32| n.to_string()).zip(list).collect(),
        _ => Vec::new(),
    };
    for (key, value) in children {
        let path = if path.is_empty() {
            key
        } else {
            format!("{path}.{key}")
        };
        below(value, &path, paths);
        paths.insert(path);
    }
}

/// What is at a path, names of headers whatever their case.
fn found<'e>(event: &'e Value, path: &str) -> Option<&'e Value> {
    let mut keys = path.split('.');
    let first = keys.next()?;
    let fold = matches!(first, "headers" | "multiValueHeaders");
    keys.try_fold(event.get(first)?, |value, key| match value {
        Value::Array(list) => list.get(key.parse::<usize>().ok()?),
        Value::Object(map) => {
            let same = |name: &str| name == key || fold && name.eq_ignore_ascii_case(key);
            map.iter()
                .find(|(name, _)| same(name))
                .map(|(_, value)| value)
        }
        _ => None,
    })
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn escaped(text: &str) -> String {
    let escape = |character: char| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' => character.to_string(),
        special => format!("\\u{{{:x}}}", u32::from(special)),
    };
    text.chars().map(escape).collect()
}

/// The paths at which some verdict is not that of the event as it was sent.
pub(crate) async fn differences<F: Future>(
    asked: &[Asked],
    call: impl Fn() -> F,
) -> BTreeSet<String> {
    let mut differences = BTreeSet::new();
    // A document has 16 regular expressions at most.
    for some in asked.chunks(16) {
        let flags = some.iter().enumerate().map(|(n, asked)| {
            let conditions = [&asked.condition];
            let flag = json!({ "mode": "exception", "enabled": true, "match": conditions });
            (n.to_string(), flag)
        });
        let scope = Scope::dry_run(&Value::Object(flags.collect()));
        scope.run(call()).await;
        let decisions = scope.decisions();
        assert!(decisions.iter().all(|made| made.action == Action::DryRun));
        let held: HashSet<String> = decisions.into_iter().map(|made| made.flag).collect();
        for (n, asked) in some.iter().enumerate() {
            if held.contains(&n.to_string()) != asked.holds {
                differences.insert(asked.path.clone());
            }
        }
    }
    differences
}
