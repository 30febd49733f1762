//! `cargo chaos simulate`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use chaos_core::plan::{Plan, key_in_path};
use clap::Args;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::document::{Checked, Text};
use crate::ending::Ending;
use crate::progress;
use crate::simulate::{Calls, Tally, print, to_json};
use crate::store::Place;

/// See what a document would do to calls, without doing it
///
/// Judges calls as a function does that meets them, one after the other, and prints for each flag how
/// often it fires, why it does not, condition by condition, and how long calls wait. Nothing is
/// injected, and nothing is waited for. With a seed the rolls and the waits are those of a function
/// with the same `settings.seed`, and so the same each time.
///
/// What only a function knows is taken for granted: that it can carry an error and a status code.
/// What is wrong with the document goes to standard error; what is valid of it is simulated.
///
/// The exit code is 0 if the document is valid, 1 if it has findings of severity error, and 2 if it,
/// or the event, cannot be read or is no JSON.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo chaos simulate --config chaos.json --event event.json
  cargo chaos simulate --config chaos.json --count 10000 --seed 7 --json
  cargo chaos simulate --config chaos.json --point cache.get --label tenant=a
  cargo chaos simulate --param /orders/chaos --event event.json

With --json:
  calls    how many there were
  flags    by name, each with `mode`, `fired`, `latency_ms` (`min`, `p50`,
           `p90`, `p95`, `p99`, `max`; null where nothing waits),
           `conditions`, `labels`, and `held_back`, a count for each reason:
             disabled      it is off, or `settings` switch all off
             condition     a condition does not hold, or there is no event
             label         a label is absent or has another value
             point         it names other points, or the handler
             percentage    the roll missed, or there is no value for `by`
             window        before `starts_at`, or from `expires_at` on
             limit         by `skip_first`, `every` or `limit`
           and, only where there are any,
             answered      another flag answered in the function's place
             impossible    a second `duplicate`, or one at a point")]
pub(crate) struct Arguments {
    /// The document's file, or - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "place")]
    config: Option<PathBuf>,
    /// The event's file, as Lambda hands it to the function, or - for standard input; without it,
    /// flags that look at the event hold back
    #[arg(long, value_name = "FILE")]
    event: Option<PathBuf>,
    /// The point that is called, instead of the handler
    #[arg(long, value_name = "NAME")]
    point: Option<String>,
    /// A label of the calls; those of Lambda too, as lambda.function=orders
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// How many calls there are
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1_000,
        value_parser = clap::value_parser!(u64).range(1..=1_000_000)
    )]
    count: u64,
    /// Where random draws start from, instead of the document's `settings.seed`
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// How many milliseconds an invocation has until its deadline, past which no latency goes
    #[arg(
        long,
        value_name = "MS",
        value_parser = clap::value_parser!(u64).range(1..=900_000)
    )]
    deadline: Option<u64>,
    /// What time it is, as 2026-12-01T18:00:00Z, instead of now
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<SystemTime>,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Ending> {
    let both = [&arguments.config, &arguments.event];
    if both
        .iter()
        .all(|file| file.as_deref() == Some(Path::new("-")))
    {
        return Err(Ending::Usage(
            "the document and the event cannot both come from standard input; name a file"
                .to_owned(),
        ));
    }
    let document = match &arguments.config {
        Some(file) => Text::read(file, "document")?,
        None => Text::stored(&arguments.place).await?,
    };
    let event = arguments.event.as_deref().map(event).transpose()?;
    let checked = Checked::new(&document);
    checked.print_findings(&mut anstream::stderr().lock())?;
    if !checked.json {
        let name = &document.name;
        return Err(Ending::Usage(format!(
            "{name} is no JSON, and so no chaos comes of it"
        )));
    }
    let mut plan = checked.reading.plan.clone();
    plan.settings.seed = arguments.seed.or(plan.settings.seed);
    let calls = arguments.calls(event);
    say_what_holds_for_all(&plan, calls.at);
    let tallies = Tally::of(plan, &calls);
    let mut out = anstream::stdout().lock();
    if arguments.json {
        writeln!(out, "{:#}", to_json(&calls, &tallies))?;
    } else {
        print(&mut out, &calls, &tallies)?;
    }
    out.flush()?;
    Ok(if checked.has_errors() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

impl Arguments {
    fn calls(&self, event: Option<Value>) -> Calls {
        Calls {
            count: self.count,
            point: self.point.clone(),
            labels: self.labels.clone(),
            event,
            at: self.at.unwrap_or_else(SystemTime::now),
            remaining: self.deadline.map(Duration::from_millis),
        }
    }
}

/// What holds for all flags, and what a function's operator decides and this command cannot see.
fn say_what_holds_for_all(plan: &Plan, at: SystemTime) {
    let settings = &plan.settings;
    if !settings.enabled {
        progress::warning("settings.enabled is false: every flag is off");
    } else if !settings.window_open(at) {
        progress::warning("settings.expires_at has come: nothing fires any more");
    } else if settings.dry_run {
        progress::warning(
            "settings.dry_run is on: functions write to the log what fires, and inject nothing",
        );
    }
    let by_name = plan
        .active()
        .filter(|flag| flag.mode.is_allowed_by_name_only());
    for flag in by_name {
        let (name, mode) = (key_in_path(&flag.name), flag.mode.name());
        progress::warning(&format!(
            "{name}: functions inject {mode} only where CHAOS_ALLOW names it"
        ));
    }
}

fn event(file: &Path) -> Result<Value, Ending> {
    let Text { name, text } = Text::read(file, "event")?;
    serde_json::from_str(&text).map_err(|error| {
        Ending::Usage(format!(
            "the event in {name} is no JSON: {error}; write what Lambda would hand to the function"
        ))
    })
}

fn label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write a name and a value, as tenant=a".to_owned()),
    }
}

fn time(text: &str) -> Result<SystemTime, String> {
    let time = OffsetDateTime::parse(text, &Rfc3339);
    let time =
        time.map_err(|_| "write it as RFC 3339 has it, as 2026-12-01T18:00:00Z".to_owned())?;
    Ok(time.into())
}
