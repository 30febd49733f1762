//! The documentation, as docs.rs builds it, which is of libraries alone: chaos-cli is a program.

use anyhow::Result;

use crate::report;
use crate::workspace::Workspace;

use super::api::PUBLISHED;
use super::{Ending, Row, nightly};

pub(super) fn run(workspace: &Workspace) -> Result<Ending> {
    if let Some(why) = nightly::is_missing() {
        return Ok(Ending::NotRun(why));
    }
    let packages = PUBLISHED.iter().flat_map(|name| ["--package", name]);
    let command = nightly::cargo()
        .args(["doc", "--no-deps", "--all-features", "--lib"])
        .args(packages)
        .arg("--target-dir")
        .arg(workspace.tools().join("nightly"))
        .env("RUSTDOCFLAGS", "--cfg docsrs -D warnings");
    report::command(&command);
    command.run(&workspace.root)?;
    let rows = PUBLISHED.map(|name| Row::new(name, "no warning"));
    Ok(Ending::Held(rows.into()))
}
