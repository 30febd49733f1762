//! `cargo xtask bench`: what a wrapped function costs while there is nothing to do.

use std::env::consts::EXE_SUFFIX;
use std::process::ExitCode;

use anstream::eprintln;
use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::debian::VALGRIND;
use crate::shell::CommandLine;
use crate::workspace::Workspace;

/// Measure what a wrapped function costs while there is nothing to do, beside its rivals
///
/// Prints one page in Markdown, or some of its sections; how far it is goes to standard error. An allocation where there
/// may be none, or more instructions than are allowed, ends it with exit code 1. Times are never a
/// check. Instructions are counted by valgrind. The AWS SDK is built for the sections `clients`,
/// `expiry`, `size` and `build` alone.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask bench
  cargo xtask bench > bench.md
  cargo xtask bench --quick               for a look: coarse times
  cargo xtask bench --only calls          what a call costs, beside the rivals
  cargo xtask bench --only latencies --only disk
  cargo xtask bench --only size --quick   without the sets that have a client of their own")]
pub(crate) struct Arguments {
    /// Fewer repetitions
    #[arg(long)]
    quick: bool,
    /// Only this section; can be given several times
    #[arg(long, value_enum, value_name = "SECTION")]
    only: Vec<Section>,
}

/// As `benches/src/sections.rs` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Section {
    /// One call while there is nothing to do, beside its rivals
    Calls,
    /// Threads that call one point at once
    Threads,
    /// One call of a client while there is nothing to do
    Clients,
    /// Requests while the cache of the document runs out
    Expiry,
    /// Latency asked for, and latency observed
    Latencies,
    /// How long the conditions of a document take at most
    Conditions,
    /// How long it takes to take disk and to give it back
    Disk,
    /// How large a function is with each set of features, and how long it takes to start
    Size,
    /// How long a function takes to build from nothing
    Build,
}

impl Section {
    /// What builds the programs that it needs besides that which prints the page.
    fn builds(self) -> Option<CommandLine> {
        match self {
            Self::Calls => Some(build_off()),
            Self::Clients => Some(build_clients()),
            Self::Expiry => {
                let program = ["--bin", "chaos-benches-parameter"];
                Some(build().args(["--features", "ssm"]).args(program))
            }
            Self::Threads
            | Self::Latencies
            | Self::Conditions
            | Self::Disk
            | Self::Size
            | Self::Build => None,
        }
    }
}

/// Builds as functions are built for Lambda.
fn build() -> CommandLine {
    CommandLine::cargo().args(["build", "--release", "--package", "chaos-benches"])
}

/// The programs that take times and count, and start all others.
fn build_own() -> CommandLine {
    let programs = ["chaos-benches", "chaos-benches-counting"];
    build().args(programs.iter().flat_map(|name| ["--bin", name]))
}

/// The same two with the feature `inject` off.
fn build_off() -> CommandLine {
    let programs = ["chaos-benches-off", "chaos-benches-off-counting"];
    build()
        .args(["--no-default-features", "--features", "off"])
        .args(programs.iter().flat_map(|name| ["--bin", name]))
}

/// The same two with the clients in them.
fn build_clients() -> CommandLine {
    let programs = ["chaos-benches-clients", "chaos-benches-clients-counting"];
    build()
        .args(["--features", "clients"])
        .args(programs.iter().flat_map(|name| ["--bin", name]))
}

/// The program that prints the page.
fn program(workspace: &Workspace) -> CommandLine {
    let program = format!("release/chaos-benches{EXE_SUFFIX}");
    CommandLine::new(workspace.target.join(program))
}

/// Counts what an idle call takes, and takes no times: that is a check.
pub(crate) fn idle(workspace: &Workspace) -> Vec<CommandLine> {
    let check = program(workspace).arg("--check");
    vec![build_own(), build_off(), build_clients(), check]
}

/// Holds sizes to what is allowed.
pub(crate) fn size(workspace: &Workspace) -> Vec<CommandLine> {
    vec![build_own(), program(workspace).arg("--check-size")]
}

/// Measures, all of it or for a look.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    VALGRIND.install()?;
    let wanted = |section: &&Section| arguments.only.is_empty() || arguments.only.contains(section);
    let sections = Section::value_variants().iter().filter(wanted);
    let builds = sections.filter_map(|section| section.builds());
    let names = arguments
        .only
        .iter()
        .filter_map(ValueEnum::to_possible_value);
    let names: Vec<String> = names.map(|name| name.get_name().to_owned()).collect();
    let bench = program(workspace).args(arguments.quick.then_some("--quick"));
    let bench = bench.args(names);
    for command in [build_own()].into_iter().chain(builds).chain([bench]) {
        // Standard output is for the table.
        eprintln!("$ {command}");
        command.run(&workspace.root)?;
    }
    Ok(ExitCode::SUCCESS)
}
