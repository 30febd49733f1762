//! The public API of the libraries, held against what is written down in `xtask/api/`.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::report;
use crate::shell::CommandLine;
use crate::tool::Tool;
use crate::workspace::Workspace;

use super::{Ending, Row, nightly};

const CARGO_PUBLIC_API: Tool = Tool {
    name: "cargo-public-api",
    version: "0.52.0",
};

/// The libraries that are published.
pub(super) const PUBLISHED: [&str; 3] = ["chaos-core", "chaos-macros", "chaos-local"];

pub(super) fn run(workspace: &Workspace, bless: bool) -> Result<Ending> {
    if let Some(why) = nightly::is_missing() {
        return Ok(Ending::NotRun(why));
    }
    CARGO_PUBLIC_API.install(workspace)?;
    let (mut rows, mut changed) = (Vec::new(), Vec::new());
    for name in PUBLISHED {
        let command = listing(workspace, name);
        report::command(&command);
        let listed = command.output()?;
        let path = workspace.root.join("xtask/api").join(format!("{name}.txt"));
        let shown = path.display();
        if bless {
            fs::write(&path, &listed).with_context(|| format!("cannot write {shown}"))?;
        }
        let known = fs::read_to_string(&path).with_context(|| format!("cannot read {shown}"))?;
        let differences = differences(&known, &listed);
        if differences.is_empty() {
            let items = listed.lines().count();
            rows.push(Row::new(
                name,
                format!("{items} public items, as written down"),
            ));
        } else {
            changed.push(format!("{name}:\n{}", differences.join("\n")));
        }
    }
    if !changed.is_empty() {
        bail!(
            "the public API is not as it is written down; if it is meant so, \
             `cargo xtask proof --only api --bless`\n{}",
            changed.join("\n")
        );
    }
    Ok(Ending::Held(rows))
}

/// All that can be named, without what every type has.
fn listing(workspace: &Workspace, package: &str) -> CommandLine {
    let manifest = workspace.root.join(package).join("Cargo.toml");
    nightly::on_nightly(CommandLine::new(CARGO_PUBLIC_API.program(workspace)))
        .args([
            "-sss",
            "--all-features",
            "--color",
            "never",
            "--manifest-path",
        ])
        .arg(manifest)
        .arg("--target-dir")
        .arg(workspace.tools().join("nightly"))
}

/// Line by line: what is gone, and what is new.
fn differences(known: &str, found: &str) -> Vec<String> {
    let missing = |here: &str, there: &str, sign: &str| -> Vec<String> {
        let there: Vec<&str> = there.lines().collect();
        let lines = here.lines().filter(|line| !there.contains(line));
        lines.map(|line| format!("{sign} {line}")).collect()
    };
    [missing(known, found, "-"), missing(found, known, "+")].concat()
}

#[cfg(test)]
mod tests {
    use super::differences;

    #[test]
    fn what_is_gone_and_what_is_new_is_told() {
        assert_eq!(differences("a\nb\n", "b\nc\n"), ["- a", "+ c"]);
        assert!(differences("a\n", "a\n").is_empty());
    }
}
