//! JSON values, so that little code comes of it: what is generic is compiled for each type that it is
//! used with, and comes into every function's binary.

use serde_json::{Map, Value};

/// A value as JSON, without white space. Its `Display` would bring the code for pretty JSON along.
pub(crate) fn json_text(value: &Value) -> String {
    // It has no keys but texts, without which it could fail.
    serde_json::to_string(value).unwrap_or_default()
}

/// An object of these. Collecting one would sort them first.
pub(crate) fn json_object(entries: impl IntoIterator<Item = (String, Value)>) -> Value {
    let mut object = Map::new();
    for (key, value) in entries {
        object.insert(key, value);
    }
    object.into()
}

/// The entries of an object, by their keys: maps of `serde_json` may be in the document's order,
/// and two equal documents must come to the same.
pub(crate) fn sorted(object: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut entries: Vec<_> = object
        .iter()
        .map(|(key, value)| (key.as_str(), value))
        .collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}

/// The value of a key. `Map::get` itself is compiled into each of its callers, some three hundred
/// bytes each time.
#[inline(never)]
pub(crate) fn member<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    object.get(key)
}

/// Puts an item after those whose key is not greater. For lists of some dozens, which a sort costs
/// ten kilobytes of code each.
pub(crate) fn insert_in_order<T, K: Ord>(list: &mut Vec<T>, item: T, key: impl Fn(&T) -> K) {
    let own = key(&item);
    let at = list.partition_point(|other| key(other) <= own);
    list.insert(at, item);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_written_as_display_writes_it() {
        for value in [
            json!(null),
            json!(1.5),
            json!("a\"b"),
            json!({"b": [1, {}], "a": true}),
        ] {
            assert_eq!(json_text(&value), value.to_string());
        }
    }

    #[test]
    fn an_object_has_its_entries() {
        let entries = [("b", json!(1)), ("a", json!([]))];
        let object = json_object(entries.map(|(key, value)| (key.to_owned(), value)));
        assert_eq!(object, json!({ "a": [], "b": 1 }));
    }

    #[test]
    fn what_has_the_same_key_stays_in_its_order() {
        let mut list = Vec::new();
        for item in ["b1", "a1", "b2", "c1", "a2"] {
            insert_in_order(&mut list, item, |item| item.as_bytes()[0]);
        }
        assert_eq!(list, ["a1", "a2", "b1", "b2", "c1"]);
    }
}
