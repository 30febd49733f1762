//! The two older formats: failure-lambda 0.x's and chaos-lambda's. Each says one flag, in fields
//! at the top of the document.

use serde_json::{Map, Number, Value, json};

use super::Flag;
use super::document::Format;
use super::fields::Spelling;
use super::json::{member, sorted};
use super::modes::mode_row;
use super::report::{Report, described, kind_of, shown, spelled};
use super::table::ModeRow;
use super::validate::{modes, translated_flag, unknown_mode};

/// How failure-lambda 0.x spells the attributes of a flag.
const FAILURE_LAMBDA_0: Spelling = &[
    ("enabled", "isEnabled"),
    ("mode", "failureMode"),
    ("percentage", "rate"),
    ("min_latency", "minLatency"),
    ("max_latency", "maxLatency"),
    ("exception_msg", "exceptionMsg"),
    ("status_code", "statusCode"),
    ("disk_space", "diskSpace"),
    ("deny_list", "denylist"),
];

/// How chaos-lambda spells them.
const CHAOS_LAMBDA: Spelling = &[
    ("enabled", "is_enabled"),
    ("mode", "fault_type"),
    ("percentage", "rate"),
    ("min_latency", "delay"),
    ("status_code", "error_code"),
    ("exception_msg", "exception_msg"),
];

/// The format of a document. The older ones are told by their own keys, and have no flags.
pub(super) fn format_of(document: &Map<String, Value>) -> Format {
    let has = |keys: [&str; 2]| keys.iter().any(|key| member(document, key).is_some());
    let has_flags = document.iter().any(|(key, value)| {
        value.is_object() && (key == "settings" || mode_row(key).is_some())
            || value
                .as_object()
                .is_some_and(|object| member(object, "mode").is_some())
    });
    if has_flags {
        Format::Flags
    } else if has(["isEnabled", "failureMode"]) {
        Format::FailureLambda0
    } else if has(["is_enabled", "fault_type"]) {
        Format::ChaosLambda
    } else {
        Format::Flags
    }
}

/// The flag that an older document says, in this format.
pub(super) struct Translated {
    row: &'static ModeRow,
    flag: Map<String, Value>,
    spelling: Spelling,
    /// Whether its `rate` is known.
    rated: bool,
}

impl Translated {
    fn new(
        row: &'static ModeRow,
        mut flag: Map<String, Value>,
        percentage: Option<Number>,
        spelling: Spelling,
    ) -> Self {
        let rated = percentage.is_some();
        if let Some(percentage) = percentage {
            flag.insert("percentage".to_owned(), Value::Number(percentage));
        }
        Self {
            row,
            flag,
            spelling,
            rated,
        }
    }

    /// Reads it.
    pub(super) fn flag(&self, report: &mut Report) -> Option<Flag> {
        let flag = translated_flag(self.row, &self.flag, self.spelling, report)?;
        self.rated.then_some(flag)
    }

    /// A document with nothing else in it.
    pub(super) fn into_document(self) -> Value {
        json!({ self.row.name: self.flag })
    }
}

/// Translates a document of an older format.
pub(super) fn translated(
    document: &Map<String, Value>,
    format: Format,
    report: &mut Report,
) -> Option<Translated> {
    match format {
        Format::Flags => None,
        Format::FailureLambda0 => failure_lambda_0(document, report),
        Format::ChaosLambda => chaos_lambda(document, report),
    }
}

/// Translates a document of failure-lambda 0.x. Its `rate` is a probability from 0 to 1, and
/// without it nothing is injected.
fn failure_lambda_0(document: &Map<String, Value>, report: &mut Report) -> Option<Translated> {
    unknown_keys(document, FAILURE_LAMBDA_0, report);
    let Some(Value::String(mode)) = member(document, "failureMode") else {
        misfit(
            document,
            "failureMode",
            &format!("one of {}", modes()),
            report,
        );
        return None;
    };
    let Some(row) = mode_row(mode) else {
        report.error("failureMode".to_owned(), unknown_mode(mode));
        return None;
    };
    let percentage = percentage(document, report);
    let mut flag = Map::new();
    for (here, there) in FAILURE_LAMBDA_0 {
        let own = *here == "enabled" || row.attribute(here).is_some();
        if let (true, Some(value)) = (own, member(document, there)) {
            flag.insert((*here).to_owned(), value.clone());
        }
    }
    Some(Translated::new(row, flag, percentage, FAILURE_LAMBDA_0))
}

