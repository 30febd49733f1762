//! The JSON Schema of the document, for editors and for whatever takes a document before a
//! function does.
//!
//! It is made from the tables that reading a document goes by ([`MODES`], [`FLAG_ATTRIBUTES`] and
//! [`SETTINGS_ATTRIBUTES`]), so it knows what this version knows. It refuses a document in which
//! [`read`](super::read) finds an error, and accepts every other one. What is a warning there is
//! accepted: unknown keys at the top, and attributes of another mode.
//!
//! # What no schema says
//!
//! These are errors, and accepted by the schema. [`read`](super::read) is the whole check.
//!
//! - Two values that contradict each other: `max_latency` below `min_latency`, `expires_at` not
//!   after `starts_at`.
//! - An attribute that goes with another: `mean` and `sigma` without a `distribution` that has them,
//!   or the other way round; `leave_free` beside `disk_space`.
//! - A regular expression, in a condition or a deny list, that does not compile, has look-around or back-references, or is too
//!   large, and more of them in one document than it may have.
//! - What a text holds that is itself JSON, as lists and objects may be written (`point`,
//!   `labels`, `match`, `headers`, `drop_headers`, `set_headers`).
//! - Headers whose names differ only in case.
//! - A flag's name of more than 256 characters.
//! - A body that is no text, and too long as JSON.
//! - 29 February in a year that has none, and a leap second where there can be none.
//! - A whole number of 2^53 or more that is written with a decimal point or an exponent.
//! - What can only be seen in the text: more than [`MAX_DOCUMENT_BYTES`](super::MAX_DOCUMENT_BYTES).
//!
//! The formats of failure-lambda 0.x and of chaos-lambda are read, but not described: such a
//! document has no flags, and its fields pass as unknown keys.
//!
//! # In an editor
//!
//! ```no_run
//! use chaos_core::plan::schema;
//!
//! std::fs::write("chaos.schema.json", format!("{:#}", schema::json_schema()))?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! and then, for instance in VS Code's settings:
//!
//! ```json
//! "json.schemas": [{ "fileMatch": ["chaos.json"], "url": "./chaos.schema.json" }]
//! ```
//!
//! # As a validator of `AppConfig`
//!
//! A validator has `AppConfig` refuse a document before it is deployed. Those of type
//! `JSON_SCHEMA` take draft-04 alone, have room for 32,768 characters, and exist for freeform
//! profiles only; a feature-flag profile is checked against `AppConfig`'s own schema.
//! `json_schema_draft_04` is made for it:
//!
//! ```no_run
//! use chaos_core::plan::schema;
//! use serde_json::json;
//!
//! let content = schema::json_schema_draft_04().to_string();
//! let validators = json!([{ "Type": "JSON_SCHEMA", "Content": content }]);
//! std::fs::write("validators.json", validators.to_string())?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! ```text
//! aws appconfig create-configuration-profile --application-id "$APPLICATION" --name chaos \
//!     --location-uri hosted --type AWS.Freeform --validators file://validators.json
//! ```
//!
//! `update-configuration-profile` takes the same `--validators`. With a version of this crate that
//! has another mode comes another schema: update the profile before a document uses it.

mod draft;
mod values;

use serde_json::{Map, Value, json};

use self::draft::Draft;
use super::document::SETTINGS;
use super::modes::MODES;
use super::settings::SETTINGS_ATTRIBUTES;
use super::table::{Attribute, DefaultValue, FLAG_ATTRIBUTES, ModeRow};
use super::validate::APPCONFIG_VARIANT;

/// The schema of the document, in draft 2020-12.
///
/// ```
/// use chaos_core::plan::schema;
///
/// let schema = schema::json_schema();
/// assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
/// assert_eq!(schema["$defs"]["mode-statuscode"]["properties"]["status_code"]["maximum"], 599);
/// ```
pub fn json_schema() -> Value {
    document(Draft::Draft202012)
}

/// The schema of the document, in draft-04, which is what `AppConfig`'s validators take for
/// [freeform profiles](self#as-a-validator-of-appconfig). It says the same as [`json_schema`].
///
/// ```
/// use chaos_core::plan::schema;
///
/// let schema = schema::json_schema_draft_04();
/// assert_eq!(schema["$schema"], "http://json-schema.org/draft-04/schema#");
/// assert!(schema.to_string().len() <= 32_768);
/// ```
pub fn json_schema_draft_04() -> Value {
    document(Draft::Draft04)
}

