//! A document that is being changed: keys, their order and the space between them stay.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstObjectProp, CstRootNode};
use serde_json::Value;

/// The attributes of a flag, in the order in which they are written.
pub(crate) type Attributes = Vec<(String, Value)>;

/// The text of a document, taken apart.
pub(crate) struct Draft {
    root: CstRootNode,
    object: CstObject,
}

impl Draft {
    /// `Err` says why it cannot be changed key by key: it is no JSON, or no object.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = if text.trim().is_empty() { "{}" } else { text };
        // Not by the parser below, which takes what the library would refuse.
        let value: Value = serde_json::from_str(text)
            .map_err(|error| format!("the document is not JSON: {error}"))?;
        if !value.is_object() {
            return Err("the document is JSON, but no object".to_owned());
        }
        let root = CstRootNode::parse(text, &ParseOptions::default())
            .map_err(|error| format!("the document cannot be changed: {error}"))?;
        let object = root.object_value_or_set();
        Ok(Self { root, object })
    }

    /// The keys at the top, each once, in their order.
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        for property in self.object.properties() {
            let name = property.decoded_name().unwrap_or_default();
            if !keys.contains(&name) {
                keys.push(name);
            }
        }
        keys
    }

    /// What a key holds. Of one that is there twice the last one holds.
    pub(crate) fn get(&self, key: &str) -> Option<Value> {
        value_of(&last(&self.object, key)?)
    }

    /// The attributes of a flag, if that is what the key holds.
    pub(crate) fn attributes(&self, key: &str) -> Option<Attributes> {
        let flag = last(&self.object, key)?.object_value()?;
        let mut attributes = Attributes::new();
        for property in flag.properties() {
            let (name, value) = (property.decoded_name()?, value_of(&property)?);
            attributes.retain(|(known, _)| *known != name);
            attributes.push((name, value));
        }
        Some(attributes)
    }

    /// Gives a flag exactly these attributes. Those that it has already stay where they are.
    pub(crate) fn set(&self, key: &str, attributes: &Attributes) {
        let held = last(&self.object, key);
        let Some(flag) = held.as_ref().and_then(CstObjectProp::object_value) else {
            let whole = attributes
                .iter()
                .map(|(name, value)| (name.clone(), input(value)));
            return self.put(key, CstInputValue::Object(whole.collect()));
        };
        for property in flag.properties() {
            let name = property.decoded_name().unwrap_or_default();
            if !attributes.iter().any(|(wanted, _)| *wanted == name) {
                property.remove();
            }
        }
        for (name, value) in attributes {
            match last(&flag, name) {
                Some(property) if value_of(&property).as_ref() == Some(value) => {}
                Some(property) => property.set_value(input(value)),
                None => {
                    flag.append(name, input(value));
                }
            }
        }
    }

    /// Gives a key this value, whatever it is.
    pub(crate) fn set_value(&self, key: &str, value: &Value) {
        self.put(key, input(value));
    }

    fn put(&self, key: &str, value: CstInputValue) {
        match last(&self.object, key) {
            Some(property) => property.set_value(value),
            None => {
                self.object.append(key, value);
            }
        }
    }

    /// Sets `enabled` to false wherever the key is there and says otherwise. Returns whether it
    /// did somewhere.
    pub(crate) fn switch_off(&self, key: &str) -> bool {
        let mut switched = false;
        for flag in named(&self.object, key).filter_map(|property| property.object_value()) {
            for enabled in named(&flag, "enabled") {
                if value_of(&enabled) != Some(Value::Bool(false)) {
                    enabled.set_value(CstInputValue::Bool(false));
                    switched = true;
                }
            }
        }
        switched
    }

    /// Takes a key out.
    pub(crate) fn remove(&self, key: &str) {
        for property in named(&self.object, key) {
            property.remove();
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.root.to_string()
    }
}

fn named<'a>(object: &CstObject, key: &'a str) -> impl Iterator<Item = CstObjectProp> + use<'a> {
    let properties = object.properties().into_iter();
    properties.filter(move |property| property.decoded_name().as_deref() == Some(key))
}

fn last(object: &CstObject, key: &str) -> Option<CstObjectProp> {
    named(object, key).last()
}

fn value_of(property: &CstObjectProp) -> Option<Value> {
    serde_json::from_str(&property.value()?.to_string()).ok()
}

/// In an order of our own, which does not depend on how maps are built.
fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(truth) => CstInputValue::Bool(*truth),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(list) => CstInputValue::Array(list.iter().map(input).collect()),
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_by_key(|(key, _)| (rank(key), *key));
            let entries = entries
                .into_iter()
                .map(|(key, value)| (key.clone(), input(value)));
            CstInputValue::Object(entries.collect())
        }
    }
}

