//! Says what plain `cargo test` does not run. No test is skipped silently.
#![cfg(not(feature = "outside"))]

use std::io::Write as _;

#[test]
fn what_is_not_run_here_is_said_and_run_by_cargo_xtask_test() {
    // past the harness, which keeps to itself what a test that passes prints
    let said = writeln!(
        std::io::stderr(),
        "NOT RUN: the tests against moto, redis-server and cargo-lambda (tests/outside, \
         tests-aws/tests/moto.rs, examples/half-written and examples/missing-fallback) and Chaos \
         Toolkit (chaos-cli/tests/look/chaos_toolkit.rs), which need software from outside, and the test of the attribute with the feature `inject` off \
         (chaos-core/tests/off.rs), which needs a build of its own; `cargo xtask test` installs \
         and builds that and runs them"
    );
    assert!(said.is_ok(), "it cannot be said");
}