// It has no `id`: validators exist that fetch what it names before they look at what they have.
fn document(draft: Draft) -> Value {
    let mut properties: Map<String, Value> = MODES
        .iter()
        .map(|row| (row.name.to_owned(), keyed(row, draft)))
        .collect();
    properties.insert(SETTINGS.to_owned(), settings(draft));
    let has_mode = json!({ "type": "object", "required": ["mode"] });
    let mut definitions: Map<String, Value> = MODES
        .iter()
        .map(|row| (definition(row.name), moded(row, draft)))
        .collect();
    definitions.insert(COMMON.to_owned(), common(draft));
    definitions.insert(FLAG.to_owned(), flag(draft));
    json!({
        "$schema": draft.uri(),
        "title": "Faults for AWS Lambda functions written in Rust",
        "description": "One key a flag. A flag's mode is its \"mode\", or else its key. Other keys \
                        are ignored.",
        "type": "object",
        "properties": properties,
        "additionalProperties": draft.when(&has_mode, &draft.reference(FLAG)),
        draft.definitions(): definitions,
    })
}

/// What every flag has.
const COMMON: &str = "attributes";

/// A flag that says its mode.
const FLAG: &str = "flag";

/// The name of the definition of a mode's flags.
fn definition(mode: &str) -> String {
    format!("mode-{mode}")
}

fn settings(draft: Draft) -> Value {
    let properties = properties(SETTINGS_ATTRIBUTES, draft);
    let mut schema = object(SETTINGS_ATTRIBUTES, properties, draft);
    schema["description"] = json!("what holds for every flag");
    schema
}

/// The flag whose key is a mode: of that mode, unless it says another.
fn keyed(row: &ModeRow, draft: Draft) -> Value {
    let own = draft.reference(&definition(row.name));
    let mut schema = draft.when_else(
        &json!({ "required": ["mode"] }),
        &draft.reference(FLAG),
        &own,
    );
    schema["description"] = json!(row.title);
    schema["type"] = json!("object");
    schema
}

/// A flag that says its mode.
fn flag(draft: Draft) -> Value {
    let cases = MODES.iter().map(|row| {
        let is_it = json!({ "properties": { "mode": { "enum": [row.name] } } });
        draft.when(&is_it, &draft.reference(&definition(row.name)))
    });
    let names: Vec<&str> = MODES.iter().map(|row| row.name).collect();
    json!({
        "type": "object",
        "required": ["mode"],
        "properties": { "mode": { "enum": names } },
        "allOf": cases.collect::<Vec<_>>(),
    })
}

/// A flag of that mode.
fn moded(row: &ModeRow, draft: Draft) -> Value {
    let mut properties = properties(row.attributes, draft);
    let phases = [("before", row.before), ("after", row.after)];
    if phases.iter().any(|(_, allowed)| !allowed) {
        let allowed = phases.iter().filter(|(_, allowed)| *allowed);
        let names: Vec<&str> = allowed.map(|(phase, _)| *phase).collect();
        properties.insert("phase".to_owned(), json!({ "enum": names }));
    }
    let mut schema = json!({
        "title": row.name,
        "description": row.title,
        "allOf": [draft.reference(COMMON)],
        "properties": properties,
    });
    require(&mut schema, row.attributes);
    schema
}

/// What every flag may have, the keys of all modes among it: those of another mode are ignored
/// unchecked, and those of its own the mode's definition checks.
fn common(draft: Draft) -> Value {
    let mut properties = properties(FLAG_ATTRIBUTES, draft);
    for attribute in MODES.iter().flat_map(|row| row.attributes) {
        properties
            .entry(attribute.key)
            .or_insert_with(|| draft.anything());
    }
    object(FLAG_ATTRIBUTES, properties, draft)
}

/// An object with these attributes and no others.
fn object(attributes: &[Attribute], mut properties: Map<String, Value>, draft: Draft) -> Value {
    properties.insert(APPCONFIG_VARIANT.to_owned(), draft.anything());
    let mut schema =
        json!({ "type": "object", "properties": properties, "additionalProperties": false });
    require(&mut schema, attributes);
    schema
}

fn properties(attributes: &[Attribute], draft: Draft) -> Map<String, Value> {
    attributes
        .iter()
        .map(|attribute| {
            (
                attribute.key.to_owned(),
                values::attribute(attribute, draft),
            )
        })
        .collect()
}

/// In draft-04 an empty list of what is required is no schema.
fn require(schema: &mut Value, attributes: &[Attribute]) {
    let required: Vec<&str> = attributes
        .iter()
        .filter(|attribute| attribute.default == DefaultValue::Required)
        .map(|attribute| attribute.key)
        .collect();
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
}
