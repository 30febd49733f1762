//! Where things are: the workspace's root, and the target directory that is in force.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell::CommandLine;

/// The workspace that this program belongs to.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder that holds the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The target directory, whoever chose it (`CARGO_TARGET_DIR`, a configuration, nobody).
    pub(crate) target: PathBuf,
    /// Whether the tests of the AWS services beyond one a protocol are built, too.
    pub(crate) all_services: bool,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn find() -> Result<Self> {
        let metadata = metadata()?;
        let path = |key: &str| match metadata[key].as_str() {
            Some(path) => Ok(PathBuf::from(path)),
            None => bail!("cargo metadata names no {key}"),
        };
        Ok(Self {
            root: path("workspace_root")?,
            target: path("target_directory")?,
            all_services: false,
        })
    }

    /// Where this program keeps what it installs.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("xtask")
    }
}

/// What cargo says of the workspace's own packages, wherever this program was started.
pub(crate) fn metadata() -> Result<Value> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let output = CommandLine::cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .args(["--manifest-path", manifest])
        .output()?;
    serde_json::from_str(&output).context("cargo metadata printed no JSON")
}
