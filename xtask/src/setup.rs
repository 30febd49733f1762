//! `cargo xtask setup`: what `cargo xtask test` installs, and nothing else.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::deny::Deny;
use crate::outside::Outside;
use crate::report;
use crate::workspace::Workspace;

/// Install what the tests need from outside, under the target directory
///
/// moto's server, cargo-lambda, cfn-lint and Chaos Toolkit from the Python Package Index (which takes
/// Python), cargo-deny from crates.io, each pinned. What is there already is not installed again. `cargo xtask test`
/// does it by itself.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask setup
  PYTHON=python3.12 cargo xtask setup   with another Python than python3")]
pub(crate) struct Arguments {}

/// Installs, and says what a test run by hand has to be told.
pub(crate) fn run(workspace: &Workspace, _: &Arguments) -> Result<ExitCode> {
    let outside = Outside::of(workspace);
    outside.install()?;
    Deny::of(workspace).install()?;

    report::note("\nTo run the tests that need outside software by hand:");
    for (name, value) in outside.variables() {
        report::note(&format!("  export {name}={}", value.display()));
    }
    report::note("  cargo test --package chaos-tests --features outside");
    Ok(ExitCode::SUCCESS)
}
