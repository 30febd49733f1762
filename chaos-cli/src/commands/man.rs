//! `cargo chaos man`.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man;

use crate::cli::Cli;
use crate::ending::Ending;

/// Print the man page, of all or of one command
///
/// In the format of roff, as `man` reads it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo chaos man | man -l -
  cargo chaos man validate | man -l -
  cargo chaos man > /usr/local/share/man/man1/cargo-chaos.1")]
pub(crate) struct Arguments {
    /// The command, as `validate` or `enable latency`; the page of all unless named
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Ending> {
    let mut all = Cli::command()
        .name("cargo-chaos")
        .bin_name("cargo chaos")
        .disable_help_subcommand(true);
    all.build();
    let mut named = arguments.command.iter();
    let command = named.try_fold(all, |command, name| one(&command, name))?;
    let mut page = Vec::new();
    render(command, &mut page)?;
    let mut out = io::stdout().lock();
    out.write_all(&page)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn one(command: &Command, name: &str) -> Result<Command, Ending> {
    let found = command.find_subcommand(name).cloned();
    found.ok_or_else(|| {
        let names = command.get_subcommands().map(Command::get_name);
        let names: Vec<&str> = names.collect();
        let names = names.join(", ");
        let there = if names.is_empty() {
            format!("{} has none", command.get_name())
        } else {
            format!("there are {names}")
        };
        Ending::Usage(format!("there is no command `{name}`; {there}"))
    })
}

fn render(command: Command, page: &mut Vec<u8>) -> io::Result<()> {
    let after = command.get_after_help().map(ToString::to_string);
    let has_commands = command.has_subcommands();
    let has_version = command.get_version().is_some();
    let man = Man::new(command).manual("Cargo Chaos");
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if has_commands {
        man.render_subcommands_section(page)?;
    }
    for line in after.unwrap_or_default().lines() {
        render_line(line, page)?;
    }
    writeln!(page, ".fi")?;
    if has_version {
        man.render_version_section(page)?;
    }
    Ok(())
}

/// What stands after the help: headings with a colon, and what is under them as it is.
fn render_line(line: &str, page: &mut Vec<u8>) -> io::Result<()> {
    match line.strip_suffix(':').filter(|line| !line.starts_with(' ')) {
        Some(heading) => writeln!(
            page,
            ".fi\n.SH \"{}\"\n.nf",
            escaped(&heading.to_uppercase())
        ),
        None => writeln!(page, "{}", escaped(line)),
    }
}

/// Text that roff takes as it is.
fn escaped(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-");
    match line.chars().next() {
        Some('.' | '\'') => format!("\\&{line}"),
        _ => line,
    }
}
