//! cargo-mutants: changes one thing at a time and asks whether any test fails. A change that none sees is
//! killed with a test, or explained in `xtask/mutants.txt`.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::report;
use crate::shell::CommandLine;
use crate::tool::Tool;
use crate::workspace::Workspace;

use super::{Ending, Row};

const CARGO_MUTANTS: Tool = Tool {
    name: "cargo-mutants",
    version: "27.1.0",
};

/// What is changed, unless files are named.
const FOLDERS: [&str; 3] = [
    "chaos-core/src/engine/**",
    "chaos-core/src/fault/**",
    "chaos-core/src/plan/**",
];

/// The tests of what a document means and does, in this process: the others start processes, and see
/// less of it.
const TESTS: &[&str] = &[
    "trigger",
    "engine",
    "plan_documents",
    "plan_conformance",
    "simulate",
    "rest",
    "points",
    "modes",
    "doors",
    "testing",
    "response_header",
];

pub(super) fn run(workspace: &Workspace, files: &[String]) -> Result<Ending> {
    CARGO_MUTANTS.install(workspace)?;
    let command = command(workspace, files);
    report::command(&command);
    // Mutants that survive are no failure of the command; its exit code says so all the same.
    let ended = command.run(&workspace.root);
    let path = workspace.tools().join("mutants/mutants.out/outcomes.json");
    let outcomes = fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}: {ended:?}", path.display()))?;
    let outcomes = serde_json::from_str(&outcomes).context("cargo-mutants wrote no JSON")?;
    judged(&outcomes, include_str!("../../mutants.txt"))
}

fn command(workspace: &Workspace, files: &[String]) -> CommandLine {
    let folders: Vec<String> = FOLDERS.map(str::to_owned).into();
    let files = if files.is_empty() { &folders } else { files };
    let line = CommandLine::new(CARGO_MUTANTS.program(workspace))
        .args(["mutants", "--package", "chaos-core", "--no-shuffle"])
        // Without an AWS SDK, which would be built anew.
        .args(["--no-default-features", "--features", "inject,lambda"])
        .args(["--timeout", "120", "--output"])
        .arg(workspace.tools().join("mutants"))
        .args(files.iter().flat_map(|file| ["--file", file]))
        .args(["--", "--lib"])
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", workspace.tools().join("mutants-build"));
    line.args(TESTS.iter().flat_map(|name| ["--test", name]))
}

/// The mutants of one file.
#[derive(Default)]
struct Tally {
    killed: u64,
    unviable: u64,
    explained: u64,
}

/// A row a file, unless a mutant survived that nobody has explained.
fn judged(outcomes: &Value, explained: &str) -> Result<Ending> {
    let mut files = BTreeMap::<String, Tally>::new();
    let mut survivors = Vec::new();
    for outcome in outcomes["outcomes"].as_array().into_iter().flatten() {
        let mutant = &outcome["scenario"]["Mutant"];
        let (Some(file), Some(name)) = (mutant["file"].as_str(), mutant["name"].as_str()) else {
            // The tests without any change.
            continue;
        };
        let tally = files.entry(file.to_owned()).or_default();
        match outcome["summary"].as_str() {
            Some("CaughtMutant" | "Timeout") => tally.killed += 1,
            Some("Unviable") => tally.unviable += 1,
            Some("MissedMutant") if is_explained(file, name, explained) => tally.explained += 1,
            _ => survivors.push(name.to_owned()),
        }
    }
    if !survivors.is_empty() {
        bail!(
            "no test sees these; write one, or say in xtask/mutants.txt why none can:\n{}",
            survivors.join("\n")
        );
    }
    if files.is_empty() {
        bail!("there was no mutant in those files");
    }
    let row = |(file, tally): (String, Tally)| {
        let Tally {
            killed,
            unviable,
            explained,
        } = tally;
        let result = format!("{killed} killed, {explained} explained, {unviable} do not compile");
        Row::new(format!("`{file}`"), result)
    };
    Ok(Ending::Held(files.into_iter().map(row).collect()))
}

/// Whether a line has the file, a space, and what was changed, whatever its place in the file is. An
/// indented line below says why.
fn is_explained(file: &str, name: &str, explained: &str) -> bool {
    // `FILE:LINE:COLUMN: what was changed`
    let change = name.splitn(4, ':').nth(3).unwrap_or(name).trim();
    explained
        .lines()
        .any(|line| line == format!("{file} {change}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcomes(summary: &str) -> Value {
        let name = "chaos-core/src/a.rs:3:9: replace < with <= in f";
        json!({ "outcomes": [
            { "scenario": "Baseline", "summary": "Success" },
            { "scenario": { "Mutant": { "file": "chaos-core/src/a.rs", "name": name } },
              "summary": summary },
        ] })
    }

    #[test]
    fn a_survivor_is_a_failure_unless_it_is_explained() {
        let error = judged(&outcomes("MissedMutant"), "")
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.contains("a.rs:3:9: replace < with <= in f"),
            "{error}"
        );
        let explained = "chaos-core/src/a.rs replace < with <= in f\n    Both are never equal.\n";
        for (summary, result) in [
            ("MissedMutant", "0 killed, 1 explained, 0 do not compile"),
            ("CaughtMutant", "1 killed, 0 explained, 0 do not compile"),
            ("Unviable", "0 killed, 0 explained, 1 do not compile"),
        ] {
            let Ok(Ending::Held(rows)) = judged(&outcomes(summary), explained) else {
                panic!("{summary}");
            };
            assert_eq!(rows[0].result, result);
        }
    }

    #[test]
    fn what_is_explained_has_a_reason() {
        let lines: Vec<&str> = include_str!("../../mutants.txt").lines().collect();
        for (at, line) in lines.iter().enumerate() {
            if line.starts_with("chaos-core/") {
                assert!(
                    lines.get(at + 1).is_some_and(|why| why.starts_with("    ")),
                    "{line}"
                );
            }
        }
    }
}
