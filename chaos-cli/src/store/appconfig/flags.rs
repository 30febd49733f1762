//! A profile of feature flags: the document as functions see it, and as AppConfig keeps it.

use serde_json::{Map, Value, json};

use crate::edit::Draft;

/// The document in a profile of feature flags. AppConfig's own notes, which begin with an
/// underscore, are none of it.
pub(super) fn document(kept: &str) -> String {
    let kept: Value = serde_json::from_str(kept).unwrap_or_default();
    let mut values = kept["values"].as_object().cloned().unwrap_or_default();
    for flag in values.values_mut().filter_map(Value::as_object_mut) {
        flag.retain(|key, _| !key.starts_with('_'));
    }
    format!("{:#}", Value::Object(values))
}

/// The same profile with this document in it. What AppConfig knows of a flag besides is kept.
pub(super) fn kept(before: &str, document: &str) -> Result<String, String> {
    let draft = Draft::of(document)?;
    let mut kept: Value = serde_json::from_str(before).unwrap_or_default();
    if !kept.is_object() {
        kept = json!({ "version": "1" });
    }
    let old_values = kept["values"].take();
    let old_flags = kept["flags"].take();
    let mut values = Map::new();
    let mut flags = Map::new();
    for name in draft.keys() {
        let attributes = draft.attributes(&name).ok_or_else(|| {
            format!("{name} is no object, as every flag in a profile of feature flags is")
        })?;
        let mut value = notes(&old_values[&name]);
        let mut flag = old_flags[&name].as_object().cloned().unwrap_or_default();
        flag.entry("name").or_insert_with(|| name.clone().into());
        let mut declared = match flag.remove("attributes") {
            Some(Value::Object(declared)) => declared,
            _ => Map::new(),
        };
        for (key, attribute) in attributes {
            let attribute = scalar(attribute);
            if key != "enabled" && !declared.contains_key(&key) {
                declared.insert(key.clone(), constraints(&attribute));
            }
            value.insert(key, attribute);
        }
        if !declared.is_empty() {
            flag.insert("attributes".to_owned(), declared.into());
        }
        values.insert(name.clone(), value.into());
        flags.insert(name, flag.into());
    }
    kept["values"] = values.into();
    kept["flags"] = flags.into();
    Ok(format!("{kept:#}"))
}

/// What AppConfig noted of a flag's value.
fn notes(value: &Value) -> Map<String, Value> {
    let mut notes = value.as_object().cloned().unwrap_or_default();
    notes.retain(|key, _| key.starts_with('_'));
    notes
}

/// Attributes are scalars and lists of these; what is neither is JSON in a text, which the library
/// unfolds.
fn scalar(value: Value) -> Value {
    let is_plain = |value: &Value| !value.is_object() && !value.is_array() && !value.is_null();
    match &value {
        Value::Array(list) if list.iter().all(is_plain) => value,
        Value::Array(_) | Value::Object(_) | Value::Null => value.to_string().into(),
        _ => value,
    }
}

fn constraints(value: &Value) -> Value {
    let kind = |value: &Value| match value {
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::Array(_) => "array",
        _ => "string",
    };
    let mut constraints = json!({ "type": kind(value) });
    if let Some(first) = value.as_array().and_then(|list| list.first()) {
        constraints["elementType"] = kind(first).into();
    }
    json!({ "constraints": constraints })
}

#[cfg(test)]
mod tests {
    use chaos_core::plan;

    use super::*;

    const KEPT: &str = r#"{
        "version": "1",
        "flags": {"latency": {"name": "Latency", "_createdAt": "2026-01-01T00:00:00Z",
                              "attributes": {"min_latency": {"constraints": {"type": "number", "maximum": 9}}}}},
        "values": {"latency": {"enabled": true, "min_latency": 5, "_updatedAt": "2026-01-01T00:00:00Z"}}
    }"#;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_document_is_what_functions_see() {
        assert_eq!(
            json(&document(KEPT)),
            json!({"latency": {"enabled": true, "min_latency": 5}})
        );
        assert_eq!(document("nothing"), "{}");
    }

    #[test]
    fn what_appconfig_knows_besides_is_kept() {
        let new = r#"{"latency": {"enabled": false, "min_latency": 5, "percentage": 7}}"#;
        let kept = json(&kept(KEPT, new).unwrap());
        assert_eq!(kept["version"], "1");
        let old = json(KEPT);
        assert_eq!(
            kept["flags"]["latency"]["_createdAt"],
            old["flags"]["latency"]["_createdAt"]
        );
        assert_eq!(
            kept["flags"]["latency"]["attributes"],
            json!({
                "min_latency": {"constraints": {"type": "number", "maximum": 9}},
                "percentage": {"constraints": {"type": "number"}},
            })
        );
        assert_eq!(
            kept["values"]["latency"],
            json!({"enabled": false, "min_latency": 5, "percentage": 7, "_updatedAt": "2026-01-01T00:00:00Z"})
        );
    }

    #[test]
    fn what_is_no_scalar_is_json_in_a_text_and_means_the_same() {
        let new = json!({"slow": {
            "enabled": true, "mode": "latency", "min_latency": 5, "point": ["a", "b"],
            "labels": {"tenant": ["x", "y"]}, "match": [{"path": "p", "value": "1"}],
        }});
        let kept = json(&kept("{}", &new.to_string()).unwrap());
        let value = &kept["values"]["slow"];
        assert!(value["labels"].is_string() && value["match"].is_string());
        assert_eq!(value["point"], json!(["a", "b"]));
        let constraints = &kept["flags"]["slow"]["attributes"]["point"]["constraints"];
        assert_eq!(
            constraints,
            &json!({"type": "array", "elementType": "string"})
        );

        let seen = plan::read(&document(&kept.to_string()));
        assert_eq!(seen.findings, []);
        assert_eq!(seen.plan, plan::read_value(&new).plan);
    }

    #[test]
    fn a_flag_has_to_be_an_object() {
        assert!(kept("{}", r#"{"note": "text"}"#).is_err());
    }
}
