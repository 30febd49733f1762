//! What came of the calls, for people and for programs.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use chaos_core::plan::{Mode, key_in_path};
use chaos_core::simulate::HeldBack;
use serde_json::{Map, Value, json};

use super::tally::Tally;
use super::{Calls, asks, histogram};

const NAME: Style = Style::new().bold();
const YES: Style = AnsiColor::Green.on_default();
const NO: Style = AnsiColor::Red.on_default();

/// The reasons that are always counted. `skip_first` and `every` count with `limit`: all three
/// are about how often a flag may strike.
const REASONS: [&str; 7] = [
    "disabled",
    "condition",
    "label",
    "point",
    "percentage",
    "window",
    "limit",
];

/// The reason's key.
fn key(why: HeldBack) -> &'static str {
    match why {
        HeldBack::SkipFirst | HeldBack::Every => HeldBack::Limit.as_str(),
        other => other.as_str(),
    }
}

/// One object: `calls` and `flags`.
pub(crate) fn to_json(calls: &Calls, tallies: &[Tally]) -> Value {
    let flags: Map<String, Value> = tallies
        .iter()
        .map(|tally| (tally.flag.name.to_string(), flag(calls, tally)))
        .collect();
    json!({ "calls": calls.count, "flags": flags })
}

fn flag(calls: &Calls, tally: &Tally) -> Value {
    let mut held_back: Map<String, Value> = Map::new();
    for reason in REASONS {
        held_back.insert(reason.to_owned(), json!(0));
    }
    for (why, count) in &tally.held_back {
        let counted = held_back.entry(key(*why)).or_insert(json!(0));
        *counted = json!(counted.as_u64().unwrap_or_default() + count);
    }
    json!({
        "mode": tally.flag.mode.name(),
        "fired": tally.fired,
        "latency_ms": latency(tally),
        "held_back": held_back,
        "conditions": asks::conditions_json(&tally.flag, calls),
        "labels": asks::labels_json(&tally.flag, calls),
    })
}

/// The percentiles, in milliseconds to the microsecond.
fn latency(tally: &Tally) -> Value {
    let at = |percent| {
        tally
            .percentile(percent)
            .map(|wait| (wait * 1e3).round() / 1e3)
    };
    if tally.waits.is_empty() {
        return Value::Null;
    }
    json!({
        "min": at(0), "p50": at(50), "p90": at(90), "p95": at(95), "p99": at(99), "max": at(100),
    })
}

/// A block for each flag.
pub(crate) fn print(out: &mut impl Write, calls: &Calls, tallies: &[Tally]) -> io::Result<()> {
    let point = match &calls.point {
        Some(point) => format!("the point {}", key_in_path(point)),
        None => "the handler".to_owned(),
    };
    let count = calls.count;
    let s = if count == 1 { "" } else { "s" };
    writeln!(out, "{count} call{s} of {point}")?;
    if tallies.is_empty() {
        writeln!(out, "\nthe document has no flag that could fire")?;
    }
    for tally in tallies {
        writeln!(out)?;
        print_flag(out, calls, tally)?;
    }
    Ok(())
}

fn print_flag(out: &mut impl Write, calls: &Calls, tally: &Tally) -> io::Result<()> {
    let name = key_in_path(&tally.flag.name);
    let mode = match tally.flag.mode.name() {
        mode if mode == name => String::new(),
        mode => format!(" ({mode})"),
    };
    let (fired, count) = (tally.fired, calls.count);
    writeln!(
        out,
        "{NAME}{name}{NAME:#}{mode} fires in {fired} of {count}"
    )?;
    for ask in asks::of(&tally.flag, calls) {
        let (word, style) = if ask.holds { ("yes", YES) } else { ("no ", NO) };
        writeln!(out, "  {style}{word}{style:#} {}: {}", ask.what, ask.has)?;
    }
    for (why, count) in &tally.held_back {
        writeln!(out, "  {count} held back: {}", told(*why, tally))?;
    }
    if let (Some(shortest), Some(longest)) = (tally.percentile(0), tally.percentile(100)) {
        let at = |percent| tally.percentile(percent).unwrap_or_default();
        writeln!(
            out,
            "  waits {shortest:.1} to {longest:.1} ms: p50 {:.1}, p90 {:.1}, p95 {:.1}, p99 {:.1}",
            at(50),
            at(90),
            at(95),
            at(99),
        )?;
        for line in histogram::lines(&tally.waits) {
            writeln!(out, "    {line}")?;
        }
    } else if tally.fired > 0 && matches!(tally.flag.mode, Mode::Timeout(_)) {
        writeln!(out, "  waits until the deadline, which --deadline tells")?;
    }
    Ok(())
}

/// A reason in words, with what the document says.
fn told(why: HeldBack, tally: &Tally) -> String {
    let trigger = &tally.flag.trigger;
    match why {
        HeldBack::Disabled => "it is off".to_owned(),
        HeldBack::Window => "outside its time".to_owned(),
        HeldBack::Point => "not its point".to_owned(),
        HeldBack::Label => "a label does not hold".to_owned(),
        HeldBack::Condition => "a condition does not hold".to_owned(),
        HeldBack::Percentage => format!("missed by the roll of {} %", trigger.percentage),
        HeldBack::SkipFirst => format!("let through by skip_first {}", trigger.skip_first),
        HeldBack::Every => format!("let through by every {}", trigger.every.unwrap_or_default()),
        HeldBack::Limit => format!("over the limit of {}", trigger.limit.unwrap_or_default()),
        HeldBack::Answered => "another flag answered before".to_owned(),
        HeldBack::Impossible => "a handler runs twice at most, and a point once".to_owned(),
        _ => why.as_str().to_owned(),
    }
}