/// A condition reads as it is said: path, operator, value.
fn rank(key: &str) -> usize {
    const FIRST: [&str; 3] = ["path", "operator", "value"];
    FIRST
        .iter()
        .position(|first| *first == key)
        .unwrap_or(FIRST.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn attributes(value: &Value) -> Attributes {
        let object = value.as_object().unwrap();
        object.clone().into_iter().collect()
    }

    fn changed(text: &str, change: impl FnOnce(&Draft)) -> String {
        let draft = Draft::of(text).unwrap();
        change(&draft);
        let text = draft.into_text();
        serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        text
    }

    const ODD: &str = r#"{
   "zeta" : {"enabled":true,
             "min_latency": 1.50, "mode":"latency"},

   "comment": "hands off",
   "latency": { "enabled": false }
}
"#;

    #[test]
    fn what_is_not_changed_stays_as_it_is_written() {
        assert_eq!(changed(ODD, |_| {}), ODD);
        let off = changed(ODD, |draft| assert!(draft.switch_off("zeta")));
        assert_eq!(off, ODD.replacen("true", "false", 1));
        let same = changed(ODD, |draft| {
            draft.set("zeta", &draft.attributes("zeta").unwrap());
        });
        assert_eq!(same, ODD);
    }

    #[test]
    fn attributes_come_after_those_that_are_there() {
        let text = changed(ODD, |draft| {
            let flag = json!({ "enabled": true, "percentage": 5 });
            draft.set("latency", &attributes(&flag));
        });
        let flag = "{\n      \"enabled\": true,\n      \"percentage\": 5\n   }";
        assert_eq!(text, ODD.replace(r#"{ "enabled": false }"#, flag));
    }

    #[test]
    fn a_new_flag_comes_last() {
        let flag = json!({ "enabled": true, "match": [{"value": "1", "path": "a"}] });
        let text = changed("{}", |draft| draft.set("latency", &attributes(&flag)));
        insta::assert_snapshot!(text, @r###"
        {
          "latency": {
            "enabled": true,
            "match": [
              {
                "path": "a",
                "value": "1"
              }
            ]
          }
        }
        "###);
        let text = changed(ODD, |draft| draft.set("panic", &attributes(&flag)));
        insta::assert_snapshot!(text, @r###"
        {
           "zeta" : {"enabled":true,
                     "min_latency": 1.50, "mode":"latency"},

           "comment": "hands off",
           "latency": { "enabled": false },
           "panic": {
              "enabled": true,
              "match": [
                 {
                    "path": "a",
                    "value": "1"
                 }
              ]
           }
        }
        "###);
        let text = changed(r#"{"latency":{"enabled":false}}"#, |draft| {
            draft.set("panic", &attributes(&flag));
        });
        insta::assert_snapshot!(text, @r###"
        {
          "latency":{"enabled":false},
          "panic": {
            "enabled": true,
            "match": [
              {
                "path": "a",
                "value": "1"
              }
            ]
          }
        }
        "###);
    }

    #[test]
    fn attributes_that_are_not_wanted_go() {
        let text = changed(ODD, |draft| {
            draft.set("zeta", &attributes(&json!({ "enabled": true })));
        });
        assert_eq!(
            Draft::of(&text).unwrap().get("zeta"),
            Some(json!({ "enabled": true }))
        );
        let text = changed(ODD, |draft| draft.remove("zeta"));
        assert_eq!(Draft::of(&text).unwrap().keys(), ["comment", "latency"]);
    }

    #[test]
    fn every_key_that_is_there_twice_is_switched_off() {
        let twice = r#"{"a": {"enabled": true}, "a": {"enabled": true, "enabled": true}}"#;
        let text = changed(twice, |draft| assert!(draft.switch_off("a")));
        assert!(!text.contains("true"), "{text}");
        assert_eq!(Draft::of(twice).unwrap().keys(), ["a"]);
    }

    #[test]
    fn what_cannot_be_changed_says_why() {
        let why = |text: &str| Draft::of(text).err().unwrap();
        assert!(why("{").contains("not JSON"));
        assert!(why("// no\n{}").contains("not JSON"));
        assert!(why("[]").contains("no object"));
        assert_eq!(Draft::of(" \n").unwrap().into_text(), "{}");
        assert_eq!(Draft::of("\u{feff}{}").unwrap().into_text(), "{}");
    }
}
