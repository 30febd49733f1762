//! Switching off.

use std::fmt::Write as _;

use chaos_core::plan::{self, Format, MODES};
use serde_json::Value;

use super::draft::Draft;

/// A document with every flag there is, and all of them off.
pub(crate) fn all_off() -> String {
    let mut text = String::from("{\n");
    for (position, row) in MODES.iter().enumerate() {
        let comma = if position + 1 == MODES.len() { "" } else { "," };
        // Writing to a text does not fail.
        let _ = writeln!(text, "  \"{}\": {{ \"enabled\": false }}{comma}", row.name);
    }
    text.push_str("}\n");
    text
}

/// What is to be switched off.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which<'a> {
    All,
    Named(&'a [String]),
}

/// A document after that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Switched {
    pub(crate) text: String,
    /// The flags that were on before.
    pub(crate) flags: Vec<String>,
    /// The names that no flag has.
    pub(crate) unknown: Vec<String>,
    /// Why the document could not be kept, where another one took its place.
    pub(crate) replaced: Option<String>,
}

/// Switches flags off and leaves everything else as it is. Where that cannot be done with all of
/// them, the document gives way to [`all_off`].
pub(crate) fn switch_off(text: &str, which: Which<'_>) -> Result<Switched, String> {
    let switched = Draft::of(text).map(|draft| switched(draft, plan::read(text).format, which));
    match (switched, which) {
        (Ok(switched), Which::Named(_)) => Ok(switched),
        (Ok(switched), Which::All) if nothing_is_on(&switched.text) => Ok(switched),
        (Err(why), Which::Named(_)) => Err(why),
        (Ok(_), Which::All) => Ok(another("some flag in it would not be switched off")),
        (Err(why), Which::All) => Ok(another(&why)),
    }
}

fn another(why: &str) -> Switched {
    Switched {
        text: all_off(),
        flags: Vec::new(),
        unknown: Vec::new(),
        replaced: Some(why.to_owned()),
    }
}

fn nothing_is_on(text: &str) -> bool {
    plan::read(text).plan.active().next().is_none()
}

fn switched(draft: Draft, format: Format, which: Which<'_>) -> Switched {
    let mut flags = Vec::new();
    let mut unknown = Vec::new();
    match format {
        Format::FailureLambda0 => flags.extend(old(&draft, "isEnabled", "failureMode")),
        Format::ChaosLambda => flags.extend(old(&draft, "is_enabled", "fault_type")),
        _ => match which {
            Which::All => {
                let keys = draft.keys().into_iter();
                flags.extend(
                    keys.filter(|key| key != "settings")
                        .filter(|key| draft.switch_off(key)),
                );
            }
            Which::Named(names) => {
                for name in names {
                    let is_flag = name != "settings" && draft.attributes(name).is_some();
                    if !is_flag {
                        unknown.push(name.clone());
                    } else if draft.switch_off(name) {
                        flags.push(name.clone());
                    }
                }
            }
        },
    }
    Switched {
        text: draft.into_text(),
        flags,
        unknown,
        replaced: None,
    }
}

/// The older formats have one flag, in fields at the top. Its name is its mode's.
fn old(draft: &Draft, enabled: &str, mode: &str) -> Option<String> {
    if draft.get(enabled) == Some(Value::Bool(false)) {
        return None;
    }
    draft.set_value(enabled, &Value::Bool(false));
    let mode = draft.get(mode)?;
    mode.as_str().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_with_everything_off_is_sound() {
        let reading = plan::read(&all_off());
        assert_eq!(reading.findings, []);
        assert_eq!(reading.plan.flags.len(), MODES.len());
        assert!(nothing_is_on(&all_off()));
        insta::assert_snapshot!(all_off(), @r###"
        {
          "latency": { "enabled": false },
          "timeout": { "enabled": false },
          "diskspace": { "enabled": false },
          "memory": { "enabled": false },
          "cpu": { "enabled": false },
          "denylist": { "enabled": false },
          "statuscode": { "enabled": false },
          "exception": { "enabled": false },
          "panic": { "enabled": false },
          "exit": { "enabled": false },
          "lost_reply": { "enabled": false },
          "duplicate": { "enabled": false },
          "corruption": { "enabled": false }
        }
        "###);
    }

    #[test]
    fn everything_else_stays() {
        let text = r#"{
  "settings": {"seed": 7},
  "latency": {"enabled": true, "min_latency": 5},
  "unknown": {"enabled": true, "note": "kept"},
  "note": "kept too",
  "panic": {"enabled": false}
}"#;
        let switched = switch_off(text, Which::All).unwrap();
        assert_eq!(switched.text, text.replace("true", "false"));
        assert_eq!(switched.flags, ["latency", "unknown"]);
        assert_eq!(switched.replaced, None);

        let names = ["latency", "panic", "nothing", "note", "settings"].map(str::to_owned);
        let switched = switch_off(text, Which::Named(&names)).unwrap();
        assert_eq!(switched.text, text.replacen("true", "false", 1));
        assert_eq!(switched.flags, ["latency"]);
        assert_eq!(switched.unknown, ["nothing", "note", "settings"]);
    }

    #[test]
    fn the_older_formats_are_switched_off_too() {
        let old = r#"{"isEnabled": true, "failureMode": "latency", "rate": 1, "minLatency": 5}"#;
        let switched = switch_off(old, Which::All).unwrap();
        assert_eq!(switched.text, old.replace("true", "false"));
        assert_eq!(switched.flags, ["latency"]);
        let python = r#"{"is_enabled": true, "fault_type": "latency", "delay": 5}"#;
        let switched = switch_off(python, Which::All).unwrap();
        assert_eq!(switched.text, python.replace("true", "false"));
        assert!(nothing_is_on(&switched.text));
    }

    #[test]
    fn what_cannot_be_kept_gives_way_if_all_is_meant() {
        for text in ["{", "[]", "\"latency\""] {
            let switched = switch_off(text, Which::All).unwrap();
            assert_eq!(switched.text, all_off());
            assert!(switched.replaced.is_some());
            assert!(switch_off(text, Which::Named(&[])).is_err());
        }
    }
}
