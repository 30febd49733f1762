//! Ten million documents, each over one call of a wrapped handler: `chaos-core/tests/any_document.rs`.

use anyhow::{Result, bail};

use crate::shell::CommandLine;
use crate::workspace::Workspace;

use super::harness::Tests;
use super::{Ending, Row};

/// The first case. The test usually begins elsewhere.
const SEED: u64 = 1_000_000_000;

pub(super) fn run(workspace: &Workspace, cases: u64) -> Result<Ending> {
    let command = CommandLine::cargo()
        .args(["test", "--release", "--package", "chaos-core"])
        .args([
            "--no-default-features",
            "--features",
            "inject,lambda,dns,http,extension",
        ])
        .args(["--test", "any_document", "--target-dir"])
        .arg(workspace.tools().join("documents"))
        .args(["--", "--nocapture"])
        .env("CHAOS_TESTS_CASES", cases.to_string())
        .env("CHAOS_TESTS_SEED", SEED.to_string());
    let mut rows = Vec::new();
    Tests::watch(&command, &workspace.root, |line| rows.extend(told(line)))?;
    if rows.is_empty() {
        bail!(
            "no case was counted: see that chaos-core/tests/any_document.rs still prints \
             `N cases from SEED on in TIME: WHAT CAME OF THEM`"
        );
    }
    Ok(Ending::Held(rows))
}

/// `6000 cases from 6 on in 2s: {"answered": 399, …}`.
fn told(line: &str) -> Option<Row> {
    let (cases, rest) = line.split_once(" cases from ")?;
    let (_, came) = rest.split_once(": ")?;
    let came = came.trim_matches(['{', '}']).replace('"', "");
    Some(Row::new(
        "a call under any document",
        format!("{cases} cases, each as its document says: {came}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn what_the_cases_came_to_is_read() {
        let row = told(r#"6000 cases from 6 on in 2.1s: {"own": 3, "twice": 1}"#).unwrap();
        assert_eq!(
            row.result,
            "6000 cases, each as its document says: own: 3, twice: 1"
        );
        assert!(told("test result: ok. 1 passed").is_none());
    }
}
