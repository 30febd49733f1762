//! What others did to a document, found out from the versions that they left behind.

use serde_json::{Map, Value};

use super::draft::Draft;

type Flags = Map<String, Value>;

/// One version that followed the one that was read.
#[derive(Clone, Debug)]
pub(crate) struct Version<'a> {
    pub(crate) text: &'a str,
    /// Written by ourselves, which is no change of others.
    pub(crate) own: bool,
}

/// The document as the others would have left it, had each known of the others.
///
/// A version shows no more than its text, and whoever wrote it may have read an older one than the
/// last. So each is taken for a change of that earlier version, from `base` on, from which it
/// takes the fewest steps: a step for each flag that goes on or changes, and one for all that go off
/// at once. Nobody writes what is there already, and of several the latest is meant.
pub(crate) fn replay(base: &str, versions: &[Version<'_>]) -> String {
    let Some(last) = versions.iter().rfind(|version| !version.own) else {
        return base.to_owned();
    };
    let mut known = vec![flags(base)];
    let mut state = flags(base);
    for version in versions {
        let new = flags(version.text);
        if !version.own
            && let Some(parent) = parent(&known, &new)
        {
            for key in changed(parent, &new) {
                match new.get(key) {
                    Some(value) => state.insert(key.clone(), value.clone()),
                    None => state.remove(key),
                };
            }
        }
        known.push(new);
    }
    written(last.text, &state)
}

fn flags(text: &str) -> Flags {
    serde_json::from_str(text).unwrap_or_default()
}

/// The one of the earlier versions that the new one was made from.
fn parent<'a>(known: &'a [Flags], new: &Flags) -> Option<&'a Flags> {
    let steps = known.iter().map(|old| (steps(old, new), old));
    steps
        .rev()
        .filter(|(steps, _)| *steps > 0)
        .min_by_key(|(steps, _)| *steps)
        .map(|(_, old)| old)
}

fn steps(old: &Flags, new: &Flags) -> usize {
    let (on, off): (Vec<_>, Vec<_>) = changed(old, new).partition(|key| is_on(new.get(*key)));
    on.len() + usize::from(!off.is_empty())
}

fn changed<'a>(old: &'a Flags, new: &'a Flags) -> impl Iterator<Item = &'a String> {
    let gone = old.keys().filter(|key| !new.contains_key(*key));
    let keys = new.keys().chain(gone);
    keys.filter(|key| old.get(*key) != new.get(*key))
}

fn is_on(value: Option<&Value>) -> bool {
    value.is_some_and(|flag| flag["enabled"] == Value::Bool(true))
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
    fn on(versions: &[(bool, Value)]) -> Vec<String> {
        let texts: Vec<(bool, String)> = versions
            .iter()
            .map(|(own, value)| (*own, value.to_string()))
            .collect();
        let versions: Vec<Version<'_>> = texts
            .iter()
            .map(|(own, text)| Version { text, own: *own })
            .collect();
        let state = flags(&replay(BASE, &versions));
        let mut on: Vec<String> = state
            .keys()
            .filter(|key| is_on(state.get(*key)))
            .cloned()
            .collect();
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

    #[test]
    fn one_change_is_what_it_is() {
        assert_eq!(on(&[]), ["x"]);
        assert_eq!(on(&[(false, with(&["a"]))]), ["a", "x"]);
        assert_eq!(on(&[(false, json!({}))]), [] as [&str; 0]);
        assert_eq!(
            on(&[(true, with(&["a"]))]),
            ["x"],
            "our own is none of theirs"
        );
    }

    #[test]
    fn changes_without_knowledge_of_each_other_are_all_there() {
        let versions = [
            (false, with(&["a"])),
            (true, with(&["own"])),
            (false, with(&["b"])),
            (false, with(&["a", "c"])),
        ];
        assert_eq!(on(&versions), ["a", "b", "c", "x"]);
    }

    #[test]
    fn what_somebody_switched_off_after_it_was_on_is_off() {
        // All off, which without `a` would be what nobody writes: the base once more.
        let all_off = json!({"x":{"enabled":false},"off":{"enabled":false}});
        assert_eq!(
            on(&[(false, with(&["a"])), (false, all_off)]),
            [] as [&str; 0]
        );
        assert_eq!(on(&[(false, with(&["a"])), (false, with(&[]))]), ["x"]);
    }

    #[test]
    fn the_text_is_the_last_ones() {
        let text = "{\n        \"x\":{\"enabled\":true},\n  \"off\":  {\"enabled\":false}, \"b\":{\"enabled\":true}}";
        let versions = [Version { text, own: false }];
        assert_eq!(replay(BASE, &versions), text);
        let versions = [Version {
            text: "nothing",
            own: false,
        }];
        assert_eq!(replay(BASE, &versions), "nothing");
    }
}
