//! The JSON Schema of the document, in both drafts, accepts what reading accepts and refuses what
//! it refuses, apart from what no schema can express.

mod schema;

use std::collections::BTreeMap;
use std::path::Path;

use chaos_core::plan::{self, Attribute, FLAG_ATTRIBUTES, Kind, MODES, SETTINGS_ATTRIBUTES};
use schema::{INEXPRESSIBLE, Schemas, Verdict};
use serde_json::{Map, Value, json};

/// The longest content of a validator that `AppConfig` takes, in characters.
const LONGEST_VALIDATOR: usize = 32_768;

/// The flags of cases that are invalid, and accepted by the schema since none can express why.
const INEXPRESSIBLE_FLAGS: [&str; 11] = [
    "validate-011 diskspace: regular expression",
    "validate-013 latency: two values contradict each other",
    "validate-027 corruption: regular expression",
    "validate-034 denylist: regular expression",
    "validate-063 denylist: regular expression",
    "validate-186 latency: two values contradict each other",
    "validate-219 denylist: regular expression",
    "validate-261 denylist: regular expression",
    "validate-265 denylist: regular expression",
    "validate-327 latency: two values contradict each other",
    "validate-373 denylist: regular expression",
];

fn cases() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/validate.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let file: Value = serde_json::from_str(&text).expect("a file of cases");
    file["cases"].as_array().expect("cases").clone()
}

#[test]
fn valid_cases_are_accepted_and_invalid_ones_refused() {
    let schemas = Schemas::new();
    let cases = cases();
    assert_eq!(cases.len(), 226);
    let (mut accepted, mut refused) = (0, 0);
    let mut inexpressible = Vec::new();
    for case in &cases {
        let id = case["id"].as_str().expect("a name");
        let document = &case["document"];
        schemas.check(document);
        for (key, flag) in document.as_object().expect("an object") {
            let fields = case["invalid_fields"].as_array().expect("a list").iter();
            let valid = !fields
                .map(|path| path.as_str().expect("a text"))
                .any(|path| path.split('.').next() == Some(key));
            match schemas.check(&json!({ key: flag })) {
                Some(Verdict::Accepted) => {
                    assert!(valid, "{id} {key} is accepted");
                    accepted += 1;
                }
                Some(Verdict::Refused) => {
                    assert!(!valid, "{id} {key} is refused");
                    refused += 1;
                }
                Some(Verdict::Inexpressible(reason)) => {
                    inexpressible.push(format!("{id} {key}: {reason}"));
                }
                None => panic!("{id} is in the format of flags"),
            }
        }
    }
    inexpressible.sort_unstable();
    assert_eq!(inexpressible, INEXPRESSIBLE_FLAGS);
    assert_eq!(
        (accepted, refused),
        (290, 186),
        "flags accepted and refused"
    );
}

/// What may be right for one attribute or wrong for another.
fn values(attribute: &Attribute) -> Vec<Value> {
    let bounds = match attribute.kind {
        Kind::Number { min, max } => {
            json!([min, max, min - 0.5, max + 0.5, f64::midpoint(min, max)])
        }
        Kind::Integer { min, max } => {
            json!([min, max, min + 1, min.checked_sub(1), max.checked_add(1),])
        }
        Kind::Choice(choices) => json!(choices),
        Kind::Text { longest } => json!(["x".repeat(longest), "x".repeat(longest + 1)]),
        Kind::Body => json!([
            "x".repeat(262_144),
            "x".repeat(262_145),
            ["x".repeat(262_145)],
        ]),
        _ => texts_and_lists(),
    };
    let any = serde_json::from_str(include_str!("schema/values.json")).expect("a list");
    [bounds, any]
        .iter()
        .flat_map(|list| list.as_array().expect("a list").clone())
        .collect()
}

/// Texts and lists as long as they may be at most, and longer.
fn texts_and_lists() -> Value {
    let lengths = |longest: usize| ["ä".repeat(longest), "ä".repeat(longest + 1)];
    let texts = lengths(4096);
    let mut values: Vec<Value> = texts.iter().map(|text| json!(text)).collect();
    for text in &texts {
        values.push(json!([text]));
        values.push(json!({ "a": text }));
        values.push(json!({ "a": ["b", text] }));
        values.push(json!([{ "path": text, "value": "b" }]));
        values.push(json!([{ "path": "a", "value": text }]));
        values.push(json!(json!([text, text]).to_string()));
    }
    values.push(json!({ "": "b" }));
    values.extend(lengths(256).map(|name| json!({ name: "b" })));
    for count in [64, 65] {
        let labels = (0..count).map(|n| (n.to_string(), json!("a")));
        values.push(json!(vec!["a"; count]));
        values.push(json!({ "a": vec!["b"; count] }));
        values.push(Value::Object(labels.collect()));
        values.push(json!(vec![json!({ "path": "a", "value": "b" }); count]));
    }
    json!(values)
}

