//! Conditions on the event as they are typed and shown: `headers.x-test=1`.

use chaos_core::plan::{Condition, Operator};
use serde_json::{Value, json};

/// Reads `PATH=VALUE`, `PATH^=START`, `PATH~=REGEX` or `PATH`, with `!` before the path or before the
/// sign to turn it round.
pub(super) fn parsed(text: &str) -> Result<Value, String> {
    let (mut not, rest) = match text.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    // The first sign counts: a value may have any of them in it.
    let (path, operator, value) = match rest.split_once('=') {
        None => (rest, "exists", None),
        Some((left, value)) => {
            if let Some(path) = left.strip_suffix('^') {
                (path, "startsWith", Some(value))
            } else if let Some(path) = left.strip_suffix('~') {
                (path, "regex", Some(value))
            } else {
                (left, "eq", Some(value))
            }
        }
    };
    let path = match path.strip_suffix('!') {
        Some(path) if value.is_some() => {
            not = !not;
            path
        }
        _ => path,
    };
    if path.is_empty() {
        return Err("write PATH=VALUE, as headers.x-test=1".to_owned());
    }
    let mut condition = json!({ "path": path });
    if operator != "eq" {
        condition["operator"] = operator.into();
    }
    if let Some(value) = value {
        condition["value"] = value.into();
    }
    if not {
        condition["not"] = true.into();
    }
    Ok(condition)
}

/// A condition as it would be typed.
pub(crate) fn shown(condition: &Condition) -> String {
    let path = &condition.path;
    let not = if condition.not { "!" } else { "" };
    match &condition.operator {
        Operator::Equals(value) => format!("{path}{not}={value}"),
        Operator::StartsWith(value) => format!("{path}{not}^={value}"),
        Operator::Regex(pattern) => format!("{path}{not}~={}", pattern.as_str()),
        _ => format!("{not}{path}"),
    }
}

#[cfg(test)]
mod tests {
    use chaos_core::plan;

    use super::*;

    #[test]
    fn each_operator_has_its_sign() {
        let cases = [
            (
                "headers.x-test=1",
                json!({"path": "headers.x-test", "value": "1"}),
            ),
            ("a!=1", json!({"path": "a", "value": "1", "not": true})),
            ("!a=1", json!({"path": "a", "value": "1", "not": true})),
            (
                "rawPath^=/api/",
                json!({"path": "rawPath", "operator": "startsWith", "value": "/api/"}),
            ),
            (
                "a!^=b",
                json!({"path": "a", "operator": "startsWith", "value": "b", "not": true}),
            ),
            (
                "a~=^x=y$",
                json!({"path": "a", "operator": "regex", "value": "^x=y$"}),
            ),
            ("a=b=c", json!({"path": "a", "value": "b=c"})),
            ("a=", json!({"path": "a", "value": ""})),
            (
                "headers.x",
                json!({"path": "headers.x", "operator": "exists"}),
            ),
            (
                "!headers.x",
                json!({"path": "headers.x", "operator": "exists", "not": true}),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(parsed(text), Ok(expected), "{text}");
        }
        for text in ["", "=1", "!", "^=a", "!=1"] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_shown_can_be_typed() {
        for text in [
            "a.b=1", "a!=1", "a^=b", "a!^=b", "a~=b+", "a!~=b+", "a", "!a",
        ] {
            let flag = json!({ "latency": {
                "enabled": true, "min_latency": 1, "match": [parsed(text).unwrap()],
            } });
            let reading = plan::read_value(&flag);
            assert_eq!(reading.findings, [], "{text}");
            assert_eq!(shown(&reading.plan.flags[0].aim.conditions[0]), text);
        }
    }
}
