//! `ThreadSanitizer`, on the tests in which threads meet in the engine.

use anyhow::Result;

use crate::workspace::Workspace;

use super::harness::Tests;
use super::{Ending, Row, nightly};

const HOST: &str = "x86_64-unknown-linux-gnu";

pub(super) fn run(workspace: &Workspace) -> Result<Ending> {
    // The standard library has to be built with it too.
    if let Some(why) = nightly::lacks("rust-src", "lib/rustlib/src/rust/library/std/Cargo.toml") {
        return Ok(Ending::NotRun(why));
    }
    let command = nightly::cargo()
        .args([
            "test",
            "-Zbuild-std",
            "--target",
            HOST,
            "--package",
            "chaos-core",
        ])
        .args(["--no-default-features", "--features", "inject,lambda"])
        .args([
            "--lib", "--test", "engine", "--test", "rest", "--test", "testing",
        ])
        .arg("--target-dir")
        .arg(workspace.tools().join("threads"))
        .env("RUSTFLAGS", "-Zsanitizer=thread")
        .env("RUSTDOCFLAGS", "-Zsanitizer=thread");
    let tests = Tests::run(&command, &workspace.root)?;
    let result = Tests::nothing_found(tests.passed);
    let row = Row::new("unit tests, `engine`, `rest`, `testing`", result);
    Ok(Ending::Held(vec![row]))
}
