//! `cargo chaos profile`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::ending::Ending;
use crate::progress;
use crate::store::{Place, Profiles};

/// Save where a document is under a name of your own
///
/// Every command takes the name with --profile. Profiles are in `cargo-chaos/profiles.toml` of
/// your configuration folder (`XDG_CONFIG_HOME`, or else ~/.config).
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "\
Examples:
  cargo chaos profile save orders --param /orders/chaos --region eu-west-1
  cargo chaos profile save shop --appconfig shop/production/chaos --aws-profile shop
  cargo chaos status --profile orders
  cargo chaos profile list
  cargo chaos profile remove orders"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Save a place under a name, in the place of what was saved as it
    Save {
        /// The name
        name: String,
        #[command(flatten)]
        place: Box<Place>,
    },
    /// List what is saved: a line a name, with the options that it stands for
    List,
    /// Forget a name; the document itself stays
    Remove {
        /// The name
        name: String,
    },
}

pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Ending> {
    let mut profiles = Profiles::load()?;
    match arguments.what {
        What::Save { name, place } => {
            let profile = place.to_profile()?;
            let doing = if profiles.save(&name, profile)? {
                "Replaced"
            } else {
                "Saved"
            };
            let path = profiles.path().display();
            progress::say(doing, &format!("{name} in {path}"));
        }
        What::List => {
            let mut out = anstream::stdout().lock();
            let width = profiles.iter().map(|(name, _)| name.len()).max();
            let width = width.unwrap_or_default();
            for (name, profile) in profiles.iter() {
                writeln!(out, "{name:width$}  {profile}")?;
            }
        }
        What::Remove { name } => {
            profiles.remove(&name)?;
            progress::say("Removed", &name);
        }
    }
    Ok(ExitCode::SUCCESS)
}
