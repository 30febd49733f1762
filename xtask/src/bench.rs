//! `cargo xtask bench`: what a wrapped function costs while there is nothing to do.

use std::env::consts::EXE_SUFFIX;
use std::process::ExitCode;

use anstream::eprintln;
use anyhow::Result;
use clap::Args;

use crate::debian::VALGRIND;
use crate::shell::CommandLine;
use crate::workspace::Workspace;

/// Measure what a wrapped function costs while there is nothing to do, beside its rivals
///
/// Prints one table in Markdown; how far it is goes to standard error. An allocation where there
/// may be none, or more instructions than are allowed, ends it with exit code 1. Times are never a
/// check. No AWS SDK is built for it; instructions are counted by valgrind.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask bench
  cargo xtask bench > bench.md
  cargo xtask bench --quick    for a look: a few seconds, coarse times")]
pub(crate) struct Arguments {
    /// Fewer repetitions
    #[arg(long)]
    quick: bool,
}

/// Builds as functions are built for Lambda, and measures.
pub(crate) fn commands(workspace: &Workspace) -> [CommandLine; 2] {
    let build = CommandLine::cargo()
        .args(["build", "--release", "--package", "chaos-benches"])
        .arg("--bins");
    let program = format!("release/chaos-benches{EXE_SUFFIX}");
    [build, CommandLine::new(workspace.target.join(program))]
}

/// Measures, all of it or for a look.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    VALGRIND.install()?;
    let [build, bench] = commands(workspace);
    for command in [build, bench.args(arguments.quick.then_some("--quick"))] {
        // Standard output is for the table.
        eprintln!("$ {command}");
        command.run(&workspace.root)?;
    }
    Ok(ExitCode::SUCCESS)
}
