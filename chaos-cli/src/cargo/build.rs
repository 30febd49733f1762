//! Builds a function as its user would.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::workspace::is_binary;
use super::{Binary, cargo};
use crate::group::Group;
use crate::progress;

/// Builds a binary with `cargo build` and says where it is. Cargo's own progress goes to standard
/// error as it comes. Cargo ends, and all that it started, if the returned future is dropped.
pub(crate) async fn build(binary: &Binary, release: bool) -> anyhow::Result<PathBuf> {
    let arguments = arguments(binary, release);
    progress::say(
        "Building",
        &format!("{} (cargo {})", binary.package, arguments.join(" ")),
    );
    let mut command = cargo();
    command
        .args(&arguments)
        .args(["--message-format", "json-render-diagnostics"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut cargo = Group::start(&mut command)
        .context("cannot start cargo; put it into the path, or name it in CARGO")?;
    let output = cargo.stdout().context("cargo has no standard output")?;

    let mut program = None;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        program = executable(&line, binary).or(program);
    }
    let status = cargo.wait().await?;
    if !status.success() {
        bail!("{} does not build; cargo says why above", binary.package);
    }
    program.with_context(|| {
        format!(
            "cargo built {}, but no executable of it; give the package a binary",
            binary.package
        )
    })
}

fn arguments(binary: &Binary, release: bool) -> Vec<&str> {
    let mut arguments = vec!["build", "--package", &binary.package];
    if binary.one_of_several {
        arguments.extend(["--bin", &binary.name]);
    }
    if release {
        arguments.push("--release");
    }
    arguments
}

/// The binary's path, if this is the message that says it was built.
fn executable(message: &str, binary: &Binary) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let target = &message["target"];
    let built = message["reason"] == "compiler-artifact"
        && is_binary(target)
        && target["name"] == binary.name.as_str();
    let program = message["executable"].as_str()?;
    built.then(|| PathBuf::from(program))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn orders() -> Binary {
        Binary {
            package: "shop".to_owned(),
            name: "orders".to_owned(),
            one_of_several: false,
        }
    }

    #[test]
    fn cargo_is_asked_what_a_user_would_type() {
        assert_eq!(
            arguments(&orders(), false).join(" "),
            "build --package shop"
        );
        let one_of_several = Binary {
            one_of_several: true,
            ..orders()
        };
        assert_eq!(
            arguments(&one_of_several, true).join(" "),
            "build --package shop --bin orders --release"
        );
    }

    #[test]
    fn the_executable_is_that_of_the_binary() {
        let message = |kind: &str, name: &str| {
            json!({
                "reason": "compiler-artifact",
                "target": {"kind": [kind], "name": name},
                "executable": "/target/debug/orders",
            })
            .to_string()
        };
        let found = |message: String| executable(&message, &orders());
        assert_eq!(
            found(message("bin", "orders")),
            Some("/target/debug/orders".into())
        );
        assert_eq!(found(message("bin", "users")), None);
        assert_eq!(found(message("example", "orders")), None);
        assert_eq!(found("no JSON".to_owned()), None);
    }
}
