//! The function in `tests/linked`, optimised and linked in the ways that people choose, and run.

use anyhow::{Context, Result};

use crate::report;
use crate::shell::CommandLine;
use crate::workspace::Workspace;

use super::{Ending, Row};

/// Link-time optimisation, level of optimisation, and what a panic does.
const WAYS: [[&str; 3]; 3] = [
    ["fat", "3", "unwind"],
    ["fat", "z", "abort"],
    ["thin", "s", "abort"],
];

pub(super) fn run(workspace: &Workspace) -> Result<Ending> {
    let mut rows = Vec::new();
    for way in WAYS {
        let [lto, level, panic] = way;
        let target = workspace.tools().join("lto").join(way.join("-"));
        let build = CommandLine::cargo()
            .args(["build", "--release", "--package", "chaos-linked"])
            .arg("--target-dir")
            .arg(&target)
            .env("CARGO_PROFILE_RELEASE_LTO", lto)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level)
            .env("CARGO_PROFILE_RELEASE_PANIC", panic);
        let test = CommandLine::cargo()
            .args(["test", "--package", "chaos-linked", "--test", "linked"])
            .arg("--target-dir")
            .arg(workspace.tools().join("lto/tests"))
            .env("CHAOS_TESTS_LINKED", target.join("release/chaos-linked"));
        let what = format!("lto = {lto:?}, opt-level = {level:?}, panic = {panic:?}");
        for command in [build, test] {
            report::command(&command);
            let ended = command.run(&workspace.root);
            ended.with_context(|| what.clone())?;
        }
        rows.push(Row::new(what, "names are denied and resolve again"));
    }
    Ok(Ending::Held(rows))
}
