//! Looking into an event.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::json::member;

/// Nothing that a text is compared with has more bytes: 4096 characters of four each.
const LONGEST_COMPARED: usize = 4 * 4096;

/// The text of the value at a dot-separated path of an event, as conditions and `by` see it.
///
/// Numbers index lists; names under `headers` and `multiValueHeaders` match whatever their case.
/// Numbers and booleans are as JSON writes them, a list is its elements with commas between, as
/// in failure-lambda. `None` if there is nothing, null, or a map. Of a long list there is more than
/// 16 KiB of text, with which nothing is equal, and not all of it.
///
/// ```
/// use chaos_core::plan::text_at;
/// use serde_json::json;
///
/// let event = json!({ "headers": { "X-Debug": "1" }, "Records": [{ "size": 7 }] });
/// assert_eq!(text_at(&event, "headers.x-debug").as_deref(), Some("1"));
/// assert_eq!(text_at(&event, "Records.0.size").as_deref(), Some("7"));
/// assert_eq!(text_at(&event, "Records.1.size"), None);
/// ```
pub fn text_at<'e>(event: &'e Value, path: &str) -> Option<Cow<'e, str>> {
    text(value_at(event, path)?)
}

/// The value at a path; null and an empty map count as absent.
pub(super) fn value_at<'e>(event: &'e Value, path: &str) -> Option<&'e Value> {
    let mut value = event;
    let mut under_headers = false;
    for key in path.split('.') {
        value = match value {
            Value::Object(map) if under_headers => member(map, key).or_else(|| {
                map.iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(key))
                    .map(|(_, value)| value)
            })?,
            Value::Object(map) => member(map, key)?,
            Value::Array(list) => list.get(index(key)?)?,
            _ => return None,
        };
        under_headers = matches!(key, "headers" | "multiValueHeaders");
    }
    let absent = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
    (!absent).then_some(value)
}

/// `0`, `12`, but neither `+1` nor `01`, which name no element.
fn index(key: &str) -> Option<usize> {
    let plain = key == "0" || (key.bytes().all(|b| b.is_ascii_digit()) && !key.starts_with('0'));
    plain.then(|| key.parse().ok())?
}

pub(super) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null | Value::Object(_) => None,
        Value::Bool(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
        Value::Number(number) => Some(Cow::Owned(number_text(number))),
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Array(list) => list_text(list).map(Cow::Owned),
    }
}

/// The elements with commas between, as far as anything compares them, for an event may have millions;
/// nothing for a list that up to there holds anything but scalars.
fn list_text(list: &[Value]) -> Option<String> {
    let mut joined = String::new();
    for (at, element) in list.iter().enumerate() {
        if at > 0 {
            joined.push(',');
        }
        match element {
            Value::Null => {}
            Value::Array(_) => return None,
            Value::String(text) => {
                let end = text.ceil_char_boundary(LONGEST_COMPARED + 1);
                joined.push_str(&text[..end]);
            }
            scalar => joined.push_str(&text(scalar)?),
        }
        if joined.len() > LONGEST_COMPARED {
            break;
        }
    }
    Some(joined)
}

/// As JavaScript writes numbers, since that is what the documents were written against: 1.0 is
/// `1`.
fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => {
            let size = float.abs();
            if size == 0.0 {
                "0".to_owned()
            } else if (1e-6..1e21).contains(&size) {
                float.to_string()
            } else {
                format!("{float:e}").replace('e', if size < 1.0 { "e" } else { "e+" })
            }
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_read_as_javascript_writes_them() {
        let cases = [
            (json!(7), "7"),
            (json!(1.0), "1"),
            (json!(0.5), "0.5"),
            (json!(-0.0), "0"),
            (json!(1e21), "1e+21"),
            (json!(2.5e-7), "2.5e-7"),
            (json!(u64::MAX), "18446744073709551615"),
            (json!(true), "true"),
            (json!("x"), "x"),
            (json!(["a", null, 1]), "a,,1"),
        ];
        for (value, expected) in cases {
            assert_eq!(text(&value).as_deref(), Some(expected));
        }
        assert_eq!(text(&json!({"a": 1})), None);
        assert_eq!(text(&json!([{"a": 1}])), None);
    }

    #[test]
    fn a_long_list_is_read_no_further_than_anything_compares_it() {
        let most = LONGEST_COMPARED;
        let length = |list: Value| text(&list).map(|text| text.len());
        assert_eq!(length(json!(vec![Value::Null; most + 1])), Some(most));
        assert_eq!(length(json!(vec![Value::Null; 2 * most])), Some(most + 1));
        assert_eq!(length(json!(vec![7; most])), Some(most + 1));
        assert_eq!(length(json!(["é".repeat(most)])), Some(most + 2));
        assert_eq!(length(json!(["a", "b".repeat(most - 2)])), Some(most));
        // What is wrong with a list is seen up to there.
        let with_list = |at| {
            let mut list = vec![json!(7); most];
            list[at] = json!([]);
            length(list.into())
        };
        assert_eq!(with_list(most / 2), None);
        assert_eq!(with_list(most - 1), Some(most + 1));
    }

    #[test]
    fn header_names_match_whatever_their_case_and_the_exact_one_first() {
        let event = json!({
            "headers": { "X-A": "1", "x-a": "2" },
            "multiValueHeaders": { "X-B": ["b"] },
            "query": { "Id": "7" },
        });
        assert_eq!(text_at(&event, "headers.x-a").as_deref(), Some("2"));
        assert!(text_at(&event, "headers.X-a").is_some());
        assert_eq!(
            text_at(&event, "multiValueHeaders.x-b").as_deref(),
            Some("b")
        );
        assert_eq!(
            text_at(&event, "multiValueHeaders.x-b.0").as_deref(),
            Some("b")
        );
        assert_eq!(text_at(&event, "query.id"), None);
    }

    #[test]
    fn null_and_empty_maps_are_absent_and_indices_are_plain() {
        let event = json!({ "nothing": null, "none": {}, "list": ["a"], "empty": [] });
        assert!(value_at(&event, "nothing").is_none());
        assert!(value_at(&event, "none").is_none());
        assert!(value_at(&event, "empty").is_some());
        assert!(value_at(&event, "list.0").is_some());
        for path in [
            "list.00",
            "list.+0",
            "list.",
            "list.1",
            "list.99999999999999999999999",
        ] {
            assert!(value_at(&event, path).is_none(), "{path}");
        }
    }
}
