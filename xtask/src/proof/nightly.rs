//! The nightly toolchain, and what is missing of it.

use std::path::PathBuf;

use crate::shell::CommandLine;

/// A cargo of the nightly toolchain.
pub(super) fn cargo() -> CommandLine {
    on_nightly(CommandLine::cargo())
}

/// A program that starts cargo, which is then the nightly toolchain's.
pub(super) fn on_nightly(command: CommandLine) -> CommandLine {
    // The cargo that runs this program names itself in CARGO, and may be the first in PATH.
    let cargo = sysroot().map_or("cargo".into(), |sysroot| sysroot.join("bin/cargo"));
    nightly(command).env("CARGO", cargo)
}

fn nightly(command: CommandLine) -> CommandLine {
    command.env("RUSTUP_TOOLCHAIN", "nightly")
}

/// Where the toolchain is.
fn sysroot() -> Option<PathBuf> {
    let rustc = nightly(CommandLine::new("rustc")).args(["--print", "sysroot"]);
    Some(rustc.output().ok()?.trim().into())
}

/// Why there is no nightly toolchain, if there is none.
pub(super) fn is_missing() -> Option<String> {
    let found = nightly(CommandLine::new("rustc")).arg("--version").output();
    let nightly = found.is_ok_and(|version| version.contains("nightly"));
    (!nightly).then(|| "it takes a nightly toolchain: rustup toolchain install nightly".to_owned())
}

/// Why a part of it is not there, if it is not.
pub(super) fn lacks(component: &str, file: &str) -> Option<String> {
    if let Some(why) = is_missing() {
        return Some(why);
    }
    let there = sysroot().is_some_and(|sysroot| sysroot.join(file).exists());
    (!there).then(|| {
        format!(
            "the nightly toolchain has no {component}: rustup +nightly component add {component}"
        )
    })
}
