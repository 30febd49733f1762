//! The example functions, built as users build them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The quickstart's executable.
pub fn quickstart() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| executable("quickstart"))
}

/// The executable of the example on `lambda_http`.
pub fn http_api() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| executable("http-api"))
}

/// The executable of the example behind a queue.
pub fn sqs_worker() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| executable("sqs-worker"))
}

/// The executable of the example over a SQL database.
pub fn sql_repository() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| executable("sql-repository"))
}

/// The workspace's folder.
///
/// # Panics
///
/// Never: this package is in it.
pub fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the package is in the workspace")
}

/// Cargo, or a subcommand of it, as a user runs it in the workspace, with the target directory that
/// this test was built in.
pub fn cargo(program: &str) -> Command {
    let mut cargo = Command::new(program);
    cargo
        .current_dir(workspace())
        .env("CARGO_TARGET_DIR", target());
    // build scripts that look at these would be run again, and half the tree be built again
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_this_test) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Whether `cargo test` tells a test about itself in this variable.
fn is_of_this_test(name: &str) -> bool {
    let prefixes = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
    ];
    prefixes.iter().any(|prefix| name.starts_with(prefix)) || name == "CARGO_PRIMARY_PACKAGE"
}

/// Where tests are built: `TARGET/PROFILE/deps/test-hash`.
fn target() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let target = test.ancestors().nth(3).expect("a target directory");
    target.to_owned()
}

/// Builds a package of the workspace and finds its executable.
fn executable(package: &str) -> PathBuf {
    let mut cargo = cargo(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    cargo
        .args(["build", "--package", package])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit());
    let output = cargo.output().expect("cargo can be run");
    let messages = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{package} does not build\n{messages}"
    );
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == package)
        .find_map(|message| Some(message["executable"].as_str()?.into()))
        .unwrap_or_else(|| panic!("cargo names no executable of {package}\n{messages}"))
}
