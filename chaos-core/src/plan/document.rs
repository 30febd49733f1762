//! A document as a whole.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::fields::Fields;
use super::finding::{Finding, Severity};
use super::json::{insert_in_order, member, sorted};
use super::legacy::{format_of, translated};
use super::mode::Mode;
use super::modes::{MODES, mode_row};
use super::nearest::nearest;
use super::report::{Report, kind_of, listed, spelled};
use super::settings::{SETTINGS_ATTRIBUTES, Settings};
use super::validate::{self, APPCONFIG_VARIANT};
use super::{Flag, Plan, repeated};

/// The largest document that is read, in bytes: 1 MiB.
pub const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;

/// So many flags are read, since each is looked at in every call.
const MAX_FLAGS: usize = 256;

/// What came of reading a document.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// What is to be done: the valid flags. Empty when the document is not usable.
    pub plan: Plan,
    /// What is wrong with the document, each with its field, the reason and what to write.
    pub findings: Vec<Finding>,
    /// The format that the document is in.
    pub format: Format,
    /// False when the document is invalid as a whole, which means no chaos: no JSON, no object,
    /// too large, or with invalid `settings`.
    pub usable: bool,
    /// The names of the document's flags that are not in the plan, in order: something is wrong
    /// with them, or with the document. Those of an older format have no names.
    pub skipped: Vec<String>,
}

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// This project's own, a superset of failure-lambda 1.0's: one key a flag.
    Flags,
    /// failure-lambda 0.x's: `isEnabled`, `failureMode`, `rate`, …
    FailureLambda0,
    /// chaos-lambda's (Python): `is_enabled`, `fault_type`, `rate`, …
    ChaosLambda,
}

/// Reads a document in any of the three formats. Never fails: what is wrong is in the findings.
///
/// ```
/// use chaos_core::plan::{self, Format};
///
/// let old = plan::read(r#"{ "isEnabled": true, "failureMode": "latency", "rate": 0.25, "minLatency": 100 }"#);
/// assert_eq!(old.format, Format::FailureLambda0);
/// assert_eq!(old.plan.flags[0].trigger.percentage, 25.0);
///
/// let garbage = plan::read("enabled: true");
/// assert!(!garbage.usable);
/// assert!(garbage.plan.flags.is_empty());
/// ```
pub fn read(text: &str) -> Reading {
    if text.len() > MAX_DOCUMENT_BYTES {
        let size = text.len();
        return unusable(format!(
            "{size} bytes are too many; write a document of at most {MAX_DOCUMENT_BYTES}"
        ));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return unusable("the document is empty; write {} for no chaos".to_owned());
    }
    match serde_json::from_str(text) {
        Ok(value) => {
            let mut report = Report::default();
            repeated::report(text, &mut report);
            read_object(&value, report)
        }
        Err(error) => unusable(format!(
            "the document is not JSON: {error}; write an object, one key a flag"
        )),
    }
}

/// Reads a document that has been parsed already, as [`read`] does.
pub fn read_value(document: &Value) -> Reading {
    read_object(document, Report::default())
}

/// The report has what a value no longer shows.
fn read_object(document: &Value, mut report: Report) -> Reading {
    let Value::Object(object) = document else {
        return unusable(format!(
            "{}; write an object, one key a flag",
            kind_of(document)
        ));
    };
    let format = format_of(object);
    let settings = match format {
        Format::Flags => settings(member(object, SETTINGS), &mut report),
        Format::FailureLambda0 | Format::ChaosLambda => Some(Settings::default()),
    };
    let flags = match format {
        Format::Flags => flags(object, &mut report),
        Format::FailureLambda0 | Format::ChaosLambda => {
            let translated = translated(object, format, &mut report);
            let flag = translated.and_then(|translated| translated.flag(&mut report));
            flag.into_iter().collect()
        }
    };
    let usable = settings.is_some();
    let plan = settings.map_or_else(Plan::default, |settings| Plan { settings, flags });
    Reading {
        skipped: skipped(object, format, &plan),
        plan,
        findings: report.into_findings(),
        format,
        usable,
    }
}

/// A document in this project's own format, whichever of the three it is in: the same plan comes of
/// it. Its attributes are taken over as they are; what the older format has for other modes than its
/// own is left out.
///
/// `None` where there is nothing to take over: the document is not
/// [usable](Reading::usable), or its one flag is not valid.
///
/// ```
/// use chaos_core::plan;
/// use serde_json::json;
///
/// let old = json!({ "is_enabled": true, "fault_type": "status_code", "error_code": 404, "rate": 0.5 });
/// let new = plan::convert(&old).unwrap();
/// assert_eq!(
///     new,
///     json!({ "statuscode": { "enabled": true, "percentage": 50, "status_code": 404, "phase": "after" } }),
/// );
/// assert_eq!(plan::read_value(&new).plan, plan::read_value(&old).plan);
/// ```
pub fn convert(document: &Value) -> Option<Value> {
    let reading = read_value(document);
    let object = document.as_object().filter(|_| reading.usable)?;
    if reading.format == Format::Flags {
        return Some(document.clone());
    }
    let translated = translated(object, reading.format, &mut Report::default())?;
    let valid = !reading.plan.flags.is_empty();
    valid.then(|| translated.into_document())
}

