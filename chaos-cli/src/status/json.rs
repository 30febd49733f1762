//! An overview for programs.

use std::time::SystemTime;

use chaos_core::plan::{By, Condition, Flag, Format, Operator, Phase};
use serde_json::{Map, Value, json};

use super::Overview;
use super::overview::{Row, State};
use crate::document::{severity, whole};
use crate::store::Found;
use crate::times;

/// One object, whose `flags` are by name.
pub(crate) fn json(overview: &Overview, place: &str, found: &Found) -> Value {
    let flags: Map<String, Value> = overview
        .rows
        .iter()
        .map(|row| (row.name.clone(), flag(row)))
        .collect();
    let findings: Vec<Value> = overview
        .findings
        .iter()
        .map(|finding| {
            json!({
                "path": finding.path,
                "message": finding.message,
                "severity": severity(finding.severity),
            })
        })
        .collect();
    json!({
        "place": place,
        "version": found.version,
        "changed": {"at": time(found.changed.at), "by": found.changed.by},
        "on": overview.is_on(),
        "under_way": found.under_way.as_ref().map(|under_way| json!({
            "what": under_way.what,
            "on_before": Overview::of(&under_way.before, overview.now).is_on(),
        })),
        "usable": overview.usable,
        "format": match overview.format {
            Format::FailureLambda0 => "failure-lambda 0.x",
            Format::ChaosLambda => "chaos-lambda",
            _ => "flags",
        },
        "settings": {
            "enabled": overview.settings.enabled,
            "dry_run": overview.settings.dry_run,
            "seed": overview.settings.seed,
            "expires_at": time(overview.settings.expires_at),
        },
        "flags": flags,
        "findings": findings,
    })
}

fn flag(row: &Row) -> Value {
    let figures: Map<String, Value> = row
        .figures
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect();
    let mut shown = json!({
        "mode": row.mode,
        "state": row.state.word(),
        "on": row.state.is_on(),
        "figures": figures,
    });
    if let State::Invalid(why) = &row.state {
        shown["why"] = why.clone().into();
    }
    if let Some(flag) = &row.flag {
        add(&mut shown, flag);
        shown["expires_at"] = time(row.expires_at);
    }
    shown
}

/// What a valid flag aims at, and when it strikes.
fn add(shown: &mut Value, flag: &Flag) {
    let point = flag.aim.point.as_ref();
    let labels: Map<String, Value> = flag
        .aim
        .labels
        .iter()
        .map(|(name, values)| (name.clone(), values.clone().into()))
        .collect();
    let trigger = &flag.trigger;
    shown["enabled"] = flag.enabled.into();
    shown["percentage"] = whole(trigger.percentage);
    shown["point"] = point.map_or_else(
        || json!(["handler"]),
        |globs| json!(globs.iter().collect::<Vec<_>>()),
    );
    shown["labels"] = Value::Object(labels);
    shown["match"] = flag.aim.conditions.iter().map(condition).collect();
    shown["phase"] = match flag.phase {
        Phase::Before => "before".into(),
        Phase::After => "after".into(),
    };
    shown["by"] = match &trigger.by {
        Some(By::Event(path)) => path.clone().into(),
        Some(By::Label(name)) => format!("label:{name}").into(),
        _ => Value::Null,
    };
    shown["every"] = trigger.every.into();
    shown["skip_first"] = trigger.skip_first.into();
    shown["limit"] = trigger.limit.into();
    shown["starts_at"] = time(trigger.starts_at);
}

fn condition(condition: &Condition) -> Value {
    let (operator, value) = match &condition.operator {
        Operator::Equals(value) => ("eq", Some(value.as_str())),
        Operator::StartsWith(start) => ("startsWith", Some(start.as_str())),
        Operator::Regex(pattern) => ("regex", Some(pattern.as_str())),
        _ => ("exists", None),
    };
    json!({
        "path": condition.path,
        "operator": operator,
        "value": value,
        "not": condition.not,
    })
}

fn time(time: Option<SystemTime>) -> Value {
    time.map_or(Value::Null, |time| times::rfc3339(time).into())
}
