//! One flag: from JSON to [`Flag`], or to what is wrong with it.

use serde_json::{Map, Value};

use super::Flag;
use super::fields::{Fields, Spelling};
use super::json::member;
use super::modes::{MODES, mode_row};
use super::nearest::nearest;
use super::parts;
use super::report::{Report, described, kind_of, listed, quoted, spelled};
use super::table::{FLAG_ATTRIBUTES, LONGEST_FLAG_NAME, ModeRow};
use super::trigger::Phase;

/// What the agent of `AppConfig` adds to a flag with variants; it says nothing to us.
pub(super) const APPCONFIG_VARIANT: &str = "_variant";

/// Reads the flag of that name.
pub(super) fn flag(name: &str, raw: &Value, report: &mut Report) -> Option<Flag> {
    let Value::Object(object) = raw else {
        let message = format!(
            "{}; write an object, as {{\"enabled\": true}}",
            kind_of(raw)
        );
        report.error(spelled(name), message);
        return None;
    };
    let row = row_of(name, object, report)?;
    let length = name.chars().count();
    if length > LONGEST_FLAG_NAME {
        let message =
            format!("a name of {length} characters is too long; write at most {LONGEST_FLAG_NAME}");
        report.error(spelled(name), message);
        return None;
    }
    let mut fields = Fields::new(object, [FLAG_ATTRIBUTES, row.attributes], name, &[], report);
    flag_of(name, row, &mut fields)
}

/// Reads a flag whose fields an older format spells in its own way.
pub(super) fn translated_flag(
    row: &'static ModeRow,
    object: &Map<String, Value>,
    spelling: Spelling,
    report: &mut Report,
) -> Option<Flag> {
    let mut fields = Fields::new(
        object,
        [FLAG_ATTRIBUTES, row.attributes],
        "",
        spelling,
        report,
    );
    flag_of(row.name, row, &mut fields)
}

fn flag_of(name: &str, row: &'static ModeRow, fields: &mut Fields<'_>) -> Option<Flag> {
    unknown_keys(row, fields);
    let enabled = fields.boolean("enabled");
    let trigger = parts::trigger(fields);
    let aim = parts::aim(fields);
    let phase = phase(row, fields);
    let mode = (row.build)(fields, phase);
    if !fields.sound() {
        return None;
    }
    Some(Flag {
        name: name.into(),
        enabled: enabled?,
        aim: aim?,
        trigger: trigger?,
        phase,
        mode: mode?,
    })
}

/// The row of the flag's mode: what its `mode` names, or else its key, which then is a mode.
fn row_of(
    name: &str,
    object: &Map<String, Value>,
    report: &mut Report,
) -> Option<&'static ModeRow> {
    match member(object, "mode") {
        None => mode_row(name),
        Some(Value::String(mode)) => mode_row(mode).or_else(|| {
            report.error(format!("{}.mode", spelled(name)), unknown_mode(mode));
            None
        }),
        Some(other) => {
            let message = format!("{}; write one of {}", described(other), modes());
            report.error(format!("{}.mode", spelled(name)), message);
            None
        }
    }
}

/// What to say of a mode that there is not.
pub(super) fn unknown_mode(mode: &str) -> String {
    match nearest(mode, MODES.iter().map(|row| row.name)) {
        Some(meant) => format!("{} is no mode; write \"{meant}\"", quoted(mode)),
        None => format!("{} is no mode; write one of {}", quoted(mode), modes()),
    }
}

/// The modes that there are.
pub(super) fn modes() -> String {
    listed(MODES.iter().map(|row| row.name), "and")
}

/// A key of no mode may be a mistyped one, and then the flag would do something else than was
/// meant; a key of another mode is harmless.
fn unknown_keys(row: &'static ModeRow, fields: &mut Fields<'_>) {
    for key in fields.keys() {
        if key == APPCONFIG_VARIANT || fields.attributes().any(|attribute| attribute.key == key) {
            continue;
        }
        let owners: Vec<&str> = MODES
            .iter()
            .filter(|owner| owner.attribute(key).is_some())
            .map(|owner| owner.name)
            .collect();
        let field = spelled(key);
        if owners.is_empty() {
            let known: Vec<&str> = fields.attributes().map(|attribute| attribute.key).collect();
            let message = match nearest(key, known.iter().copied()) {
                Some(meant) => format!("is no attribute; did you mean \"{meant}\"?"),
                None => format!("is no attribute; {} has {}", row.name, listed(known, "and")),
            };
            fields.error(&field, message);
        } else {
            let owners = listed(owners, "and");
            let message = format!(
                "belongs to {owners}, and {} ignores it; leave it out",
                row.name
            );
            fields.warning(&field, message);
        }
    }
}

fn phase(row: &'static ModeRow, fields: &mut Fields<'_>) -> Phase {
    let written = fields.raw("phase").is_some();
    match fields.text("phase").as_deref() {
        Some("before") if !row.before => {
            if written {
                let message = format!(
                    "{} comes after the work by its nature; write \"after\", or leave it out",
                    row.name
                );
                fields.error("phase", message);
            }
            Phase::After
        }
        Some("after") if row.after => Phase::After,
        Some("after") => {
            let message = format!(
                "{} after the work would change nothing; write \"before\", or leave it out",
                row.name
            );
            fields.error("phase", message);
            Phase::Before
        }
        _ => Phase::Before,
    }
}
