//! What others did to a document, found out from the versions that they left behind.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::draft::Draft;

type Flags = Map<String, Value>;

/// The document as others would have left it had each known of the others, from what it was and the
/// versions that they wrote since, oldest first.
///
/// A version shows no more than its text, and whoever wrote it may have read any of those before it.
/// So what is as it was at the beginning says nothing; what is otherwise is a change, of this
/// writer or of one whom it knew of. A flag that was on and went off stays off, whoever has it on
/// after that. Who has nothing on that is new was switching off, and means all that is off there.
pub(crate) fn replay<'a>(base: &str, versions: impl IntoIterator<Item = &'a str>) -> String {
    let was = flags(base);
    let mut state = was.clone();
    let mut switched_off = BTreeSet::new();
    let mut last = base;
    for version in versions {
        last = version;
        let new = flags(version);
        let is_news = |key: &String| new.get(key) != was.get(key);
        let only_off = !new.keys().any(|key| is_news(key) && is_on(&new, key));
        let keys: BTreeSet<String> = state.keys().chain(new.keys()).cloned().collect();
        for key in keys {
            let goes_off = is_on(&state, &key) && !is_on(&new, &key);
            let is_meant = is_news(&key) || (goes_off && only_off);
            if !is_meant {
                continue;
            }
            if goes_off {
                switched_off.insert(key.clone());
            } else if is_on(&new, &key) && switched_off.contains(&key) {
                continue;
            }
            match new.get(&key) {
                Some(value) => state.insert(key, value.clone()),
                None => state.remove(&key),
            };
        }
    }
    written(last, &state)
}

fn flags(text: &str) -> Flags {
    serde_json::from_str(text).unwrap_or_default()
}

fn is_on(flags: &Flags, key: &str) -> bool {
    flags
        .get(key)
        .is_some_and(|flag| flag["enabled"] == Value::Bool(true))
}

/// The text, changed to say this.
fn written(text: &str, state: &Flags) -> String {
    let Ok(draft) = Draft::of(text) else {
        return text.to_owned();
    };
    for key in draft.keys() {
        if !state.contains_key(&key) {
            draft.remove(&key);
        }
    }
    for (key, value) in state {
        if draft.get(key).as_ref() != Some(value) {
            draft.set_value(key, value);
        }
    }
    draft.into_text()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BASE: &str = r#"{"x":{"enabled":true},"off":{"enabled":false}}"#;

    /// What is on after all that.
    fn on(versions: &[Value]) -> Vec<String> {
        let texts: Vec<String> = versions.iter().map(Value::to_string).collect();
        let state = flags(&replay(BASE, texts.iter().map(String::as_str)));
        let mut on: Vec<String> = state.keys().cloned().collect();
        on.retain(|key| is_on(&state, key));
        on.sort();
        on
    }

    /// The base with these flags on besides.
    fn with(names: &[&str]) -> Value {
        let mut document: Value = serde_json::from_str(BASE).unwrap();
        for name in names {
            document[name] = json!({ "enabled": true });
        }
        document
    }

    const NOTHING: [&str; 0] = [];

    #[test]
    fn one_change_is_what_it_is() {
        assert_eq!(on(&[]), ["x"]);
        assert_eq!(on(&[with(&["a", "off"])]), ["a", "off", "x"]);
        assert_eq!(on(&[json!({})]), NOTHING);
    }

    #[test]
    fn changes_without_knowledge_of_each_other_are_all_there() {
        let versions = [
            with(&["a"]),
            with(&["b"]),
            with(&["a", "c"]),
            // merged by somebody who had seen no more than the first and the last
            with(&["a", "d"]),
        ];
        assert_eq!(on(&versions), ["a", "b", "c", "d", "x"]);
    }

    #[test]
    fn what_went_off_stays_off() {
        let mut without = with(&["a", "b"]);
        without["a"] = json!({ "enabled": false });
        assert_eq!(on(&[with(&["a"]), without.clone()]), ["b", "x"]);
        // Somebody who had not seen it go off.
        assert_eq!(
            on(&[with(&["a"]), without, with(&["a", "c"])]),
            ["b", "c", "x"]
        );
        // It was off before and goes on: that is no conflict.
        let mut added = with(&[]);
        added["a"] = json!({ "enabled": false, "note": 1 });
        assert_eq!(on(&[added, with(&["a"])]), ["a", "x"]);
    }

    #[test]
    fn who_only_switches_off_means_all_that_is_off_there() {
        let all_off = json!({"x":{"enabled":false},"off":{"enabled":false}});
        assert_eq!(on(&[with(&["a", "off"]), all_off]), NOTHING);
        assert_eq!(on(&[with(&["a"]), with(&[])]), ["x"], "put back as it was");
    }

    #[test]
    fn the_text_is_the_last_ones() {
        let text = "{\n        \"x\":{\"enabled\":true},\n  \"off\":  {\"enabled\":false}, \"b\":{\"enabled\":true}}";
        assert_eq!(replay(BASE, [text]), text);
        assert_eq!(replay(BASE, ["nothing"]), "nothing");
    }
}
