//! How a set of features is built.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::sets::Set;

const PACKAGE: &str = "chaos-benches-function";

/// What becomes of the workspace's release profile, which would have effects on the figures that
/// users do not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As `cargo lambda build --release` makes it where Cargo.toml says nothing else.
    Lambda,
    /// As `cargo build --release` makes it, without its symbols.
    Plain,
}

impl Profile {
    fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Lambda => &[
                "profile.release.lto=\"thin\"",
                "profile.release.codegen-units=1",
                "profile.release.panic=\"abort\"",
                "profile.release.strip=\"symbols\"",
            ],
            Self::Plain => &[
                "profile.release.lto=false",
                "profile.release.codegen-units=16",
                "profile.release.panic=\"unwind\"",
                "profile.release.strip=\"symbols\"",
            ],
        }
    }
}

/// The binary of a set, built into `target`, which the sets share: it is copied, as the next one
/// has the same name.
pub(crate) fn release(set: &Set, profile: Profile, target: &Path) -> Result<PathBuf> {
    let mut command = cargo(set, target);
    command.arg("--release");
    for setting in profile.settings() {
        command.args(["--config", setting]);
    }
    if set.small {
        let setting = "profile.release.package.chaos-core.opt-level=\"s\"";
        command.args(["--config", setting]);
    }
    run(command)?;
    let built = target.join("release").join(PACKAGE);
    let small = if set.small { "-small" } else { "" };
    let name = format!(
        "function-{profile:?}-{}{small}",
        set.features.replace(',', "-")
    );
    let kept = target.join(name);
    fs::copy(&built, &kept).with_context(|| format!("{} was not built", built.display()))?;
    Ok(kept)
}

/// Builds it as a developer does, for a first look.
pub(crate) fn debug(set: &Set, target: &Path) -> Result<()> {
    run(cargo(set, target))
}

/// The directory of that name beside the one that this program was built into.
pub(crate) fn directory(name: &str) -> Result<PathBuf> {
    let program = env::current_exe().context("this program does not know where it is")?;
    let target = program.parent().and_then(Path::parent);
    let target = target.context("this program is in no target directory")?;
    Ok(target.join(name))
}

fn cargo(set: &Set, target: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .args(["build", "--quiet", "--package", PACKAGE])
        .args(["--features", set.features])
        .arg("--target-dir")
        .arg(target)
        // Standard output is for the page.
        .stdout(Stdio::null())
        .stdin(Stdio::null());
    command
}

fn run(mut command: Command) -> Result<()> {
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}
