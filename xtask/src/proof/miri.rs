//! Miri, on what needs no clock, no socket and no thread that waits: documents, and what they ask of a
//! call.

use anyhow::Result;

use crate::report;
use crate::workspace::Workspace;

use super::{Ending, Row, nightly};

pub(super) fn run(workspace: &Workspace) -> Result<Ending> {
    if let Some(why) = nightly::lacks("miri", "bin/miri") {
        return Ok(Ending::NotRun(why));
    }
    if let Some(why) = nightly::lacks("rust-src", "lib/rustlib/src/rust/library/std/Cargo.toml") {
        return Ok(Ending::NotRun(why));
    }
    let command = nightly::cargo()
        .args(["miri", "test", "--package", "chaos-core"])
        .args(["--no-default-features", "--features", "inject", "--lib"])
        .arg("--target-dir")
        .arg(workspace.tools().join("miri"))
        .args(["--", "plan::", "engine::"])
        .env(
            "MIRIFLAGS",
            "-Zmiri-disable-isolation -Zmiri-strict-provenance",
        );
    report::command(&command);
    command.run(&workspace.root)?;
    let row = Row::new("unit tests of `plan` and `engine`", "nothing found");
    Ok(Ending::Held(vec![row]))
}
