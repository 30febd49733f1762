//! `cargo chaos init`.

use std::process::ExitCode;

use clap::Args;

use crate::change;
use crate::edit::all_off;
use crate::ending::Ending;
use crate::store::{Kind, New, Place, Store};
use crate::{progress, terminal};

/// Create the document, with every flag present and off
///
/// Creates the SSM parameter or the file. In AppConfig it creates the application, the environment
/// and the profile as far as they are missing, a deployment strategy without bake time, and deploys
/// the first version. What is there already is never written over.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo chaos init --param /orders/chaos
  cargo chaos init --param /orders/chaos --secure alias/orders --region eu-west-1
  cargo chaos init --appconfig orders/production/chaos
  cargo chaos init --file chaos.json")]
pub(crate) struct Arguments {
    /// Make the parameter a SecureString, under this KMS key or else the account's own
    #[arg(long, value_name = "KEY", num_args = 0..=1, default_missing_value = "")]
    secure: Option<String>,
    #[command(flatten)]
    place: Place,
}

pub(crate) async fn run(mut arguments: Arguments) -> Result<ExitCode, Ending> {
    if terminal::is_there() {
        arguments.place.ask_if_not_named()?;
    }
    let store = Store::open(&arguments.place).await?;
    let new = New {
        key: arguments.secure,
    };
    let written = store.create(&all_off(), &new).await.map_err(|trouble| {
        if trouble.kind != Kind::Exists {
            return trouble.into();
        }
        Ending::Failed(anyhow::anyhow!(
            "{trouble}; nothing is changed. `cargo chaos status` shows what is in it, and `cargo \
             chaos disable --all` switches everything off"
        ))
    })?;
    let place = change::place(&store, written.version);
    progress::say("Created", &format!("{place}, with every flag off"));
    if let Some(variable) = store.variable() {
        progress::say("Next", &format!("set {variable} for the function"));
    }
    Ok(ExitCode::SUCCESS)
}
