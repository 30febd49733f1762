//! Says what plain `cargo test` does not run. No test is skipped silently.
#![cfg(not(feature = "outside"))]

use std::io::Write as _;

#[test]
fn what_is_not_run_here_is_said_and_run_by_cargo_xtask_test() {
    // past the harness, which keeps to itself what a test that passes prints
    let said = writeln!(
        std::io::stderr(),
        "NOT RUN: the tests of Redis commands (tests-clients/tests/redis), which need \
         redis-server; `cargo xtask test` installs it where it may and runs them"
    );
    assert!(said.is_ok(), "it cannot be said");
}
