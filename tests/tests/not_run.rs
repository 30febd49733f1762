//! Says what plain `cargo test` does not run. No test is skipped silently.
#![cfg(not(feature = "outside"))]

use std::io::Write as _;

#[test]
fn moto_and_cargo_lambda_are_not_run_here_see_cargo_xtask_test() {
    // past the harness, which keeps to itself what a test that passes prints
    let said = writeln!(
        std::io::stderr(),
        "NOT RUN: the tests against moto and cargo-lambda (tests/outside), which need software \
         from outside; `cargo xtask test` installs it and runs them"
    );
    assert!(said.is_ok(), "it cannot be said");
}
