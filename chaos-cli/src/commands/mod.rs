//! One file a command: its arguments, its help, and what it does.

pub(crate) mod profile;
pub(crate) mod tour;

use std::process::ExitCode;

use crate::cli::Command;
use crate::ending::Ending;

/// Does what was asked for. The exit code is the command's own answer.
pub(crate) async fn run(command: Command) -> Result<ExitCode, Ending> {
    match command {
        Command::Profile(arguments) => profile::run(arguments),
        Command::Tour(arguments) => tour::run(arguments).await,
    }
}