fn skipped(document: &Map<String, Value>, format: Format, plan: &Plan) -> Vec<String> {
    if format != Format::Flags {
        return Vec::new();
    }
    let kept: HashSet<&str> = plan.flags.iter().map(|flag| &*flag.name).collect();
    sorted(document)
        .into_iter()
        .filter(|(key, value)| *key != SETTINGS && is_flag(key, value) && !kept.contains(key))
        .map(|(key, _)| key.to_owned())
        .collect()
}

pub(super) const SETTINGS: &str = "settings";

/// The valid flags, in the order in which they are applied.
fn flags(document: &Map<String, Value>, report: &mut Report) -> Vec<Flag> {
    let entries = sorted(document)
        .into_iter()
        .filter(|(key, _)| *key != SETTINGS);
    let named = entries
        .clone()
        .filter(|(key, value)| is_flag(key, value))
        .count();
    // First, so that no number of other findings leaves it out.
    if let Some(more @ 1..) = named.checked_sub(MAX_FLAGS) {
        let message = format!(
            "{named} flags are too many, and those after the first {MAX_FLAGS} by name are \
             skipped, {more} in all; write at most {MAX_FLAGS}"
        );
        report.error(String::new(), message);
    }
    let mut flags = Vec::new();
    let mut left = MAX_FLAGS;
    for (key, value) in entries {
        let mut unheard = Report::default();
        let report = if is_bare_and_off(value) {
            &mut unheard
        } else {
            &mut *report
        };
        if !is_flag(key, value) {
            report.warning(spelled(key), no_flag(key, value));
        } else if left > 0 {
            left -= 1;
            if let Some(flag) = validate::flag(key, value, report) {
                // Flags of one mode stay in the order of their names.
                insert_in_order(&mut flags, flag, |flag| place(&flag.mode));
            }
        }
    }
    flags
}

/// Where in the order of the modes.
fn place(mode: &Mode) -> Option<usize> {
    MODES.iter().position(|row| row.name == mode.name())
}

/// A flag's key is a mode, or else it says which mode it has.
fn is_flag(key: &str, value: &Value) -> bool {
    mode_row(key).is_some()
        || value
            .as_object()
            .is_some_and(|object| member(object, "mode").is_some())
}

/// What is left of a flag that is switched off in a feature-flag profile of `AppConfig`: its mode and
/// its attributes are kept back until it is on, and so nobody is told that they are missing.
fn is_bare_and_off(value: &Value) -> bool {
    value.as_object().is_some_and(|object| {
        member(object, "enabled") == Some(&Value::Bool(false))
            && object
                .keys()
                .all(|key| key == "enabled" || key == APPCONFIG_VARIANT)
    })
}

fn no_flag(key: &str, value: &Value) -> String {
    let modes = || MODES.iter().map(|row| row.name);
    let meant =
        nearest(key, modes().chain([SETTINGS])).map(|name| format!("; did you mean \"{name}\"?"));
    let object = value.as_object();
    if object.is_some_and(|object| member(object, "enabled").is_some()) {
        let write = meant.unwrap_or_else(|| {
            format!(
                "; write the \"mode\" that it has, one of {}",
                listed(modes(), "and")
            )
        });
        return format!("names no mode, and nothing of it is applied{write}");
    }
    let write = meant.unwrap_or_else(|| "; leave it out".to_owned());
    format!("is no flag and is ignored{write}")
}

/// `None` if they are invalid: whoever wrote `dry_runn` must not get the real thing.
fn settings(raw: Option<&Value>, report: &mut Report) -> Option<Settings> {
    let object = match raw {
        None => return Some(Settings::default()),
        Some(Value::Object(object)) => object,
        Some(other) => {
            let message = format!(
                "{}; write an object, as {{\"dry_run\": true}}",
                kind_of(other)
            );
            report.error(SETTINGS.to_owned(), message);
            return None;
        }
    };
    let mut fields = Fields::new(object, [SETTINGS_ATTRIBUTES, &[]], SETTINGS, &[], report);
    let known: Vec<&str> = SETTINGS_ATTRIBUTES
        .iter()
        .map(|attribute| attribute.key)
        .collect();
    for key in fields
        .keys()
        .into_iter()
        .filter(|key| !known.contains(key) && *key != APPCONFIG_VARIANT)
    {
        let write = match nearest(key, known.iter().copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("settings has {}", listed(known.iter().copied(), "and")),
        };
        fields.error(
            &spelled(key),
            format_args!("is no setting, and so the document is not used; {write}"),
        );
    }
    let settings = Settings {
        enabled: fields.boolean("enabled").unwrap_or_default(),
        dry_run: fields.boolean("dry_run").unwrap_or_default(),
        seed: fields.integer("seed"),
        expires_at: fields.time("expires_at"),
    };
    fields.sound().then_some(settings)
}

fn unusable(message: String) -> Reading {
    Reading {
        plan: Plan::default(),
        findings: vec![Finding {
            path: String::new(),
            message,
            severity: Severity::Error,
        }],
        format: Format::Flags,
        usable: false,
        skipped: Vec::new(),
    }
}
