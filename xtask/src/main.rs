//! The project's own commands, run as `cargo xtask COMMAND`.
//!
//! One file a command (`test.rs`, `setup.rs`, `bench.rs`), or a folder (`proof/`); a new one is a file with its arguments
//! and a `run`, and a line in [`Command`]. Beside them, one file an idea:
//!
//! - `steps.rs`: what `test` consists of, and in which order
//! - `features.rs`: the combinations of chaos-core's features that must compile
//! - `outside.rs`: moto, cargo-lambda, cfn-lint and Chaos Toolkit, in a virtual environment under the
//!   target directory
//! - `tool.rs`: a program of crates.io, under the target directory; `deny.rs`: cargo-deny
//! - `shell.rs`: a command line that can be shown, repeated by hand and run
//! - `disk.rs`: how much room is left for what is built
//! - `report.rs`: headers, times and the table at the end
//! - `workspace.rs`: where things are

mod bench;
mod debian;
mod deny;
mod disk;
mod features;
mod outside;
mod proof;
mod report;
mod setup;
mod shell;
mod steps;
mod test;
mod tool;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Test(test::Arguments),
    Setup(setup::Arguments),
    Bench(bench::Arguments),
    Proof(proof::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = Workspace::find().and_then(|workspace| match arguments.command {
        Command::Test(arguments) => Ok(test::run(workspace, &arguments)),
        Command::Setup(arguments) => setup::run(&workspace, &arguments),
        Command::Bench(arguments) => bench::run(&workspace, &arguments),
        Command::Proof(arguments) => proof::run(&workspace, &arguments),
    });
    match done {
        Ok(code) => code,
        Err(error) => {
            report::error(&error);
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
