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

    /// Fetches what the registry says of the dependencies of a workspace: which versions were taken back.
    pub(crate) fn fetch_index(&self, manifest: &str) -> CommandLine {
        CommandLine::new(CARGO_DENY.program(self.0))
            .args(["--manifest-path", manifest])
            .args(["fetch", "index"])
    }

    /// Asks both of a workspace's dependencies, as they are there.
    pub(crate) fn check_advisories(&self, manifest: &str) -> CommandLine {
        CommandLine::new(CARGO_DENY.program(self.0))
            .args(["--offline", "--config", "deny.toml"])
            .args(["--manifest-path", manifest])
            .args(["check", "--hide-inclusion-graph", "advisories"])
    }
}
