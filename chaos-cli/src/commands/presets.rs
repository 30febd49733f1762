//! `cargo chaos presets`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Map, Value, json};

use crate::enable::presets::PRESETS;
use crate::ending::Ending;
use crate::text::wrapped;

/// The width of what is said of a preset.
const WIDTH: usize = 52;

/// List the faults that have a name of their own
///
/// Each is a flag that `cargo chaos enable NAME` writes. Its options can be said otherwise there,
/// as with any mode.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo chaos presets
  cargo chaos presets --json
  cargo chaos enable dynamodb-throttled --percentage 10 --param /orders/chaos")]
pub(crate) struct Arguments {
    /// As JSON, each with the flag that it writes
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Ending> {
    let mut out = anstream::stdout().lock();
    if arguments.json {
        let presets: Map<String, Value> = PRESETS
            .iter()
            .map(|preset| {
                let host = if preset.takes_host { "HOST" } else { "" };
                let mut flag: Map<String, Value> = preset.attributes(host).into_iter().collect();
                flag.insert("mode".to_owned(), preset.row().name.into());
                let about = json!({
                    "about": preset.about,
                    "takes_host": preset.takes_host,
                    "flag": flag,
                });
                (preset.name.to_owned(), about)
            })
            .collect();
        writeln!(out, "{:#}", Value::Object(presets))?;
        return Ok(ExitCode::SUCCESS);
    }
    for preset in PRESETS {
        let host = if preset.takes_host { " HOST" } else { "" };
        let name = format!("{}{host}", preset.name);
        for (position, line) in wrapped(preset.about, WIDTH).iter().enumerate() {
            let name = if position == 0 { &*name } else { "" };
            writeln!(out, "{name:<22}  {line}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
