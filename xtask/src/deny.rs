//! cargo-deny: licences and origins of the dependencies.

use anyhow::Result;

use crate::shell::CommandLine;
use crate::tool::Tool;
use crate::workspace::Workspace;

/// The version that reads `deny.toml`.
const CARGO_DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
};

/// cargo-deny, installed or not.
#[derive(Debug)]
pub(crate) struct Deny<'w>(&'w Workspace);

impl<'w> Deny<'w> {
    /// The one of this workspace.
    pub(crate) fn of(workspace: &'w Workspace) -> Self {
        Self(workspace)
    }

    /// How it is installed.
    pub(crate) fn command(&self) -> CommandLine {
        CARGO_DENY.command(self.0)
    }

    /// Installs it, unless it is there.
    pub(crate) fn install(&self) -> Result<()> {
        CARGO_DENY.install(self.0)
    }

    /// Asks everything that `deny.toml` is about, but for advisories: `deny.toml` says why.
    pub(crate) fn check(&self) -> CommandLine {
        CommandLine::new(CARGO_DENY.program(self.0))
            .args(["check", "--hide-inclusion-graph"])
            .args(["licenses", "bans", "sources"])
    }

    /// Fetches the database of advisories.
    pub(crate) fn fetch_advisories(&self) -> CommandLine {
        CommandLine::new(CARGO_DENY.program(self.0)).args(["fetch", "db"])
    }

    /// Asks that database, as it is there.
    pub(crate) fn check_advisories(&self) -> CommandLine {
        CommandLine::new(CARGO_DENY.program(self.0))
            .args(["--offline", "check", "--hide-inclusion-graph"])
            .arg("advisories")
    }
}
