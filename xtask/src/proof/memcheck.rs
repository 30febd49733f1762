//! valgrind's memcheck, on the one module that has `unsafe`: it sees a read of what nobody has set, which no
//! test can see by itself.

use std::env::consts::ARCH;

use anyhow::Result;

use crate::debian::VALGRIND;
use crate::shell::CommandLine;
use crate::workspace::Workspace;

use super::harness::Tests;
use super::{Ending, Row};

/// `chaos-core/src/seam/dns.rs`.
const MODULE: &str = "seam::dns";

pub(super) fn run(workspace: &Workspace) -> Result<Ending> {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return Ok(Ending::NotRun(
            "it looks at `seam::dns`, which is compiled on Linux with glibc alone; run it there"
                .into(),
        ));
    }
    if let Err(error) = VALGRIND.install() {
        return Ok(Ending::NotRun(format!("{error:#}")));
    }
    let command = command(workspace);
    let tests = Tests::run(&command, &workspace.root)?;
    let result = Tests::nothing_found(tests.passed);
    let what = format!("unit tests of `{MODULE}`");
    Ok(Ending::Held(vec![Row::new(what, result)]))
}

/// cargo starts the program of the tests through valgrind.
fn command(workspace: &Workspace) -> CommandLine {
    let runner = format!(
        "CARGO_TARGET_{}_UNKNOWN_LINUX_GNU_RUNNER",
        ARCH.to_uppercase()
    );
    CommandLine::cargo()
        .args(["test", "--package", "chaos-core", "--no-default-features"])
        .args(["--features", "inject,lambda,dns", "--lib", "--target-dir"])
        .arg(workspace.tools().join("memcheck"))
        .args(["--", &format!("{MODULE}::")])
        // A test may end its thread in the middle, so what is not given back is no error.
        .env(
            runner,
            "valgrind --quiet --error-exitcode=99 --leak-check=no",
        )
}
