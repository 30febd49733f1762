//! The lowest versions of the direct dependencies that the manifests allow, in a copy of the workspace.

use std::fs;

use anyhow::{Context, Result};

use crate::report;
use crate::shell::CommandLine;
use crate::workspace::Workspace;

use super::api::PUBLISHED;
use super::{Ending, Row, nightly};

/// All that is published: the libraries, and the one that is a program.
fn published() -> impl Iterator<Item = &'static str> {
    PUBLISHED.into_iter().chain(["chaos-cli"])
}

pub(super) fn run(workspace: &Workspace) -> Result<Ending> {
    if let Some(why) = nightly::is_missing() {
        return Ok(Ending::NotRun(why));
    }
    let copy = workspace.tools().join("lowest");
    if copy.exists() {
        fs::remove_dir_all(&copy).with_context(|| format!("cannot delete {}", copy.display()))?;
    }
    // What git knows, as it is now.
    let checkout = CommandLine::new("git")
        .args(["checkout-index", "--all", "--force"])
        .arg(format!("--prefix={}/", copy.display()));
    report::command(&checkout);
    checkout.run(&workspace.root)?;

    let resolve = nightly::cargo().args(["update", "--quiet", "-Zdirect-minimal-versions"]);
    let packages = published().flat_map(|name| ["--package", name]);
    let check = CommandLine::cargo()
        .args(["check", "--locked", "--all-features"])
        .args(packages)
        .arg("--target-dir")
        .arg(workspace.tools().join("lowest-build"));
    for command in [resolve, check] {
        report::command(&command);
        command.run(&copy).with_context(|| {
            format!(
                "in {}: raise, in its Cargo.toml, the lower bound of what does not compile",
                copy.display()
            )
        })?;
    }
    let rows = published().map(|name| Row::new(name, "compiles with all features"));
    Ok(Ending::Held(rows.collect()))
}
