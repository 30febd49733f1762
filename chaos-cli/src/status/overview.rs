//! The state of each flag.

use std::time::SystemTime;

use chaos_core::plan::{self, Finding, Flag, Format, MODES, Reading, Settings, Severity, mode_row};
use serde_json::{Map, Value};

/// What a document amounts to.
#[derive(Debug)]
pub(crate) struct Overview {
    pub(crate) rows: Vec<Row>,
    pub(crate) settings: Settings,
    pub(crate) format: Format,
    /// Whether functions use it at all.
    pub(crate) usable: bool,
    pub(crate) findings: Vec<Finding>,
    pub(crate) now: SystemTime,
}

/// One flag.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// Nothing of a flag in AppConfig that is off and has its mode as an attribute.
    pub(crate) mode: Option<String>,
    pub(crate) state: State,
    /// What the mode's own attributes say, as they are written.
    pub(crate) figures: Vec<(&'static str, Value)>,
    /// The flag, if it is valid.
    pub(crate) flag: Option<Flag>,
    /// When it ends, of itself or by the settings.
    pub(crate) expires_at: Option<SystemTime>,
}

/// Whether a flag is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    On,
    /// On, but only decided and written to the log.
    DryRun,
    Off,
    Expired,
    /// Its time is yet to come.
    Scheduled,
    /// The settings switch all flags off.
    Held,
    /// Why functions skip it.
    Invalid(String),
}

impl State {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::On => "on",
            Self::DryRun => "dry run",
            Self::Off => "off",
            Self::Expired => "expired",
            Self::Scheduled => "scheduled",
            Self::Held => "held back",
            Self::Invalid(_) => "invalid",
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        matches!(self, Self::On | Self::DryRun)
    }
}

impl Overview {
    pub(crate) fn of(text: &str, now: SystemTime) -> Self {
        let reading = plan::read(text);
        let document: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
        let rows = match reading.format {
            Format::Flags => {
                let entries = document.iter().filter(|(key, _)| *key != "settings");
                let mut rows: Vec<Row> = entries
                    .filter_map(|(name, value)| row(name, value.as_object()?, &reading, now))
                    .collect();
                rows.sort_by_key(|row| (applied(row.mode.as_deref()), row.name.clone()));
                rows
            }
            _ => reading
                .plan
                .flags
                .iter()
                .map(|flag| valid(flag, &Map::new(), &reading.plan.settings, now))
                .collect(),
        };
        Self {
            rows,
            settings: reading.plan.settings,
            format: reading.format,
            usable: reading.usable,
            findings: reading.findings,
            now,
        }
    }

