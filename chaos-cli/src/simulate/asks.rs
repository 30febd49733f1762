//! What a flag asks of a call, and whether this one has it.

use std::fmt;
use std::time::SystemTime;

use chaos_core::plan::{By, Condition, Flag, HANDLER_POINT, Operator, key_in_path, text_at};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Calls;

/// One thing that a flag asks, and what the call has.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) holds: bool,
    pub(super) what: String,
    pub(super) has: String,
}

/// All that the flag asks of the call: its point, labels, times and conditions.
pub(super) fn of(flag: &Flag, calls: &Calls) -> Vec<Ask> {
    let mut asks = Vec::new();
    asks.extend(point(flag, calls));
    asks.extend(times(flag, calls));
    asks.extend(labels(flag, calls).map(|label| {
        Ask {
            holds: label.holds,
            what: format!(
                "label {} is {}",
                key_in_path(label.name),
                quoted(label.allowed.iter())
            ),
            has: label
                .found
                .map_or_else(nothing, |found| format!("it is {}", quoted([found]))),
        }
    }));
    asks.extend(
        conditions(flag, calls).map(|(condition, found, holds)| Ask {
            holds,
            what: shown(condition),
            has: found_in_event(calls, found.as_deref()),
        }),
    );
    asks.extend(by(flag, calls));
    asks
}

fn point(flag: &Flag, calls: &Calls) -> Option<Ask> {
    let point = calls.point.as_deref().unwrap_or(HANDLER_POINT);
    let what = match &flag.aim.point {
        Some(globs) => format!("point {}", quoted(globs.iter())),
        None if calls.point.is_none() => return None,
        None => "the handler".to_owned(),
    };
    Some(Ask {
        holds: flag.aim.concerns_point(point),
        what,
        has: format!("it is {}", key_in_path(point)),
    })
}

fn times(flag: &Flag, calls: &Calls) -> Vec<Ask> {
    let at = calls.at;
    let start = flag.trigger.starts_at.map(|start| Ask {
        holds: start <= at,
        what: format!("not before {}", rfc3339(start)),
        has: format!("it is {}", rfc3339(at)),
    });
    let end = flag.trigger.expires_at.map(|end| Ask {
        holds: at < end,
        what: format!("before {}", rfc3339(end)),
        has: format!("it is {}", rfc3339(at)),
    });
    start.into_iter().chain(end).collect()
}

fn by(flag: &Flag, calls: &Calls) -> Option<Ask> {
    let (what, found) = match flag.trigger.by.as_ref()? {
        By::Label(name) => (
            format!("label {}", key_in_path(name)),
            calls.label(name).map(str::to_owned),
        ),
        By::Event(path) => (
            key_in_path(path),
            calls
                .event
                .as_ref()
                .and_then(|event| Some(text_at(event, path)?.into_owned())),
        ),
        _ => return None,
    };
    let draw = found
        .as_ref()
        .map(|value| chaos_core::plan::Trigger::pinned_draw(&flag.name, value));
    let percentage = flag.trigger.percentage;
    Some(Ask {
        holds: draw.is_some_and(|draw| flag.trigger.hits(draw)),
        what: format!("the roll of {what} is under {percentage}"),
        has: match (draw, found) {
            (Some(draw), Some(found)) => {
                format!("that of {} is {:.2}", quoted([&*found]), draw * 100.0)
            }
            _ => nothing(),
        },
    })
}

struct Label<'a> {
    name: &'a str,
    allowed: &'a [String],
    found: Option<&'a str>,
    holds: bool,
}

fn labels<'a>(flag: &'a Flag, calls: &'a Calls) -> impl Iterator<Item = Label<'a>> {
    flag.aim.labels.iter().map(|(name, allowed)| {
        let found = calls.label(name);
        Label {
            name,
            allowed,
            found,
            holds: found.is_some_and(|found| allowed.iter().any(|one| one == found)),
        }
    })
}

/// The conditions with what the event has, and whether they hold.
fn conditions<'a>(
    flag: &'a Flag,
    calls: &'a Calls,
) -> impl Iterator<Item = (&'a Condition, Option<String>, bool)> {
    flag.aim.conditions.iter().map(|condition| {
        let event = calls.event.as_ref();
        let found = event.and_then(|event| Some(text_at(event, &condition.path)?.into_owned()));
        let holds = event.is_some_and(|event| condition.holds(event));
        (condition, found, holds)
    })
}

/// The same for programs.
pub(super) fn labels_json(flag: &Flag, calls: &Calls) -> Vec<Value> {
    let labels = labels(flag, calls).map(|label| {
        json!({
            "name": label.name,
            "values": label.allowed,
            "found": label.found,
            "holds": label.holds,
        })
    });
    labels.collect()
}

/// The same for programs.
pub(super) fn conditions_json(flag: &Flag, calls: &Calls) -> Vec<Value> {
    let conditions = conditions(flag, calls).map(|(condition, found, holds)| {
        let (operator, value) = operator(condition);
        json!({
            "path": condition.path,
            "operator": operator,
            "value": value,
            "not": condition.not,
            "found": found,
            "holds": holds,
        })
    });
    conditions.collect()
}

fn operator(condition: &Condition) -> (&'static str, Option<&str>) {
    match &condition.operator {
        Operator::Exists => ("exists", None),
        Operator::Equals(value) => ("eq", Some(value)),
        Operator::StartsWith(value) => ("startsWith", Some(value)),
        Operator::Regex(pattern) => ("regex", Some(pattern.as_str())),
        _ => ("", None),
    }
}

/// `not headers.x-test eq "1"`.
fn shown(condition: &Condition) -> String {
    let not = if condition.not { "not " } else { "" };
    let path = key_in_path(&condition.path);
    match operator(condition) {
        (operator, None) => format!("{not}{path} {operator}"),
        (operator, Some(value)) => format!("{not}{path} {operator} {}", quoted([value])),
    }
}

fn found_in_event(calls: &Calls, found: Option<&str>) -> String {
    match (calls.event.is_some(), found) {
        (false, _) => "no event".to_owned(),
        (true, Some(found)) => format!("it is {}", quoted([found])),
        (true, None) => "it has no text".to_owned(),
    }
}

fn nothing() -> String {
    "there is none".to_owned()
}

/// Texts in quotes, cut to a length that can be read.
fn quoted<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let texts = texts.into_iter();
    let quoted: Vec<String> = texts
        .map(|text| format!("\"{}\"", key_in_path(text.as_ref())))
        .collect();
    quoted.join(" or ")
}

fn rfc3339(time: SystemTime) -> impl fmt::Display {
    let time = OffsetDateTime::from(time).replace_nanosecond(0);
    let text = time.ok().and_then(|time| time.format(&Rfc3339).ok());
    text.unwrap_or_default()
}
