//! The nightly toolchain, and what is missing of it.

use crate::shell::CommandLine;

/// A cargo of the nightly toolchain.
pub(super) fn cargo() -> CommandLine {
    on_nightly(CommandLine::cargo())
}

/// A program that starts cargo, which is then the nightly toolchain's.
pub(super) fn on_nightly(command: CommandLine) -> CommandLine {
    // The cargo that runs this program names itself in CARGO, and is another one.
    command
        .env("RUSTUP_TOOLCHAIN", "nightly")
        .env("CARGO", "cargo")
}

/// Why there is no nightly toolchain, if there is none.
pub(super) fn is_missing() -> Option<String> {
    let found = on_nightly(CommandLine::new("rustc"))
        .arg("--version")
        .output();
    let nightly = found.is_ok_and(|version| version.contains("nightly"));
    (!nightly).then(|| "it takes a nightly toolchain: rustup toolchain install nightly".to_owned())
}

/// Why a part of it is not there, if it is not.
pub(super) fn lacks(component: &str, file: &str) -> Option<String> {
    if let Some(why) = is_missing() {
        return Some(why);
    }
    let sysroot = on_nightly(CommandLine::new("rustc"))
        .args(["--print", "sysroot"])
        .output();
    let there = sysroot.is_ok_and(|root| std::path::Path::new(root.trim()).join(file).exists());
    (!there).then(|| {
        format!(
            "the nightly toolchain has no {component}: rustup +nightly component add {component}"
        )
    })
}