/// Every attribute of every mode and of the settings, with everything that may stand there.
#[test]
fn every_attribute_takes_what_reading_takes() {
    let schemas = Schemas::new();
    let mut verdicts: BTreeMap<String, usize> = BTreeMap::new();
    let mut check = |document: &Value| {
        let verdict = schemas.check(document).expect("the format of flags");
        let name = match verdict {
            Verdict::Inexpressible(reason) => reason.to_owned(),
            other => format!("{other:?}"),
        };
        *verdicts.entry(name).or_default() += 1;
    };
    for attribute in SETTINGS_ATTRIBUTES {
        for value in values(attribute) {
            check(&json!({ "settings": { attribute.key: value } }));
        }
    }
    for row in MODES {
        let required = required(row.attributes);
        for attribute in FLAG_ATTRIBUTES.iter().chain(row.attributes) {
            for value in values(attribute) {
                let mut flag = required.clone();
                flag.insert("mode".to_owned(), json!(row.name));
                flag.insert(attribute.key.to_owned(), value);
                check(&json!({ "named": flag }));
                check(&json!({ "exception": flag }));
                flag.remove("mode");
                check(&json!({ row.name: flag }));
                check(&json!({ "named": flag }));
                flag.remove(attribute.key);
                check(&json!({ row.name: flag }));
            }
        }
        for other in [
            "percantage",
            "_variant",
            "disk_space",
            "leave_free",
            "deny_list",
            "sigma",
        ] {
            let mut flag = required.clone();
            flag.insert(other.to_owned(), json!({}));
            check(&json!({ row.name: flag }));
        }
        for value in [
            json!(null),
            json!(true),
            json!("x"),
            json!([]),
            json!({}),
            json!(1),
        ] {
            check(&json!({ row.name: value }));
            check(&json!({ "named": value, "settings": { "_variant": value } }));
            check(&json!({ "settings": value }));
            check(&json!({ "settings": { "dry_runn": value } }));
        }
    }
    for reason in INEXPRESSIBLE.iter().skip(1) {
        assert!(
            verdicts.contains_key(*reason),
            "{reason} was not met: {verdicts:?}"
        );
    }
    assert!(
        verdicts["Accepted"] > 1_000 && verdicts["Refused"] > 1_000,
        "{verdicts:?}"
    );
}

fn required(attributes: &[Attribute]) -> Map<String, Value> {
    let own = attributes
        .iter()
        .filter(|attribute| attribute.default == plan::DefaultValue::Required)
        .map(|attribute| {
            let value = values(attribute).into_iter().next().expect("a value");
            (attribute.key.to_owned(), value)
        });
    own.chain([("enabled".to_owned(), json!(true))]).collect()
}

#[test]
fn values_that_contradict_each_other_are_left_to_reading() {
    let schemas = Schemas::new();
    for document in [
        json!({ "latency": { "enabled": true, "min_latency": 2, "max_latency": 1 } }),
        json!({ "exception": { "enabled": true, "starts_at": "2026-12-01T18:00:00Z",
                               "expires_at": "2026-12-01T18:00:00Z" } }),
    ] {
        let verdict = schemas.check(&document);
        assert_eq!(
            verdict,
            Some(Verdict::Inexpressible(INEXPRESSIBLE[0])),
            "{document}"
        );
    }
}

#[test]
fn documents_in_the_older_formats_pass() {
    let schemas = Schemas::new();
    assert!(schemas.accept(&json!({ "isEnabled": true, "failureMode": "latency", "rate": 1 })));
    assert!(schemas.accept(&json!({ "is_enabled": true, "fault_type": "latency", "delay": 400 })));
    assert!(!schemas.accept(&json!([])));
}

#[test]
fn every_attribute_is_described_with_its_unit_and_default() {
    for (schema, definitions) in [
        (plan::schema::json_schema(), "$defs"),
        (plan::schema::json_schema_draft_04(), "definitions"),
    ] {
        assert!(jsonschema::meta::is_valid(&schema));
        let definitions = &schema[definitions];
        for row in MODES {
            let mode = &definitions[format!("mode-{}", row.name)];
            assert_eq!(mode["description"], row.title);
            for attribute in row.attributes {
                let property = &mode["properties"][attribute.key];
                let description = property["description"].as_str().expect("a description");
                assert!(description.starts_with(attribute.help), "{description}");
                assert!(
                    description.contains(attribute.unit.unwrap_or_default()),
                    "{description}"
                );
            }
        }
        let disk_space = &definitions["mode-diskspace"]["properties"]["disk_space"];
        assert_eq!(
            disk_space["description"],
            "how much to take; not beside leave_free (in MB; 100 unless written)"
        );
        assert_eq!(disk_space["default"], 100);
    }
}

#[test]
fn draft_04_has_its_own_keywords_alone_and_fits_into_a_validator() {
    const KEYWORDS: [&str; 23] = [
        "$ref",
        "$schema",
        "additionalProperties",
        "allOf",
        "anyOf",
        "default",
        "definitions",
        "description",
        "enum",
        "items",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "multipleOf",
        "not",
        "pattern",
        "required",
        "title",
        "type",
    ];
    /// A schema, and what stands in it.
    fn walk(schema: &Value) {
        for (key, value) in schema.as_object().expect("true and false are no schemas") {
            match (key.as_str(), value) {
                ("properties" | "patternProperties" | "definitions", Value::Object(named)) => {
                    named.values().for_each(walk);
                }
                ("additionalProperties", Value::Bool(_)) => {}
                ("additionalProperties" | "items" | "not", schema) => walk(schema),
                ("allOf" | "anyOf", Value::Array(schemas)) => schemas.iter().for_each(walk),
                (key, value) => {
                    assert!(KEYWORDS.contains(&key), "{key}");
                    assert!(key != "required" || *value != json!([]));
                }
            }
        }
        assert!(schema.get("$ref").is_none() || schema.as_object().is_some_and(|s| s.len() == 1));
    }
    let schema = plan::schema::json_schema_draft_04();
    walk(&schema);
    let length = schema.to_string().chars().count();
    assert!(length <= LONGEST_VALIDATOR, "{length}");
}
