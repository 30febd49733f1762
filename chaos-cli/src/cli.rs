//! What can be asked for on the command line.

use std::ffi::OsString;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Parser, Subcommand};

use crate::commands::{profile, tour};

/// Fault injection for AWS Lambda functions written in Rust.
#[derive(Debug, Parser)]
#[command(
    name = "cargo chaos",
    bin_name = "cargo chaos",
    version,
    styles = STYLES,
    arg_required_else_help = true,
    after_help = "\
Examples:
  cargo chaos tour                       see every fault on the quickstart function
  cargo chaos tour --package http-api    the same on another function of the workspace
  cargo chaos help tour                  what the tour does, and its options"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands, one file each in `commands/`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Profile(profile::Arguments),
    Tour(tour::Arguments),
}

/// As cargo colours its own help.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Reads the arguments, or ends the process with help or with an error and exit code 2.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Cli {
    Cli::parse_from(without_cargos_own(arguments))
}

/// Installed, this is `cargo-chaos`, and cargo calls it as `cargo-chaos chaos …`.
fn without_cargos_own(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<_> = arguments.collect();
    if arguments.get(1).is_some_and(|first| first == "chaos") {
        arguments.remove(1);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn cargo_puts_the_commands_name_before_the_arguments() {
        for line in [
            &["cargo-chaos", "chaos", "tour", "--package", "chaos"][..],
            &["cargo-chaos", "tour", "--package", "chaos"][..],
        ] {
            let arguments = without_cargos_own(line.iter().map(OsString::from));
            let Command::Tour(tour) = Cli::parse_from(arguments).command else {
                panic!("another command");
            };
            assert_eq!(tour.package, "chaos");
        }
    }
}