/// Translates a document of chaos-lambda. Its `rate` is a probability from 0 to 1, and 1 unless
/// written. The status code replaces the code of the handler's own response.
fn chaos_lambda(document: &Map<String, Value>, report: &mut Report) -> Option<Translated> {
    unknown_keys(document, CHAOS_LAMBDA, report);
    let mut flag = Map::new();
    let fault = member(document, "fault_type").and_then(Value::as_str);
    let row = match fault {
        Some("latency") => {
            let delay =
                member(document, "delay").filter(|delay| delay.as_u64().is_some_and(|ms| ms > 0));
            flag.insert(
                "min_latency".to_owned(),
                or_misfit(delay, document, "delay", report)?,
            );
            mode_row("latency")
        }
        Some("exception") => {
            let message = member(document, "exception_msg").filter(|message| message.is_string());
            flag.insert(
                "exception_msg".to_owned(),
                or_misfit(message, document, "exception_msg", report)?,
            );
            flag.insert("exception_type".to_owned(), json!("Exception"));
            mode_row("exception")
        }
        Some("status_code") => {
            let code = member(document, "error_code").filter(|code| code.is_i64() || code.is_u64());
            flag.insert(
                "status_code".to_owned(),
                or_misfit(code, document, "error_code", report)?,
            );
            flag.insert("phase".to_owned(), json!("after"));
            mode_row("statuscode")
        }
        _ => {
            misfit(
                document,
                "fault_type",
                "\"latency\", \"exception\" or \"status_code\"",
                report,
            );
            None
        }
    }?;
    if let Some(enabled) = member(document, "is_enabled") {
        flag.insert("enabled".to_owned(), enabled.clone());
    }
    let percentage = if member(document, "rate").is_some() {
        percentage(document, report)
    } else {
        Some(100.into())
    };
    Some(Translated::new(row, flag, percentage, CHAOS_LAMBDA))
}

/// `rate` in percent: 1 and more is always, 0 and less never.
fn percentage(document: &Map<String, Value>, report: &mut Report) -> Option<Number> {
    let Some(rate) = member(document, "rate").and_then(Value::as_f64) else {
        misfit(document, "rate", "a number from 0 to 1", report);
        return None;
    };
    // Rounded, since 0.07 * 100 is 7.000000000000001.
    number((rate.clamp(0.0, 1.0) * 1e11).round() / 1e9)
}

/// A percentage as people write it: 7 and not 7.0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to 100"
)]
fn number(percentage: f64) -> Option<Number> {
    if percentage.fract() == 0.0 {
        Some((percentage as u64).into())
    } else {
        Number::from_f64(percentage)
    }
}

fn or_misfit(
    fitting: Option<&Value>,
    document: &Map<String, Value>,
    key: &str,
    report: &mut Report,
) -> Option<Value> {
    if fitting.is_none() {
        let write = match key {
            "delay" => "a whole number of ms from 1 to 900000",
            "error_code" => "a whole number from 100 to 599",
            _ => "a text",
        };
        misfit(document, key, write, report);
    }
    fitting.cloned()
}

fn misfit(document: &Map<String, Value>, key: &str, write: &str, report: &mut Report) {
    let found = match member(document, key) {
        None => "is missing".to_owned(),
        Some(free) if key == "exception_msg" => kind_of(free).to_owned(),
        Some(number @ Value::Number(_)) => format!("{} cannot be meant", shown(number)),
        Some(text @ Value::String(_)) if key == "fault_type" => {
            described(text).replace(" is a text", " is no fault type")
        }
        Some(other) => described(other),
    };
    report.error(
        key.to_owned(),
        format!("{found}, and so nothing is injected; write {write}"),
    );
}

fn unknown_keys(document: &Map<String, Value>, spelling: Spelling, report: &mut Report) {
    let keys = sorted(document).into_iter().map(|(key, _)| key);
    for key in keys.filter(|key| !spelling.iter().any(|(_, there)| there == key)) {
        report.warning(spelled(key), "is not known here and ignored; leave it out");
    }
}
