//! `cargo chaos schema`.

use std::io::Write as _;
use std::process::ExitCode;

use chaos_core::plan::schema;
use clap::Args;

use crate::ending::Ending;

/// Print the JSON Schema of the document
///
/// An editor completes and checks a document by it as it is written. AppConfig, which takes draft-04
/// alone, refuses by it what no function could use, before it is deployed. `cargo chaos validate` is
/// the whole check: a schema cannot say that a minimum is above its maximum, or that a regular
/// expression does not compile.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo chaos schema > chaos.schema.json    for an editor
  cargo chaos schema --draft-04             for AppConfig, on one line

  cargo chaos schema --draft-04 \\
    | jq -Rs '[{Type: \"JSON_SCHEMA\", Content: .}]' > validators.json
      what `aws appconfig create-configuration-profile` takes with
      --validators file://validators.json")]
pub(crate) struct Arguments {
    /// In draft-04, for AppConfig's validators; in draft 2020-12 unless given
    #[arg(long)]
    draft_04: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Ending> {
    let mut out = anstream::stdout().lock();
    if arguments.draft_04 {
        // AppConfig counts characters.
        writeln!(out, "{}", schema::json_schema_draft_04())?;
    } else {
        writeln!(out, "{:#}", schema::json_schema())?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
