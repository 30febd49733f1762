//! Every two features of each published crate compile together, and its unit tests pass with each alone and
//! with none. With all of them they run at every change, as what is listed in `xtask/src/features.rs` does.

use anyhow::{Context, Result};

use crate::report;
use crate::shell::CommandLine;
use crate::tool::Tool;
use crate::workspace::Workspace;

use super::api::PUBLISHED;
use super::{Ending, Row};

const CARGO_HACK: Tool = Tool {
    name: "cargo-hack",
    version: "0.6.46",
};

/// What other features bring along, and nobody names.
const BROUGHT: &str = "_client,_http";

pub(super) fn run(workspace: &Workspace) -> Result<Ending> {
    CARGO_HACK.install(workspace)?;
    let mut rows = Vec::new();
    for name in PUBLISHED {
        let pairs = ["check", "--feature-powerset", "--depth", "2"];
        let compile = combinations(workspace, name, &pairs)?;
        let pass = combinations(workspace, name, &["test", "--each-feature", "--lib"])?;
        rows.push(Row::new(
            name,
            format!("{compile} combinations compile, of which unit tests pass with {pass}"),
        ));
    }
    Ok(Ending::Held(rows))
}

/// Runs a command of cargo with combinations of a crate's features, and says with how many.
fn combinations(workspace: &Workspace, name: &str, command: &[&str]) -> Result<u32> {
    let command = CommandLine::new(CARGO_HACK.program(workspace))
        .arg("hack")
        .args(command.iter().copied())
        .args(["--exclude-features", BROUGHT])
        .args(["--package", name, "--target-dir"])
        .arg(workspace.tools().join("features"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("RUSTFLAGS", "-D warnings");
    report::command(&command);
    let (mut combinations, mut said) = (0, Vec::new());
    let ended = command.watch(&workspace.root, |line| {
        if line.starts_with("info: running ") {
            report::note(line);
            combinations += 1;
            said.clear();
        }
        said.push(line.to_owned());
    });
    // What the last one said: which it was, and what is wrong.
    ended.with_context(|| said.join("\n"))?;
    Ok(combinations)
}
