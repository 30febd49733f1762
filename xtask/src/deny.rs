//! cargo-deny, pinned, under the target directory: what one machine accepts, another accepts too.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::report;
use crate::shell::CommandLine;
use crate::workspace::Workspace;

/// The version that reads `deny.toml`.
const VERSION: &str = "0.20.2";

/// cargo-deny, installed or not.
#[derive(Debug)]
pub(crate) struct Deny {
    folder: PathBuf,
    build: PathBuf,
    root: PathBuf,
}

impl Deny {
    /// The one of this workspace.
    pub(crate) fn of(workspace: &Workspace) -> Self {
        Self {
            folder: workspace.tools().join(format!("cargo-deny-{VERSION}")),
            build: workspace.tools().join("cargo-deny-build"),
            root: workspace.root.clone(),
        }
    }

    /// How it is installed: as fast as it builds, for it runs for two seconds.
    pub(crate) fn command(&self) -> CommandLine {
        CommandLine::cargo()
            .args(["install", "cargo-deny", "--version", VERSION])
            .args(["--locked", "--quiet", "--no-track", "--profile", "dev"])
            .arg("--root")
            .arg(&self.folder)
            .arg("--target-dir")
            .arg(&self.build)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
    }

    /// Installs it, unless it is there.
    pub(crate) fn install(&self) -> Result<()> {
        if self.program().exists() {
            report::note(&format!(
                "cargo-deny {VERSION} is in {}",
                self.folder.display()
            ));
            return Ok(());
        }
        let command = self.command();
        report::command(&command);
        report::note("it is built from source once, which takes a minute or two");
        command.run(&self.root)?;
        fs::remove_dir_all(&self.build)
            .with_context(|| format!("cannot delete {}", self.build.display()))
    }

    /// Asks everything that `deny.toml` is about. Advisories are not: `deny.toml` says why.
    pub(crate) fn check(&self) -> CommandLine {
        CommandLine::new(self.program())
            .args(["check", "--hide-inclusion-graph"])
            .args(["licenses", "bans", "sources"])
    }

    fn program(&self) -> PathBuf {
        self.folder.join("bin/cargo-deny")
    }
}
