//! `cargo chaos completions`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Command, CommandFactory as _, ValueEnum};
use clap_complete::aot::{self, generate};

use crate::cli::Cli;
use crate::ending::Ending;

/// Print the completions of a shell
///
/// They complete `cargo chaos` and `cargo-chaos`; what the shell completes for cargo otherwise stays.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  echo 'source <(cargo chaos completions bash)' >> ~/.bashrc
  cargo chaos completions zsh > ~/.zfunc/_cargo-chaos
  echo 'cargo chaos completions fish | source' >> ~/.config/fish/config.fish

Notes:
  In bash and fish they belong in the shell's own configuration, since those
  of `cargo` are not looked for under another name. In zsh the folder has to
  be in `fpath`, where those of `cargo` find them.")]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// What the command is called where a shell asks for it.
const PROGRAM: &str = "cargo-chaos";

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Ending> {
    let script = match arguments.shell {
        Shell::Bash => bash(),
        Shell::Zsh => script(aot::Shell::Zsh, PROGRAM),
        Shell::Fish => fish(),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(script.as_bytes())?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn script(shell: aot::Shell, program: &'static str) -> String {
    // The generators make names of functions of it, where "cargo chaos" would not do.
    let mut command = Cli::command().name(program);
    let mut script = Vec::new();
    generate(shell, &mut command, program, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// With a hyphen in the name the generator for bash gives functions and cases different names.
fn bash() -> String {
    let script = script(aot::Shell::Bash, "cargo_chaos");
    let script = script.replace("-o default cargo_chaos\n", "-o default cargo-chaos\n");
    script + include_str!("completions/cargo.bash")
}

fn fish() -> String {
    let script = script(aot::Shell::Fish, PROGRAM);
    script + &arguments_for_fish(&Cli::command()) + include_str!("completions/cargo.fish")
}

/// The values of arguments without a name, which clap leaves out for fish.
fn arguments_for_fish(command: &Command) -> String {
    let mut lines = String::new();
    for subcommand in command.get_subcommands() {
        for argument in subcommand.get_positionals() {
            for value in argument.get_possible_values() {
                let _ = writeln!(
                    lines,
                    "complete -c {PROGRAM} -n \"__fish_cargo_chaos_using_subcommand {}\" -f -a \"{}\"",
                    subcommand.get_name(),
                    value.get_name(),
                );
            }
        }
    }
    lines
}
