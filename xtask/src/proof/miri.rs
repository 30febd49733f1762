//! Miri, on what it can run in minutes: documents, what they ask of a call, where they come from without a
//! client, and the faults that are arithmetic or threads.

use anyhow::{Result, bail};

use crate::workspace::Workspace;

use super::harness::Tests;
use super::{Ending, Row, nightly};

/// The modules of chaos-core whose unit tests it runs.
const MODULES: [&str; 18] = [
    "plan",
    "engine",
    "clock",
    "seam::corrupt::headers",
    "seam::proxy",
    "source::choose",
    "source::env",
    "source::error",
    "source::file",
    "source::options",
    "source::refresh::state",
    "source::refresh::tests::freeze",
    "source::refresh::tests::log",
    "telemetry",
    "fault::corruption",
    "fault::cpu",
    "fault::latency::tests",
    "fault::timeout",
];

/// Tests of those that it cannot run: waits ask for the slack of timers (`prctl`), which it has not,
/// figures are of 20,000 draws, a silence of hours has as many turns, and a long list as many elements.
const LEFT_OUT: [&str; 7] = [
    "a_runtime_without_timers",
    "a_short_wait",
    "a_paused_clock",
    "waits_have",
    "every_wait_is_the_mean",
    "silence_is_one_line",
    "a_long_list",
];

pub(super) fn run(workspace: &Workspace) -> Result<Ending> {
    if let Some(why) = nightly::lacks("miri", "bin/miri") {
        return Ok(Ending::NotRun(why));
    }
    if let Some(why) = nightly::lacks("rust-src", "lib/rustlib/src/rust/library/std/Cargo.toml") {
        return Ok(Ending::NotRun(why));
    }
    let command = nightly::cargo()
        .args(["miri", "test", "--package", "chaos-core"])
        .args(["--no-default-features", "--features", "inject", "--lib"])
        .arg("--target-dir")
        .arg(workspace.tools().join("miri"))
        .arg("--")
        .args(MODULES.map(|module| format!("{module}::")))
        .args(LEFT_OUT.iter().flat_map(|test| ["--skip", test]))
        .env(
            "MIRIFLAGS",
            "-Zmiri-disable-isolation -Zmiri-strict-provenance",
        );
    let tests = Tests::run(&command, &workspace.root)?;
    let rows = MODULES.map(|module| row(module, tests.passed_of(module)));
    Ok(Ending::Held(rows.into_iter().collect::<Result<_>>()?))
}

fn row(module: &str, passed: u64) -> Result<Row> {
    if passed == 0 {
        bail!(
            "Miri ran no test of `{module}`: if it has none any more, take it from \
             xtask/src/proof/miri.rs"
        );
    }
    Ok(Row::new(
        format!("unit tests of `{module}`"),
        Tests::nothing_found(passed),
    ))
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn a_module_without_a_test_is_a_failure() {
        assert_eq!(row("plan", 3).unwrap().result, "nothing found in 3 tests");
        assert_eq!(row("plan", 1).unwrap().result, "nothing found in 1 test");
        let error = row("plan", 0).err().unwrap().to_string();
        assert!(error.contains("`plan`"), "{error}");
    }
}
