//! `cargo chaos validate`.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::document::{Checked, Source, flags, severity};
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
  cargo chaos validate chaos.json               findings, and what comes of it
  cargo chaos validate chaos.json --json        the same as one JSON object
  cat chaos.json | cargo chaos validate -       from standard input
  cargo chaos validate --param /orders/chaos    what functions read

With --json:
  flags       by name, each with `mode`, `kept` (false: functions skip it),
              `enabled` (whether it is on) and `percentage`; null where that
              cannot be told. What a document in an older format amounts to
              stands under the name of its mode
  findings    in the order of the text, each with `path`, `message`,
              `severity` (`error` or `warning`), `line` and `column`, both
              from 1, columns in characters")]
pub(crate) struct Arguments {
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: Source,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Ending> {
    let document = arguments.source.read().await?;
    let checked = Checked::new(&document);
    let flags = flags::flags(&checked.reading, &document.text);
    let mut out = anstream::stdout().lock();
    if arguments.json {
        writeln!(out, "{:#}", to_json(&checked, &flags))?;
    } else {
        print(&mut out, &checked, &flags)?;
    }
    out.flush()?;
    let name = &document.name;
    if !checked.json {
        progress::error(&format!("{name} is no JSON, and so no chaos comes of it"));
        return Ok(ExitCode::from(2));
    }
    if checked.has_errors() {
        progress::error(&format!("{name} has {}", checked.counted()));
        return Ok(ExitCode::FAILURE);
    }
    let format = checked.older_format();
    let format = format.map_or_else(String::new, |tool| format!(" in the format of {tool}"));
    let said = format!("{name}{format}, {}", checked.counted());
    progress::say("Valid", &said);
    Ok(ExitCode::SUCCESS)
}

fn to_json(checked: &Checked, flags: &[flags::Flag]) -> Value {
    let findings = checked.findings.iter().map(|(at, finding)| {
        json!({
            "path": finding.path,
            "message": finding.message,
            "severity": severity(finding.severity),
            "line": at.line,
            "column": at.column,
        })
    });
    json!({ "flags": flags::to_json(flags), "findings": findings.collect::<Vec<_>>() })
}

fn print(out: &mut impl Write, checked: &Checked, flags: &[flags::Flag]) -> io::Result<()> {
    checked.print_findings(out)?;
    if !checked.findings.is_empty() && !flags.is_empty() {
        writeln!(out)?;
    }
    for line in flags::to_lines(flags) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
