//! One file a command: its arguments, its help, and what it does.

pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod disable;
pub(crate) mod enable;
pub(crate) mod init;
pub(crate) mod local;
pub(crate) mod man;
pub(crate) mod policy;
pub(crate) mod presets;
pub(crate) mod profile;
pub(crate) mod schema;
pub(crate) mod simulate;
pub(crate) mod status;
pub(crate) mod tour;
pub(crate) mod validate;

use std::process::ExitCode;

use crate::cli::Command;
use crate::ending::Ending;

/// Does what was asked for. The exit code is the command's own answer.
pub(crate) async fn run(command: Command) -> Result<ExitCode, Ending> {
    match command {
        Command::Init(arguments) => init::run(arguments).await,
        Command::Status(arguments) => status::run(arguments).await,
        Command::Enable(arguments) => enable::run(arguments).await,
        Command::Disable(arguments) => disable::run(arguments).await,
        Command::Policy(arguments) => policy::run(arguments).await,
        Command::Presets(arguments) => presets::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments).await,
        Command::Local(arguments) => local::run(arguments).await,
        Command::Man(arguments) => man::run(&arguments),
        Command::Profile(arguments) => profile::run(arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments).await,
        Command::Tour(arguments) => tour::run(arguments).await,
        Command::Validate(arguments) => validate::run(&arguments).await,
    }
}
