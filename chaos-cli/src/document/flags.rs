//! The flags that a document amounts to.

use chaos_core::plan::{Reading, key_in_path, mode_row};
use serde_json::{Map, Value, json};

use super::whole;

/// A flag as functions take it, or as it stands there where they skip it.
#[derive(Debug)]
pub(crate) struct Flag {
    name: String,
    mode: Option<String>,
    kept: bool,
    enabled: Option<bool>,
    percentage: Option<f64>,
}

/// The flags of a document: those that are kept in the order in which they are applied, then those
/// that are skipped.
pub(crate) fn flags(reading: &Reading, text: &str) -> Vec<Flag> {
    let plan = &reading.plan;
    let kept = plan.flags.iter().map(|flag| Flag {
        name: flag.name.to_string(),
        mode: Some(flag.mode.name().to_owned()),
        kept: true,
        enabled: Some(flag.enabled && plan.settings.enabled),
        percentage: Some(flag.trigger.percentage),
    });
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let skipped = reading.skipped.iter();
    let skipped = skipped.map(|name| Flag::skipped(name, &document[name]));
    kept.chain(skipped).collect()
}

/// As one object, by name.
pub(crate) fn to_json(flags: &[Flag]) -> Value {
    let flags: Map<String, Value> = flags
        .iter()
        .map(|flag| {
            let json = json!({
                "mode": flag.mode,
                "kept": flag.kept,
                "enabled": flag.enabled,
                "percentage": flag.percentage.map(whole),
            });
            (flag.name.clone(), json)
        })
        .collect();
    flags.into()
}

/// A line for each, in columns.
pub(crate) fn to_lines(flags: &[Flag]) -> Vec<String> {
    let cells = flags.iter().map(|flag| {
        let mode = flag.mode.as_deref().unwrap_or_default();
        (key_in_path(&flag.name), key_in_path(mode), flag.state())
    });
    let cells: Vec<(String, String, String)> = cells.collect();
    let width = |cell: fn(&(String, String, String)) -> &str| {
        let widths = cells.iter().map(|row| cell(row).chars().count());
        widths.max().unwrap_or_default()
    };
    let (names, modes) = (width(|row| &row.0), width(|row| &row.1));
    let lines = cells
        .iter()
        .map(|(name, mode, state)| format!("{name:names$}  {mode:modes$}  {state}"));
    lines.collect()
}

impl Flag {
    fn skipped(name: &str, written: &Value) -> Self {
        let mode = match written.get("mode") {
            None => mode_row(name).map(|row| row.name),
            Some(mode) => mode.as_str(),
        };
        let percentage = written.get("percentage");
        Self {
            name: name.to_owned(),
            mode: mode.map(str::to_owned),
            kept: false,
            enabled: written.get("enabled").and_then(Value::as_bool),
            percentage: percentage.map_or(Some(100.0), Value::as_f64),
        }
    }

    fn state(&self) -> String {
        match (self.kept, self.enabled, self.percentage) {
            (false, ..) => "skipped".to_owned(),
            (true, Some(true), Some(percentage)) => format!("on, {percentage} %"),
            (true, ..) => "off".to_owned(),
        }
    }
}
