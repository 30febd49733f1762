//! An overview for people.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use chaos_core::plan::{By, Flag, Format, Phase};
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;

use super::Overview;
use super::overview::{Row, State};
use crate::document::severity;
use crate::enable::shown;
use crate::store::Found;
use crate::text::shortened;
use crate::times;

const ON: Style = AnsiColor::Yellow.on_default().bold();
const QUIET: Style = Style::new().dimmed();
const WRONG: Style = AnsiColor::Red.on_default().bold();

/// The most that is shown of a figure.
const LONGEST: usize = 40;

/// What is on, in a table, after a line on the document and one on the number of flags; then what
/// is off, and what is wrong.
pub(crate) fn table(overview: &Overview, place: &str, found: &Found, width: u16) -> String {
    let mut out = String::new();
    // Writing to a text does not fail.
    let _ = writeln!(out, "{}", heading(overview, place, found));
    if let Some(under_way) = &found.under_way {
        let before = Overview::of(&under_way.before, overview.now);
        let _ = writeln!(out, "{}; until then {}", under_way.what, before.in_a_word());
    }
    let (off, told): (Vec<&Row>, Vec<&Row>) = overview
        .rows
        .iter()
        .partition(|row| row.state == State::Off);
    if overview.is_on() {
        let on = told.iter().filter(|row| row.state.is_on()).count();
        let _ = writeln!(out, "{ON}{on} on{ON:#}{}", dry_run(overview));
    } else {
        let _ = writeln!(out, "nothing is on");
    }
    if !told.is_empty() {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width)
            .set_header(["flag", "state", "fault", "where", "how often", "until"]);
        for row in &told {
            table.add_row(cells(row, overview));
        }
        for line in table.lines() {
            let _ = writeln!(out, "{}", line.trim_end());
        }
    }
    if !off.is_empty() {
        let names: Vec<&str> = off.iter().map(|row| &*row.name).collect();
        let _ = writeln!(out, "{QUIET}off: {}{QUIET:#}", names.join(", "));
    }
    for finding in &overview.findings {
        let word = severity(finding.severity);
        let _ = writeln!(out, "{WRONG}{word}{WRONG:#}: {finding}");
    }
    if !overview.usable {
        let _ = writeln!(
            out,
            "functions use nothing of this document until it is mended"
        );
    }
    out
}

/// `parameter /orders/chaos, version 7, changed 3 min ago by arn:…`
fn heading(overview: &Overview, place: &str, found: &Found) -> String {
    let mut heading = place.to_owned();
    if let Some(version) = found.version {
        let _ = write!(heading, ", version {version}");
    }
    if let Some(at) = found.changed.at {
        let _ = write!(heading, ", changed {}", times::from(overview.now, at));
    }
    if let Some(by) = &found.changed.by {
        let _ = write!(heading, " by {by}");
    }
    match overview.format {
        Format::FailureLambda0 => heading.push_str(", in the format of failure-lambda 0.x"),
        Format::ChaosLambda => heading.push_str(", in the format of chaos-lambda"),
        _ => {}
    }
    heading
}

fn dry_run(overview: &Overview) -> &'static str {
    if overview.settings.dry_run {
        ", in a dry run: decided and written to the log, not injected"
    } else {
        ""
    }
}

fn cells(row: &Row, overview: &Overview) -> [String; 6] {
    let mode = row.mode.as_deref().unwrap_or_default();
    let mut fault = vec![mode.to_owned()];
    fault.extend(row.figures.iter().map(|(key, value)| figure(key, value)));
    let (aim, often) = match &row.flag {
        Some(flag) => (aim(flag), often(flag)),
        None => (String::new(), String::new()),
    };
    [
        row.name.clone(),
        row.state.word().to_owned(),
        fault.join("\n"),
        aim,
        often,
        until(row, overview),
    ]
}

fn figure(key: &str, value: &Value) -> String {
    let value = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    format!("{key} {}", shortened(&value, LONGEST))
}

fn aim(flag: &Flag) -> String {
    let point = flag.aim.point.as_ref();
    let mut lines: Vec<String> = point.map_or_else(
        || vec!["handler".to_owned()],
        |globs| globs.iter().map(ToOwned::to_owned).collect(),
    );
    let labels = flag.aim.labels.iter();
    lines.extend(labels.map(|(name, values)| format!("{name}={}", values.join("|"))));
    lines.extend(flag.aim.conditions.iter().map(shown));
    if flag.phase == Phase::After {
        lines.push("after the work".to_owned());
    }
    let lines = lines.iter().map(|line| shortened(line, LONGEST));
    lines.collect::<Vec<_>>().join("\n")
}

fn often(flag: &Flag) -> String {
    let trigger = &flag.trigger;
    let mut lines = vec![format!("{} %", trigger.percentage)];
    match &trigger.by {
        Some(By::Event(path)) => lines.push(format!("by {path}")),
        Some(By::Label(name)) => lines.push(format!("by label:{name}")),
        _ => {}
    }
    if trigger.skip_first > 0 {
        lines.push(format!("not the first {}", trigger.skip_first));
    }
    if let Some(every) = trigger.every {
        lines.push(format!("one of each {every}"));
    }
    if let Some(limit) = trigger.limit {
        lines.push(format!("at most {limit}"));
    }
    lines.join("\n")
}

fn until(row: &Row, overview: &Overview) -> String {
    let now = overview.now;
    match (&row.state, row.expires_at) {
        (State::Invalid(_), _) => "functions skip it".to_owned(),
        (State::Held, _) => "settings.enabled is false".to_owned(),
        (State::Scheduled, _) => {
            let start = row.flag.as_ref().and_then(|flag| flag.trigger.starts_at);
            start.map_or_else(String::new, |start| {
                format!(
                    "from {}\n{}",
                    times::to_the_second(start),
                    times::from(now, start)
                )
            })
        }
        (_, Some(end)) => format!("{}\n{}", times::to_the_second(end), times::from(now, end)),
        (_, None) => "it is switched off".to_owned(),
    }
}
