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
/// check. Instructions are counted by valgrind. The AWS SDK is built for the sections `expiry`,
/// `size` and `build` alone.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask bench
  cargo xtask bench > bench.md
  cargo xtask bench --quick               for a look: coarse times
  cargo xtask bench --only calls          what a call costs, beside the rivals
  cargo xtask bench --only latencies --only disk
  cargo xtask bench --only size --quick   without the sets that build an AWS SDK")]
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
    /// Requests while the cache of the document runs out
    Expiry,
    /// Latency asked for, and latency observed
    Latencies,
    /// How long a full disk takes
    Disk,
    /// How large a function is with each set of features, and how long it takes to start
    Size,
    /// How long a function takes to build from nothing
    Build,
}

/// Builds as functions are built for Lambda, and measures.
pub(crate) fn commands(workspace: &Workspace) -> [CommandLine; 2] {
    let build = CommandLine::cargo()
        .args(["build", "--release", "--package", "chaos-benches"])
        .arg("--bins");
    let program = format!("release/chaos-benches{EXE_SUFFIX}");
    [build, CommandLine::new(workspace.target.join(program))]
}

/// Builds the program that reads Parameter Store.
fn build_with_sdk() -> CommandLine {
    CommandLine::cargo()
        .args(["build", "--release", "--package", "chaos-benches"])
        .args(["--features", "ssm", "--bin", "chaos-benches-parameter"])
}

/// Measures, all of it or for a look.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    VALGRIND.install()?;
    let [build, bench] = commands(workspace);
    let wanted = |section| arguments.only.is_empty() || arguments.only.contains(&section);
    let names = arguments
        .only
        .iter()
        .filter_map(ValueEnum::to_possible_value);
    let names: Vec<String> = names.map(|name| name.get_name().to_owned()).collect();
    let bench = bench.args(arguments.quick.then_some("--quick")).args(names);
    let with_sdk = wanted(Section::Expiry).then(build_with_sdk);
    for command in [Some(build), with_sdk, Some(bench)].into_iter().flatten() {
        // Standard output is for the table.
        eprintln!("$ {command}");
        command.run(&workspace.root)?;
    }
    Ok(ExitCode::SUCCESS)
}
