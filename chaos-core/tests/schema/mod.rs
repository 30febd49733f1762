//! Holds the schema, in both drafts, against what reading a document finds.

use chaos_core::plan::{self, Finding, Format, Severity, schema};
use jsonschema::Validator;
use serde_json::Value;

/// The schema in both drafts, compiled.
pub(crate) struct Schemas([Validator; 2]);

impl Schemas {
    pub(crate) fn new() -> Self {
        let latest = jsonschema::draft202012::new(&schema::json_schema()).expect("a schema");
        let for_appconfig =
            jsonschema::draft4::new(&schema::json_schema_draft_04()).expect("a schema");
        Self([latest, for_appconfig])
    }

    /// Whether the schema accepts the document, which the drafts must agree on.
    pub(crate) fn accept(&self, document: &Value) -> bool {
        let [latest, for_appconfig] = self.0.each_ref().map(|one| one.is_valid(document));
        assert_eq!(latest, for_appconfig, "the drafts differ: {document}");
        latest
    }

    /// Asserts that the schema says of the document what reading it does. The reason why it cannot,
    /// if it cannot; for a document in an older format there is nothing to say.
    pub(crate) fn check(&self, document: &Value) -> Option<Verdict> {
        let reading = plan::read_value(document);
        if reading.format != Format::Flags {
            return None;
        }
        let errors: Vec<&Finding> = reading
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        if !self.accept(document) {
            assert!(!errors.is_empty(), "is valid, and refused: {document}");
            return Some(Verdict::Refused);
        }
        let reasons: Vec<&str> = errors
            .iter()
            .map(|error| {
                inexpressible(error, document)
                    .unwrap_or_else(|| panic!("{error}\nis accepted: {document}"))
            })
            .collect();
        Some(match reasons.first() {
            None => Verdict::Accepted,
            Some(reason) => Verdict::Inexpressible(reason),
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verdict {
    Accepted,
    Refused,
    /// Accepted, although reading finds errors: for this reason.
    Inexpressible(&'static str),
}

/// What no schema can express, as far as a parsed document can have it, in the order of the list
/// in the documentation of `plan::schema`.
pub(crate) const INEXPRESSIBLE: [&str; 8] = [
    "two values contradict each other",
    "an attribute that goes with another",
    "regular expression",
    "JSON in a text",
    "headers that differ in case",
    "a body that is too long as JSON",
    "no day of the calendar",
    "2^53 and more with a decimal point",
];

/// Why the schema cannot express this error; `None` if it can.
fn inexpressible(error: &Finding, document: &Value) -> Option<&'static str> {
    let says = |parts: &[&str]| parts.iter().any(|part| error.message.contains(part));
    let of_a_pattern = [
        "regular expression",
        "look-around",
        "back-references",
        "the expression is too large",
    ];
    let of_a_spread = ["mean", "sigma"]
        .iter()
        .any(|key| error.path.split('.').next_back() == Some(key));
    // In the order of the list.
    let holds = [
        says(&["is less than", "is not after"]),
        says(&[
            "the uniform distribution has none",
            "has a mean of 0",
            "cannot hold beside disk_space",
        ]) || says(&["is missing"]) && of_a_spread,
        says(&of_a_pattern),
        in_a_text(error, document),
        says(&["is there twice"]),
        says(&["characters are too many"]) && in_a_body(error, document),
        says(&["is no point in time"]) && says(&["-02-29", ":60"]),
        says(&["is out of range"]) && imprecise(&error.message),
    ];
    let at = holds.iter().position(|holds| *holds)?;
    Some(INEXPRESSIBLE[at])
}

/// Whether the error is in an attribute that may hold JSON in a text, and does or tries to.
fn in_a_text(error: &Finding, document: &Value) -> bool {
    let keys = [
        "point",
        "labels",
        "match",
        "headers",
        "drop_headers",
        "set_headers",
    ];
    keys.iter().any(|key| {
        let texts = document
            .as_object()
            .into_iter()
            .flat_map(|flags| flags.values().filter_map(|flag| flag[*key].as_str()));
        let json = |text: &str| text.trim_start().starts_with(['[', '{']);
        error.path.contains(&format!(".{key}")) && texts.into_iter().any(json)
    })
}

/// Whether the error is in a body that is no text.
fn in_a_body(error: &Finding, document: &Value) -> bool {
    let flag = error.path.strip_suffix(".body");
    flag.is_some_and(|flag| !document[flag]["body"].is_string())
}

/// Whether the message starts with a number that no `f64` holds exactly with its neighbours.
fn imprecise(message: &str) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number = message.split(' ').next().expect("a word");
    number.contains(['.', 'e']) && number.parse::<f64>().is_ok_and(|number| number >= EXACT)
}
