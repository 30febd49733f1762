//! `cargo chaos convert`.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::bail;
use chaos_core::plan::{self, Reading};
use clap::Args;
use serde_json::Value;

use crate::document::{Checked, Source};
use crate::ending::Ending;
use crate::progress;

/// Turn a document of failure-lambda 0.x or chaos-lambda into this format
///
/// Prints the document, which does the same, and nothing else to standard output; what was found in
/// the old one goes to standard error. A document that is in this format already is printed as it is.
///
/// The exit code is 0 if there is a document, 1 if the old one has findings of severity error, and 2
/// if it cannot be read or is no JSON.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo chaos convert old.json > chaos.json
  cat old.json | cargo chaos convert -
  cargo chaos convert --param failureLambdaConfig > chaos.json")]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Ending> {
    let document = arguments.source.read().await?;
    let name = &document.name;
    let checked = Checked::new(&document);
    checked.print_findings(&mut anstream::stderr().lock())?;
    if !checked.json {
        progress::error(&format!(
            "{name} is no JSON, so there is nothing to convert"
        ));
        return Ok(ExitCode::from(2));
    }
    if checked.has_errors() {
        progress::error(&format!(
            "{name} has {}, and so it is not converted; correct what is said above",
            checked.counted()
        ));
        return Ok(ExitCode::FAILURE);
    }
    let converted = match checked.older_format() {
        None => {
            progress::warning(&format!("{name} is in this format already"));
            document.text.trim_end().to_owned()
        }
        Some(_) => format!("{:#}", converted(&document.text, &checked.reading)?),
    };
    let mut out = anstream::stdout().lock();
    writeln!(out, "{converted}")?;
    out.flush()?;
    if let Some(tool) = checked.older_format() {
        progress::say("Converted", &format!("{name} from the format of {tool}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The document in this format, once it was seen that the same comes of it.
fn converted(text: &str, old: &Reading) -> anyhow::Result<Value> {
    let document = serde_json::from_str(text)?;
    let Some(converted) = plan::convert(&document) else {
        bail!("nothing comes of the document; please report this, with the document");
    };
    let new = plan::read_value(&converted);
    if new.plan != old.plan || !new.findings.is_empty() {
        bail!("what comes of the document would not be the same; please report this");
    }
    Ok(converted)
}
