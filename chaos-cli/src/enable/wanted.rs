//! What the command line asks for: a mode or a preset, and what it says of the flag.

use std::time::Duration;

use chaos_core::plan::{Attribute, FLAG_ATTRIBUTES, MODES, ModeRow, mode_row};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args as _, Command, Error};
use serde_json::Value;

use super::options;
use super::presets::{PRESETS, Preset};
use crate::edit::Attributes;
use crate::store::Place;
use crate::times;

/// What is wanted of a flag.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) row: &'static ModeRow,
    /// The flag's name.
    pub(crate) name: String,
    /// What a preset says, where the flag does not say it yet.
    pub(crate) preset: Attributes,
    /// What the options say.
    pub(crate) given: Attributes,
    /// The keys that are to be left out again.
    pub(crate) unset: Vec<String>,
    /// For how long from now on.
    pub(crate) lasting: Option<Duration>,
    /// Whether what the flag said before is forgotten.
    pub(crate) reset: bool,
}

impl Wanted {
    /// A mode, and nothing said of it.
    pub(crate) fn plain(row: &'static ModeRow) -> Self {
        Self {
            row,
            name: row.name.to_owned(),
            preset: Attributes::new(),
            given: Attributes::new(),
            unset: Vec::new(),
            lasting: None,
            reset: false,
        }
    }

    /// What the subcommand of that name was given.
    pub(crate) fn from_matches(name: &str, matches: &ArgMatches) -> Result<Self, Error> {
        let preset = PRESETS.iter().find(|preset| preset.name == name);
        let row = preset.map(Preset::row).or_else(|| mode_row(name));
        let row = row.ok_or_else(|| Error::raw(ErrorKind::InvalidSubcommand, name))?;
        let mut wanted = Self {
            name: name.to_owned(),
            lasting: matches.get_one("for").copied(),
            reset: matches.get_flag("reset"),
            ..Self::plain(row)
        };
        if let Some(other) = matches.get_one::<String>("name") {
            wanted.name.clone_from(other);
        }
        if let Some(preset) = preset {
            let host = preset.takes_host.then(|| matches.get_one::<String>("host"));
            wanted.preset = preset.attributes(host.flatten().map_or("", String::as_str));
            if preset.takes_host {
                // Whoever names a host means it, whatever the flag said before.
                wanted.given.append(&mut wanted.preset);
            }
        }
        for attribute in attributes(row) {
            let value = options::value(attribute, matches)
                .map_err(|why| Error::raw(ErrorKind::ValueValidation, why + "\n"))?;
            if let Some(value) = value {
                wanted.give(attribute.key, value);
            }
        }
        let unset = matches.get_many::<String>("unset").into_iter().flatten();
        wanted.unset = unset.map(|option| option.replace('-', "_")).collect();
        Ok(wanted)
    }

    /// Says something of the flag, in the place of what was said.
    pub(crate) fn give(&mut self, key: &str, value: Value) {
        self.given.retain(|(known, _)| known != key);
        self.given.push((key.to_owned(), value));
    }
}

/// A subcommand for each mode and each preset, with an option for each attribute.
pub(crate) fn subcommands() -> impl Iterator<Item = Command> {
    let modes = MODES.iter().map(|row| {
        let about = format!("{}{}", row.title[..1].to_uppercase(), &row.title[1..]);
        command(row.name, about, row)
    });
    let presets = PRESETS.iter().map(|preset| {
        let about = format!("Preset: {}", preset.about);
        let command = command(preset.name, about, preset.row());
        if preset.takes_host {
            let host = Arg::new("host")
                .value_name("HOST")
                .required(true)
                .help("The host, as api.example.com");
            command.arg(host)
        } else {
            command
        }
    });
    modes.chain(presets)
}

fn command(name: &'static str, about: String, row: &'static ModeRow) -> Command {
    let own = row
        .attributes
        .iter()
        .map(|row| options::option(row, "The fault"));
    let common = common(row).map(|row| options::option(row, "Which calls it hits"));
    let unset = attributes(row).map(|attribute| attribute.key.replace('_', "-"));
    Place::augment_args(Command::new(name))
        .about(about)
        .long_about(None)
        .args(own)
        .args(common)
        .arg(
            Arg::new("for")
                .long("for")
                .value_name("DURATION")
                .value_parser(times::duration)
                .conflicts_with("expires_at")
                .help("Ends it after so long, as 10m: the functions see to it by themselves"),
        )
        .arg(
            Arg::new("name")
                .long("name")
                .value_name("NAME")
                .help("The flag's name, for a second one of the mode"),
        )
        .arg(
            Arg::new("unset")
                .long("unset")
                .value_name("OPTION")
                .action(ArgAction::Append)
                .value_parser(clap::builder::PossibleValuesParser::new(unset))
                .hide_possible_values(true)
                .help("Takes out what the flag says of an option; can be repeated"),
        )
        .arg(
            Arg::new("reset")
                .long("reset")
                .action(ArgAction::SetTrue)
                .help("Forgets what the flag said before"),
        )
        .arg(yes())
        .after_help(examples(name, row))
}

/// `--yes`, on both levels.
pub(crate) fn yes() -> Arg {
    Arg::new("yes")
        .long("yes")
        .short('y')
        .action(ArgAction::SetTrue)
        .help("Writes it without asking")
}

fn examples(name: &str, row: &ModeRow) -> String {
    let host = if PRESETS
        .iter()
        .any(|preset| preset.name == name && preset.takes_host)
    {
        " api.example.com"
    } else {
        ""
    };
    let needs = match row.name {
        least if row.least.is_empty() || least != name => "",
        _ => match row.least[0] {
            "deny_list" => " --deny-list 'api\\.example\\.com$'",
            "min_latency" => " --min-latency 200",
            _ => "",
        },
    };
    format!(
        "Examples:\n  \
         cargo chaos enable {name}{host}{needs} --param /orders/chaos --for 10m\n  \
         cargo chaos enable {name}{host}{needs} --percentage 5 --match 'headers.x-test=1' --yes\n  \
         cargo chaos enable {name}{host}{needs} --name second --point 'cache.*' --label tenant=a"
    )
}

/// What an option can say of a flag of the mode.
fn attributes(row: &'static ModeRow) -> impl Iterator<Item = &'static Attribute> {
    row.attributes.iter().chain(common(row))
}

/// What this command is about, and what the mode leaves no choice of, is no option.
fn common(row: &'static ModeRow) -> impl Iterator<Item = &'static Attribute> {
    FLAG_ATTRIBUTES
        .iter()
        .filter(|attribute| match attribute.key {
            "enabled" | "mode" => false,
            "phase" => row.before && row.after,
            _ => true,
        })
}