    /// What is on, for a line on a document that is not shown otherwise.
    pub(crate) fn in_a_word(&self) -> String {
        let on = self.rows.iter().filter(|row| row.state.is_on());
        let on: Vec<&str> = on.map(|row| &*row.name).collect();
        if on.is_empty() {
            "nothing is on elsewhere".to_owned()
        } else {
            format!("{} is on elsewhere", on.join(", "))
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.rows.iter().any(|row| row.state.is_on())
    }
}

/// Where the mode stands in the order in which modes are applied.
fn applied(mode: Option<&str>) -> usize {
    MODES
        .iter()
        .position(|row| Some(row.name) == mode)
        .unwrap_or(MODES.len())
}

/// `None` if the key holds no flag, which the findings say.
fn row(name: &str, object: &Map<String, Value>, reading: &Reading, now: SystemTime) -> Option<Row> {
    let flags = &reading.plan.flags;
    if let Some(flag) = flags.iter().find(|flag| *flag.name == *name) {
        return Some(valid(flag, object, &reading.plan.settings, now));
    }
    let mode = object.get("mode").and_then(Value::as_str);
    let mode = mode.or_else(|| mode_row(name).map(|row| row.name));
    let enabled = object.get("enabled")?;
    let state = if *enabled == Value::Bool(false) {
        State::Off
    } else {
        let why = reading.findings.iter().find(|finding| {
            finding.severity == Severity::Error && is_about(finding, name, reading.usable)
        });
        // What is neither in the plan nor said to be wrong names no mode.
        State::Invalid(why?.to_string())
    };
    Some(Row {
        name: name.to_owned(),
        mode: mode.map(ToOwned::to_owned),
        state,
        figures: figures(mode, object),
        flag: None,
        expires_at: None,
    })
}

/// Whether a finding is about the flag, or about the document if that cannot be used.
fn is_about(finding: &Finding, name: &str, usable: bool) -> bool {
    let rest = finding.path.strip_prefix(name);
    let own = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    own || !usable
}

fn valid(flag: &Flag, object: &Map<String, Value>, settings: &Settings, now: SystemTime) -> Row {
    let expires_at = match (flag.trigger.expires_at, settings.expires_at) {
        (Some(own), Some(all)) => Some(own.min(all)),
        (own, all) => own.or(all),
    };
    let state = if !flag.enabled {
        State::Off
    } else if !settings.enabled {
        State::Held
    } else if expires_at.is_some_and(|end| end <= now) {
        State::Expired
    } else if !flag.trigger.window_open(now) {
        State::Scheduled
    } else if settings.dry_run {
        State::DryRun
    } else {
        State::On
    };
    let mode = flag.mode.name();
    Row {
        name: flag.name.to_string(),
        mode: Some(mode.to_owned()),
        state,
        figures: figures(Some(mode), object),
        flag: Some(flag.clone()),
        expires_at,
    }
}

fn figures(mode: Option<&str>, object: &Map<String, Value>) -> Vec<(&'static str, Value)> {
    let row = mode.and_then(mode_row);
    let attributes = row.into_iter().flat_map(|row| row.attributes);
    attributes
        .filter_map(|attribute| Some((attribute.key, object.get(attribute.key)?.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn states(document: &Value) -> Vec<(String, &'static str)> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let overview = Overview::of(&document.to_string(), now);
        let rows = overview.rows.iter();
        rows.map(|row| (row.name.clone(), row.state.word()))
            .collect()
    }

    #[test]
    fn each_state_is_told_apart() {
        let document = json!({
            "latency": {"enabled": true, "min_latency": 5},
            "over": {"enabled": true, "mode": "latency", "expires_at": "2023-11-14T22:13:20Z"},
            "later": {"enabled": true, "mode": "latency", "starts_at": "2023-11-14T22:13:21Z"},
            "panic": {"enabled": false},
            "exception": {"enabled": true, "percentage": 101},
            "appconfig": {"enabled": false},
            "note": {"text": "no flag"},
            "nothing": {"enabled": true},
        });
        let expected = [
            ("latency", "on"),
            ("later", "scheduled"),
            ("over", "expired"),
            ("exception", "invalid"),
            ("panic", "off"),
            ("appconfig", "off"),
        ];
        assert_eq!(
            states(&document),
            expected.map(|(name, state)| (name.to_owned(), state))
        );
    }

    #[test]
    fn settings_hold_for_all() {
        let with = |settings: Value| {
            let document = json!({
                "settings": settings,
                "latency": {"enabled": true, "min_latency": 5},
            });
            states(&document)[0].1
        };
        assert_eq!(with(json!({})), "on");
        assert_eq!(with(json!({"dry_run": true})), "dry run");
        assert_eq!(with(json!({"enabled": false})), "held back");
        assert_eq!(
            with(json!({"expires_at": "2023-11-14T22:13:20Z"})),
            "expired"
        );
        assert_eq!(with(json!({"dry_runn": true})), "invalid");
    }

    #[test]
    fn the_older_formats_have_one_flag() {
        let old = json!({"isEnabled": true, "failureMode": "latency", "rate": 1, "minLatency": 5});
        assert_eq!(states(&old), [("latency".to_owned(), "on")]);
        assert_eq!(states(&json!([])), []);
    }
}
