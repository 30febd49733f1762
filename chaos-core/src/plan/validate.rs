//! One flag: from JSON to [`Flag`], or to what is wrong with it.

use serde_json::{Map, Value};

use super::Flag;
use super::embedded::unfolded;
use super::fields::{Fields, Spelling};
use super::mode::{DiskSpace, Exception, Latency, Mode, StatusCode};
use super::nearest::nearest;
use super::parts;
use super::report::{Report, described, listed, quoted, spelled};
use super::table::{FLAG_ATTRIBUTES, FORMAT, MODES, ModeRow, format_keys, mode_row};
use super::trigger::Phase;

/// What the agent of `AppConfig` adds to a flag with variants; it says nothing to us.
pub(super) const APPCONFIG_VARIANT: &str = "_variant";

/// Reads the flag of that name.
pub(super) fn flag(name: &str, raw: &Value, report: &mut Report) -> Option<Flag> {
    let Value::Object(object) = raw else {
        let message = format!(
            "{}; write an object, as {{\"enabled\": true}}",
            described(raw)
        );
        report.error(spelled(name), message);
        return None;
    };
    let row = row_of(name, object, report)?;
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
    let mode = mode(row, phase, fields);
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

/// The row of the flag's mode: what its `mode` names, or else its key.
fn row_of(
    name: &str,
    object: &Map<String, Value>,
    report: &mut Report,
) -> Option<&'static ModeRow> {
    match object.get("mode") {
        None => mode_row(name).or_else(|| {
            report.error(spelled(name), unknown_mode(name));
            None
        }),
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

/// What to say of a mode that there is not, or not yet.
pub(super) fn unknown_mode(mode: &str) -> String {
    if FORMAT.iter().any(|(known, _)| *known == mode) {
        return format!(
            "this version does not have the mode {mode}; it has {}",
            modes()
        );
    }
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
        let owners: Vec<&str> = FORMAT
            .iter()
            .filter(|(_, keys)| keys.contains(&key))
            .map(|(mode, _)| *mode)
            .collect();
        let field = spelled(key);
        if format_keys(row.name).contains(&key) {
            let own = listed(row.attributes.iter().map(|attribute| attribute.key), "and");
            fields.error(
                &field,
                format!(
                    "this version of {} does not have it; it has {own}",
                    row.name
                ),
            );
        } else if !owners.is_empty() {
            let owners = listed(owners, "and");
            fields.warning(
                &field,
                format!(
                    "belongs to {owners}, and {} ignores it; leave it out",
                    row.name
                ),
            );
        } else {
            let known: Vec<&str> = fields.attributes().map(|attribute| attribute.key).collect();
            let message = match nearest(key, known.iter().copied()) {
                Some(meant) => format!("is no attribute; did you mean \"{meant}\"?"),
                None => format!("is no attribute; {} has {}", row.name, listed(known, "and")),
            };
            fields.error(&field, message);
        }
    }
}

fn phase(row: &'static ModeRow, fields: &mut Fields<'_>) -> Phase {
    match fields.text("phase").as_deref() {
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

fn mode(row: &'static ModeRow, phase: Phase, fields: &mut Fields<'_>) -> Option<Mode> {
    match row.name {
        "latency" => latency(fields).map(Mode::Latency),
        "diskspace" => fields
            .integer("disk_space")
            .map(|megabytes| Mode::DiskSpace(DiskSpace { megabytes })),
        "statuscode" => status_code(phase, fields).map(Mode::StatusCode),
        "exception" => exception(fields).map(Mode::Exception),
        _ => None,
    }
}

fn latency(fields: &mut Fields<'_>) -> Option<Latency> {
    let min = fields.number("min_latency");
    let max = fields.number("max_latency");
    let (min_key, max_key) = (fields.spell("min_latency"), fields.spell("max_latency"));
    if let (Some(min), Some(max)) = (min, max)
        && max < min
    {
        fields.error(
            "max_latency",
            format!("{max} is less than {min_key} ({min}); write at least {min}"),
        );
        return None;
    }
    if !fields.sound() {
        return None;
    }
    if min.is_none() && max.is_none() {
        fields.warning(
            "min_latency",
            format!("without it and {max_key} the wait is 0; write how many ms to wait"),
        );
    }
    let min_ms = min.unwrap_or(0.0);
    Some(Latency {
        min_ms,
        max_ms: max.unwrap_or(min_ms),
    })
}

fn status_code(phase: Phase, fields: &mut Fields<'_>) -> Option<StatusCode> {
    let code = fields.integer("status_code");
    let body = body(fields);
    let headers = headers(fields);
    let keep_reply = phase == Phase::After;
    if keep_reply {
        for key in ["body", "headers"] {
            if fields.raw(key).is_some() {
                fields.warning(
                    key,
                    "with phase after the response keeps its own; leave it out",
                );
            }
        }
        return Some(StatusCode {
            code: code?.try_into().ok()?,
            body: None,
            headers: Vec::new(),
            keep_reply,
        });
    }
    Some(StatusCode {
        code: code?.try_into().ok()?,
        body,
        headers,
        keep_reply,
    })
}

fn body(fields: &mut Fields<'_>) -> Option<Value> {
    match fields.raw("body")? {
        Value::Null => {
            fields.mistaken("body", &Value::Null, "a text, or any JSON but null");
            None
        }
        body => Some(body.clone()),
    }
}

fn headers(fields: &mut Fields<'_>) -> Vec<(String, String)> {
    let Some(value) = fields.raw("headers").map(unfolded) else {
        return Vec::new();
    };
    let Value::Object(map) = value.as_ref() else {
        fields.mistaken(
            "headers",
            &value,
            "an object of texts, as {\"Retry-After\": \"5\"}",
        );
        return Vec::new();
    };
    let mut headers: Vec<(String, String)> = map
        .iter()
        .filter_map(|(name, value)| header(fields, name, value))
        .collect();
    headers.sort_unstable_by_key(|(name, _)| name.to_ascii_lowercase());
    for twice in headers
        .windows(2)
        .filter(|pair| pair[0].0.eq_ignore_ascii_case(&pair[1].0))
    {
        fields.error(
            &format!("headers.{}", spelled(&twice[1].0)),
            "is there twice; write it once",
        );
    }
    headers
}

fn header(fields: &mut Fields<'_>, name: &str, value: &Value) -> Option<(String, String)> {
    let field = format!("headers.{}", spelled(name));
    let Value::String(text) = value else {
        fields.mistaken(&field, value, "a text");
        return None;
    };
    if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
        fields.error(
            &field,
            "is no name of an HTTP header; write letters, digits and hyphens",
        );
    } else if http::HeaderValue::from_str(text).is_err() {
        fields.error(
            &field,
            format!(
                "{} is no value of an HTTP header; write printable characters",
                quoted(text)
            ),
        );
    }
    Some((name.to_owned(), text.clone()))
}

fn exception(fields: &mut Fields<'_>) -> Option<Exception> {
    let message = fields.text("exception_msg");
    let error_type = fields.text("exception_type");
    Some(Exception {
        message: message?,
        error_type,
    })
}
