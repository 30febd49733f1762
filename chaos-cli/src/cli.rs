//! What can be asked for on the command line.

use std::ffi::OsString;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Parser, Subcommand};

use crate::commands::{
    completions, convert, disable, enable, init, local, man, presets, profile, schema, simulate,
    status, tour, validate,
};

/// Fault injection for AWS Lambda functions written in Rust.
#[derive(Debug, Parser)]
#[command(
    name = "cargo chaos",
    bin_name = "cargo chaos",
    version,
    styles = STYLES,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "\
Examples:
  cargo chaos tour                                    see faults happen
  cargo chaos local --package quickstart              run a function here
  cargo chaos validate chaos.json                     check a document
  cargo chaos init --param /orders/chaos              make one, with all off
  cargo chaos status --param /orders/chaos            what is on
  cargo chaos disable --all --param /orders/chaos     switch all off
  cargo chaos help enable                             what a command does

Exit codes:
  0      it is done; nothing is on; the document is valid
  1      it could not be done, or the document is not valid
  2      the arguments cannot be meant, or there is no document to read
  3      something is on (status)
  130    Ctrl-C, and everything that was started has ended"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands, one file each in `commands/`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Arguments),
    Status(status::Arguments),
    Enable(enable::Arguments),
    Disable(disable::Arguments),
    Presets(presets::Arguments),
    Profile(profile::Arguments),
    Validate(validate::Arguments),
    Simulate(simulate::Arguments),
    Convert(convert::Arguments),
    Schema(schema::Arguments),
    Local(local::Arguments),
    Tour(tour::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
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
    fn every_command_has_examples_and_they_parse() {
        let mut all = Cli::command();
        all.build();
        let commands = all.get_subcommands();
        for command in commands.filter(|command| command.get_name() != "help") {
            let help = command.get_after_help().map(ToString::to_string);
            let help = help.unwrap_or_default();
            let name = command.get_name();
            assert!(help.starts_with("Examples:\n"), "{name}");
            let of_it = format!("cargo chaos {name}");
            assert!(help.contains(&of_it), "{name}");
            examples_parse(&help);
        }
        let help = all.get_after_help().map(ToString::to_string);
        examples_parse(&help.unwrap_or_default());
    }

    /// Each line under `Examples:`, as far as it calls us.
    fn examples_parse(help: &str) {
        let under = |line: &&str| line.is_empty() || line.starts_with([' ', 'E']);
        let examples = help.lines().take_while(under);
        for line in examples.filter(|line| line.contains("cargo chaos ")) {
            let ends = ["    ", " | ", " > ", " >> ", " 2>", " \\", ")'", " || "];
            let start = line.find("cargo chaos ").unwrap_or_default();
            let call = ends.iter().fold(&line[start..], |call, end| {
                call.split(end).next().unwrap_or(call)
            });
            let parsed = Cli::try_parse_from(
                std::iter::once("cargo chaos".to_owned())
                    .chain(words(call.trim_start_matches("cargo chaos "))),
            );
            let error = parsed.err();
            // help and version are said by way of an error
            let wrong = error.filter(|error| error.exit_code() != 0);
            assert!(wrong.is_none(), "{call}: {}", wrong.unwrap());
        }
    }

    /// As a shell splits a line.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut quote = None;
        for character in line.chars() {
            match (quote, character) {
                (None, ' ') => words.push(String::new()),
                (None, '\'' | '"') => quote = Some(character),
                (Some(open), _) if open == character => quote = None,
                _ => words.last_mut().expect("one").push(character),
            }
        }
        words.retain(|word| !word.is_empty());
        words
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
