//! What we ask cargo: which functions the workspace has, and to build one.

mod build;
mod workspace;

pub(crate) use self::build::build;
pub(crate) use self::workspace::find;

use tokio::process::Command;

/// A binary of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Binary {
    pub(crate) package: String,
    /// The target's name.
    pub(crate) name: String,
    /// Whether the package has others, so that this one has to be named.
    pub(crate) one_of_several: bool,
}

/// The cargo that called us, or else the one that is installed.
fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    // `cargo run` describes our own package in the environment. Build scripts that look at these
    // would run again each time that we and a user's shell take turns.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(describes_a_package) {
            command.env_remove(name);
        }
    }
    command
}

fn describes_a_package(variable: &str) -> bool {
    const PREFIXES: [&str; 3] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];
    const NAMES: [&str; 2] = ["CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"];
    PREFIXES.iter().any(|prefix| variable.starts_with(prefix)) || NAMES.contains(&variable)
}
