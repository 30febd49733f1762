//! A program of crates.io, pinned, under the target directory: what one machine accepts, another accepts
//! too.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::report;
use crate::shell::CommandLine;
use crate::workspace::Workspace;

/// A program, by its package and its version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    /// The package, and the program in it.
    pub(crate) name: &'static str,
    /// The version that is known to do.
    pub(crate) version: &'static str,
}

impl Tool {
    /// Where it is, installed or not.
    pub(crate) fn program(self, workspace: &Workspace) -> PathBuf {
        self.folder(workspace).join("bin").join(self.name)
    }

    /// How it is installed: as fast as it builds, for it is what it starts that takes long.
    pub(crate) fn command(self, workspace: &Workspace) -> CommandLine {
        CommandLine::cargo()
            .args(["install", self.name, "--version", self.version])
            .args(["--locked", "--quiet", "--no-track", "--profile", "dev"])
            .arg("--root")
            .arg(self.folder(workspace))
            .arg("--target-dir")
            .arg(self.build(workspace))
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
    }

    /// Installs it, unless it is there.
    pub(crate) fn install(self, workspace: &Workspace) -> Result<()> {
        let Self { name, version } = self;
        if self.program(workspace).exists() {
            let folder = self.folder(workspace);
            report::note(&format!("{name} {version} is in {}", folder.display()));
            return Ok(());
        }
        let command = self.command(workspace);
        report::command(&command);
        report::note("it is built from source once, which takes a minute or two");
        command.run(&workspace.root)?;
        let build = self.build(workspace);
        fs::remove_dir_all(&build).with_context(|| format!("cannot delete {}", build.display()))
    }

    fn folder(self, workspace: &Workspace) -> PathBuf {
        let Self { name, version } = self;
        workspace.tools().join(format!("{name}-{version}"))
    }

    fn build(self, workspace: &Workspace) -> PathBuf {
        workspace.tools().join(format!("{}-build", self.name))
    }
}
