//! `cargo chaos validate`.

use std::io::{self, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use chaos_core::plan::{self, Format, Reading, Severity, key_in_path, mode_row};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::document::{Position, Positions, Source, no_json};
use crate::ending::Ending;
use crate::progress;

/// Check a document: what is wrong with it, where, and what to write
///
/// Reads a document as a function does, in any of the three formats, and prints every finding with
/// its line and column, its field, what is wrong and what to write instead; then the flags that the
/// document amounts to. A flag with an error is skipped by functions and the others stay; an error in
/// `settings` means no chaos at all. What a warning is about is ignored.
///
/// The exit code is 0 if the document is valid, warnings or not, 1 if it has findings of severity
/// error, and 2 if it cannot be read or is no JSON.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo chaos validate chaos.json               every finding, and the flags that come of it
  cargo chaos validate chaos.json --json        the same as one JSON object
  cat chaos.json | cargo chaos validate -       what comes from standard input
  cargo chaos validate --param /orders/chaos    what functions read at the moment

With --json:
  flags      by name, each with `mode`, `kept` (false: it is skipped), `enabled` (whether it is on)
             and `percentage`; null where that cannot be told. What an older format amounts to is
             under the name of its mode
  findings   each with `path`, `message`, `severity` (`error` or `warning`), `line` and `column`,
             both from 1, columns in characters")]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Ending> {
    let document = arguments.source.read().await?;
    let checked = Checked::new(&document.text);
    let mut out = anstream::stdout();
    if arguments.json {
        writeln!(out, "{:#}", checked.to_json())?;
    } else {
        checked.print(&mut out, &document.name)?;
    }
    out.flush()?;
    Ok(checked.verdict(&document.name, arguments.json))
}

/// A document that has been read, and what was found.
struct Checked<'a> {
    text: &'a str,
    reading: Reading,
    /// Where it ceases to be JSON.
    broken: Option<Position>,
}

impl<'a> Checked<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            reading: plan::read(text),
            broken: no_json(text),
        }
    }

    fn findings(&self) -> Vec<(Position, &plan::Finding)> {
        let positions = Positions::of(self.text);
        let at = |finding: &plan::Finding| {
            let found = || positions.find(&finding.path);
            self.broken.unwrap_or_else(found)
        };
        let findings = self.reading.findings.iter();
        findings.map(|finding| (at(finding), finding)).collect()
    }

    fn count(&self, severity: Severity) -> usize {
        let of_it = |finding: &&plan::Finding| finding.severity == severity;
        self.reading.findings.iter().filter(of_it).count()
    }

    /// The flags by name, those that are skipped among them.
    fn flags(&self) -> Vec<Flag> {
        let plan = &self.reading.plan;
        let kept = plan.flags.iter().map(|flag| Flag {
            name: flag.name.to_string(),
            mode: Some(flag.mode.name().to_owned()),
            kept: true,
            enabled: Some(flag.enabled && plan.settings.enabled),
            percentage: Some(flag.trigger.percentage),
        });
        let document: Value = serde_json::from_str(self.text).unwrap_or_default();
        let skipped = self.reading.skipped.iter();
        let skipped = skipped.map(|name| Flag::skipped(name, &document[name]));
        kept.chain(skipped).collect()
    }

    fn to_json(&self) -> Value {
        let flags = self.flags().into_iter();
        let flags: Map<String, Value> = flags.map(Flag::into_json).collect();
        let findings = self.findings().into_iter();
        let findings = findings.map(|(at, finding)| {
            json!({
                "path": finding.path,
                "message": finding.message,
                "severity": severity(finding.severity).0,
                "line": at.line,
                "column": at.column,
            })
        });
        json!({ "flags": flags, "findings": findings.collect::<Vec<_>>() })
    }

    fn print(&self, out: &mut impl Write, name: &str) -> io::Result<()> {
        for (Position { line, column }, finding) in self.findings() {
            let (word, style) = severity(finding.severity);
            writeln!(
                out,
                "{name}:{line}:{column}: {style}{word}{style:#}: {finding}"
            )?;
        }
        let flags = self.flags();
        if flags.is_empty() {
            return Ok(());
        }
        if !self.reading.findings.is_empty() {
            writeln!(out)?;
        }
        let width = |cell: fn(&Flag) -> usize| flags.iter().map(cell).max().unwrap_or_default();
        let names = width(|flag| key_in_path(&flag.name).chars().count());
        let modes = width(|flag| {
            flag.mode
                .as_deref()
                .map_or(0, |mode| key_in_path(mode).chars().count())
        });
        for flag in &flags {
            let mode = flag.mode.as_deref().unwrap_or_default();
            let name = key_in_path(&flag.name);
            let mode = key_in_path(mode);
            let row = format!("{name:names$}  {mode:modes$}  {}", flag.state());
            writeln!(out, "{}", row.trim_end())?;
        }
        Ok(())
    }

    /// Says on standard error what came of it, unless a program reads it.
    fn verdict(&self, name: &str, quiet: bool) -> ExitCode {
        let (errors, warnings) = (self.count(Severity::Error), self.count(Severity::Warning));
        let counted = format!(
            "{} and {}",
            number(errors, "error"),
            number(warnings, "warning")
        );
        if self.broken.is_some() {
            progress::error(&format!("{name} is no JSON, and so no chaos comes of it"));
            return ExitCode::from(2);
        }
        if errors > 0 {
            progress::error(&format!("{name} has {counted}"));
            return ExitCode::FAILURE;
        }
        if !quiet {
            let format = match self.reading.format {
                Format::FailureLambda0 => ", in the format of failure-lambda 0.x",
                Format::ChaosLambda => ", in the format of chaos-lambda",
                _ => "",
            };
            progress::say("Valid", &format!("{name}{format}: {counted}"));
        }
        ExitCode::SUCCESS
    }
}

fn number(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

fn severity(severity: Severity) -> (&'static str, Style) {
    match severity {
        Severity::Warning => ("warning", AnsiColor::Yellow.on_default().bold()),
        _ => ("error", AnsiColor::Red.on_default().bold()),
    }
}

/// A flag as functions take it, or as it stands there where they skip it.
struct Flag {
    name: String,
    mode: Option<String>,
    kept: bool,
    enabled: Option<bool>,
    percentage: Option<f64>,
}

impl Flag {
    fn skipped(name: &str, written: &Value) -> Self {
        let mode = match written.get("mode") {
            None => mode_row(name).map(|row| row.name),
            Some(mode) => mode.as_str(),
        };
        Self {
            name: name.to_owned(),
            mode: mode.map(str::to_owned),
            kept: false,
            enabled: written["enabled"].as_bool(),
            percentage: written.get("percentage").map_or(Some(100.0), Value::as_f64),
        }
    }

    fn into_json(self) -> (String, Value) {
        let Self {
            name,
            mode,
            kept,
            enabled,
            percentage,
        } = self;
        let flag = json!({
            "mode": mode,
            "kept": kept,
            "enabled": enabled,
            "percentage": percentage.map(whole),
        });
        (name, flag)
    }

    fn state(&self) -> String {
        match (self.kept, self.enabled, self.percentage) {
            (false, ..) => "skipped".to_owned(),
            (true, Some(true), Some(percentage)) => format!("on   {percentage} %"),
            (true, ..) => "off".to_owned(),
        }
    }
}

/// 25 and not 25.0.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what is whole and not large"
)]
fn whole(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        json!(number as i64)
    } else {
        json!(number)
    }
}
