//! How a set of features is built.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::sets::Set;

const PACKAGE: &str = "chaos-benches-function";

/// How a release is built. None has its symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// The workspace's own: fat link-time optimization and one codegen unit.
    Fat,
    /// As `cargo lambda build --release` makes it where Cargo.toml says nothing else: thin link-time
    /// optimization, panics abort, for the processors of Lambda. It links by zig, and this does not.
    Lambda,
}

/// The oldest processor of Lambda, which `cargo lambda` compiles for.
const LAMBDA_CPU: &str = if cfg!(target_arch = "aarch64") {
    "build.rustflags=[\"-C\", \"target-cpu=neoverse-n1\"]"
} else {
    "build.rustflags=[\"-C\", \"target-cpu=haswell\"]"
};

impl Profile {
    fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Fat => &[],
            Self::Lambda => &[
                "profile.release.lto=\"thin\"",
                "profile.release.codegen-units=1",
                "profile.release.panic=\"abort\"",
                "profile.release.strip=\"symbols\"",
                LAMBDA_CPU,
            ],
        }
    }
}

/// The binary of a set, built into the target directory, where what it depends on may be already. It
/// is copied, as the next one has the same name.
pub(crate) fn release(set: &Set, profile: Profile) -> Result<PathBuf> {
    let target = target()?;
    let mut command = cargo(set, &target);
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
    let kept = target.join("function");
    fs::create_dir_all(&kept).with_context(|| format!("cannot make {}", kept.display()))?;
    let kept = kept.join(format!("{profile:?}-{}{small}", set.features));
    fs::copy(&built, &kept)
        .with_context(|| format!("cannot copy {} to {}", built.display(), kept.display()))?;
    Ok(kept)
}

/// Builds it as a developer does, for a first look: under cargo's own profile, not this workspace's, which
/// leaves most of what a debugger needs out.
pub(crate) fn debug(set: &Set, target: &Path) -> Result<()> {
    let mut command = cargo(set, target);
    for setting in [
        "profile.dev.debug=true",
        "profile.dev.package.\"*\".debug=true",
    ] {
        command.args(["--config", setting]);
    }
    command.env_remove("CARGO_PROFILE_DEV_DEBUG");
    command.env_remove("CARGO_INCREMENTAL");
    run(command)
}

/// The target directory that this program was built into.
pub(crate) fn target() -> Result<PathBuf> {
    let program = env::current_exe().context("this program does not know where it is")?;
    let target = program.parent().and_then(Path::parent);
    let target = target.context("this program is in no target directory")?;
    Ok(target.to_owned())
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
