//! `cargo chaos enable`.

use std::process::ExitCode;
use std::time::SystemTime;

use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

use crate::change;
use crate::edit::difference;
use crate::enable::{self, Enabled, Wanted};
use crate::ending::Ending;
use crate::store::{Found, Haste, Place, Store};
use crate::{progress, terminal, times};

const ABOUT: &str = "Switch a fault on";

const LONG_ABOUT: &str = "\
Switch a fault on

Writes a flag of the mode into the document, or switches it on again: what the flag said before \
stays unless it is said anew. Every attribute is an option of the mode's own; `cargo chaos help \
enable latency` shows them. What would not be valid is not written.

Shows what changes and asks, or writes at once with --yes. What others write at the same time is \
not lost: it is merged, and shown. Functions see the change after their cache time.";

const EXAMPLES: &str = "\
Examples:
  cargo chaos enable latency --min-latency 200 --param /orders/chaos --for 10m
  cargo chaos enable exception --percentage 5 --match 'headers.x-test=1' --yes
  cargo chaos enable latency --name slow-cache --point 'cache.*' --label tenant=a --min-latency 2s
  cargo chaos enable dynamodb-throttled --label table=orders --profile orders
  cargo chaos enable dependency-down api.example.com
  cargo chaos enable                     asks which fault";

/// What `cargo chaos enable` is given. The options of a mode come from the table of modes.
#[derive(Debug)]
pub(crate) struct Arguments {
    place: Place,
    yes: bool,
    wanted: Option<Wanted>,
}

impl Args for Arguments {
    fn augment_args(command: Command) -> Command {
        Place::augment_args(command)
            .about(ABOUT)
            .long_about(LONG_ABOUT)
            .after_help(EXAMPLES)
            .subcommand_value_name("MODE")
            .subcommand_help_heading("Modes and presets")
            .disable_help_subcommand(true)
            .arg(enable::yes())
            .subcommands(enable::subcommands())
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Arguments {
    /// The options may stand before the mode and after it; those after it count.
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let outer = Place::from_arg_matches(matches)?;
        let yes = matches.get_flag("yes");
        let Some((name, inner)) = matches.subcommand() else {
            return Ok(Self {
                place: outer,
                yes,
                wanted: None,
            });
        };
        Ok(Self {
            place: Place::from_arg_matches(inner)?.or(outer),
            yes: yes || inner.get_flag("yes"),
            wanted: Some(Wanted::from_matches(name, inner)?),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Ending> {
    let Arguments {
        mut place,
        yes,
        wanted,
    } = arguments;
    let can_ask = terminal::is_there();
    let mut wanted = match wanted {
        Some(wanted) => wanted,
        None if can_ask => enable::ask_for_mode()?,
        None => {
            return Err(Ending::Usage(
                "it is not said what to switch on; name a mode or a preset, as `cargo chaos enable \
                 latency`; `cargo chaos help enable` lists them"
                    .to_owned(),
            ));
        }
    };
    if can_ask {
        place.ask_if_not_named()?;
    }
    let store = Store::open(&place).await?;
    let mut found = store.read().await?;
    enable::ask_for_least(&found.text, &mut wanted)?;

    let (enabled, found) = loop {
        let enabled = enable::enabled(&found.text, &wanted, SystemTime::now())?;
        for warning in &enabled.warnings {
            progress::warning(warning);
        }
        if enabled.text == found.text {
            progress::say("Unchanged", &on(&wanted, &enabled, &store, found.version));
            return Ok(ExitCode::SUCCESS);
        }
        progress::block(&difference(&found.text, &enabled.text));
        if yes {
            break (enabled, found);
        }
        if !can_ask {
            return Err(Ending::Usage(
                "nothing is written, as nobody can be asked here; add --yes to write it".to_owned(),
            ));
        }
        if !terminal::confirmed(&format!("Write this to {}?", store.name()))? {
            return Err(Ending::Declined);
        }
        // Somebody may have taken their time to answer.
        let now: Found = store.read().await?;
        if now.text == found.text {
            break (enabled, now);
        }
        progress::warning("somebody else changed the document meanwhile; this is what changes now");
        found = now;
    };
    let written = store
        .write(&found, &enabled.text, Haste::No)
        .await
        .inspect_err(|trouble| change::report_theirs(&found.text, trouble))?;
    change::report(&written);
    progress::say("Enabled", &on(&wanted, &enabled, &store, written.version));
    Ok(change::exit_code(&written))
}

fn on(wanted: &Wanted, enabled: &Enabled, store: &Store, version: Option<u64>) -> String {
    let place = change::place(store, version);
    let until = enabled.expires_at.map_or_else(String::new, |end| {
        let away = times::from(SystemTime::now(), end);
        format!(", until {} ({away})", times::to_the_second(end))
    });
    format!("{} in {place}{until}", wanted.name)
}
