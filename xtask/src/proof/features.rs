//! Every two features of each published crate, together. The list in `xtask/src/features.rs` is what is
//! tried at every change.

use anyhow::Result;

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

pub(super) fn run(workspace: &Workspace) -> Result<Ending> {
    CARGO_HACK.install(workspace)?;
    let mut rows = Vec::new();
    for name in PUBLISHED {
        let command = CommandLine::new(CARGO_HACK.program(workspace))
            .args(["hack", "check", "--feature-powerset", "--depth", "2"])
            .args(["--package", name, "--target-dir"])
            .arg(workspace.tools().join("features"))
            .env("RUSTFLAGS", "-D warnings");
        report::command(&command);
        let mut combinations = 0;
        command.watch(&workspace.root, |line| {
            if line.starts_with("info: running ") {
                report::note(line);
                combinations += 1;
            } else if line.starts_with("error") || line.starts_with("warning") {
                report::note(line);
            }
        })?;
        rows.push(Row::new(
            name,
            format!("{combinations} combinations compile"),
        ));
    }
    Ok(Ending::Held(rows))
}
