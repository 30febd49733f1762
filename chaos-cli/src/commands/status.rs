//! `cargo chaos status`.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Args;

use crate::ending::Ending;
use crate::status::{Overview, json, table};
use crate::store::{Place, Store};
use crate::terminal;

/// The exit code that says that something is on.
const SOMETHING_IS_ON: u8 = 3;

/// Show what is on
///
/// For what, at which rate, until when, and who or what changed the document last, as far as one
/// may know. The exit code is 0 if nothing is on, 3 if something is, 1 if the document cannot be
/// read, and 2 for arguments that cannot be meant. What has expired, is yet to start, is not valid
/// or is held back by the settings is not on; what is on in a dry run is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo chaos status --param /orders/chaos
  cargo chaos status --profile orders --json
  cargo chaos status --appconfig orders/production/chaos || echo 'chaos is on, or unknown'")]
pub(crate) struct Arguments {
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

pub(crate) async fn run(mut arguments: Arguments) -> Result<ExitCode, Ending> {
    if terminal::is_there() {
        arguments.place.ask_if_not_named()?;
    }
    let store = Store::open(&arguments.place).await?;
    let mut found = store.read().await?;
    found.changed = store.changed(&found).await;
    let now = SystemTime::now();
    let overview = Overview::of(&found.text, now);
    let before = found.under_way.as_ref();
    let before = before.map(|under_way| Overview::of(&under_way.before, now));
    let before_is_on = before.is_some_and(|before| before.is_on());
    let shown = if arguments.json {
        format!("{:#}\n", json(&overview, &store.name(), &found))
    } else {
        table(&overview, &store.name(), &found, terminal::width())
    };
    anstream::stdout().write_all(shown.as_bytes())?;
    Ok(if overview.is_on() || before_is_on {
        ExitCode::from(SOMETHING_IS_ON)
    } else {
        ExitCode::SUCCESS
    })
}
