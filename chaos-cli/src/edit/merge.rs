//! Two changes of one document, made without knowledge of each other, brought together.

use serde_json::{Map, Value};

use super::draft::Draft;

/// Both changes in one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Merged {
    pub(crate) text: String,
    /// What both had changed, and what became of it, as a line for each.
    pub(crate) decided: Vec<String>,
}

/// Brings `ours` together with `theirs`, both of which were made from `base`: what one of the two
/// changed is taken from it. Of a flag that both changed, off wins over on; if both have it on,
/// it is ours, as it was written last.
pub(crate) fn merge(base: &str, theirs: &str, ours: &str) -> Merged {
    let (Ok(draft), Ok(our)) = (Draft::of(theirs), Draft::of(ours)) else {
        return Merged {
            text: ours.to_owned(),
            decided: vec![
                "the other document cannot be taken apart, and so all of it gave way".to_owned(),
            ],
        };
    };
    let base: Map<String, Value> = serde_json::from_str(base).unwrap_or_default();
    let mut decided = Vec::new();
    let mut keys = our.keys();
    keys.extend(base.keys().filter(|key| our.get(key).is_none()).cloned());
    for key in &keys {
        let (was, mine, other) = (base.get(key).cloned(), our.get(key), draft.get(key));
        if mine == was || mine == other {
            continue;
        }
        if other != was {
            let take_other = is_on(key, mine.as_ref()) && !is_on(key, other.as_ref());
            decided.push(said(key, take_other, mine.as_ref()));
            if take_other {
                continue;
            }
        }
        match (mine, our.attributes(key)) {
            (Some(_), Some(attributes)) => draft.set(key, &attributes),
            (Some(value), None) => draft.set_value(key, &value),
            (None, _) => draft.remove(key),
        }
    }
    Merged {
        text: draft.into_text(),
        decided,
    }
}

/// Whether faults can come of it. Of the settings it is what holds them back that counts.
fn is_on(key: &str, value: Option<&Value>) -> bool {
    if key == "settings" {
        return !value.is_some_and(|settings| {
            settings["enabled"] == Value::Bool(false) || settings["dry_run"] == Value::Bool(true)
        });
    }
    value.is_some_and(|flag| flag["enabled"] == Value::Bool(true))
}

fn said(key: &str, take_other: bool, mine: Option<&Value>) -> String {
    if take_other {
        format!("{key} was changed by both, and stays off, as off wins over on")
    } else if is_on(key, mine) {
        format!("{key} was changed by both, and is as it was written last")
    } else {
        format!("{key} was changed by both, and is off, as off wins over on")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Merges what both made of `{"a": …, "b": …}`; what came of it, and how much was decided.
    fn merged(base: &Value, theirs: &Value, ours: &Value) -> (Value, usize) {
        let merged = merge(&base.to_string(), &theirs.to_string(), &ours.to_string());
        (
            serde_json::from_str(&merged.text).unwrap(),
            merged.decided.len(),
        )
    }

    fn on(percentage: u32) -> Value {
        json!({ "enabled": true, "percentage": percentage })
    }

    fn off() -> Value {
        json!({ "enabled": false })
    }

    #[test]
    fn each_change_of_different_flags_is_kept() {
        let base = json!({ "a": off(), "b": off(), "c": on(1) });
        let theirs = json!({ "a": on(5), "b": off(), "new": on(2) });
        let ours = json!({ "a": off(), "b": on(7), "c": on(1), "own": on(3) });
        let (document, decided) = merged(&base, &theirs, &ours);
        assert_eq!(
            document,
            json!({ "a": on(5), "b": on(7), "new": on(2), "own": on(3) })
        );
        assert_eq!(decided, 0);
    }

    #[test]
    fn off_wins_over_on_whoever_was_first() {
        let base = json!({ "a": on(1) });
        let cases = [
            (
                json!({ "a": off() }),
                json!({ "a": on(9) }),
                json!({ "a": off() }),
            ),
            (
                json!({ "a": on(9) }),
                json!({ "a": off() }),
                json!({ "a": off() }),
            ),
            (json!({}), json!({ "a": on(9) }), json!({})),
            (json!({ "a": on(9) }), json!({}), json!({})),
            (
                json!({ "a": on(8) }),
                json!({ "a": on(9) }),
                json!({ "a": on(9) }),
            ),
        ];
        for (theirs, ours, expected) in cases {
            assert_eq!(
                merged(&base, &theirs, &ours),
                (expected, 1),
                "{theirs} {ours}"
            );
        }
    }

    #[test]
    fn what_both_did_is_no_conflict() {
        let base = json!({ "a": on(1), "b": on(1) });
        let both = json!({ "a": off() });
        assert_eq!(merged(&base, &both, &both), (both, 0));
    }

    #[test]
    fn of_the_settings_those_win_that_hold_back() {
        let base = json!({});
        let dry = json!({ "settings": { "dry_run": true } });
        let seed = json!({ "settings": { "seed": 1 } });
        assert_eq!(merged(&base, &dry, &seed), (dry.clone(), 1));
        assert_eq!(merged(&base, &seed, &dry), (dry, 1));
    }

    #[test]
    fn their_text_stays_as_they_wrote_it() {
        let theirs = "{\n      \"b\":{\"enabled\":true} , \"note\": 1\n}";
        let merged = merge("{}", theirs, r#"{"a": {"enabled": true}}"#);
        assert!(
            merged
                .text
                .contains(r#"      "b":{"enabled":true} , "note": 1"#),
            "{}",
            merged.text
        );
        assert!(merged.text.contains("\"a\""), "{}", merged.text);
    }

    #[test]
    fn what_is_no_document_gives_way() {
        let merged = merge("{}", "garbage", "{}");
        assert_eq!(merged.text, "{}");
        assert_eq!(merged.decided.len(), 1);
    }
}
