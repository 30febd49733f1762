//! The fuzz targets in `fuzz/`, under libFuzzer, which looks for what reaches code that nothing before
//! has reached.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::report;
use crate::shell::CommandLine;
use crate::tool::Tool;
use crate::workspace::Workspace;

use super::{Arguments, Ending, Row, nightly};

const CARGO_FUZZ: Tool = Tool {
    name: "cargo-fuzz",
    version: "0.13.2",
};

/// The targets, as `fuzz/Cargo.toml` has them.
pub(super) const NAMES: [&str; 7] = [
    "document",
    "conditions",
    "labels",
    "parameter_store",
    "appconfig",
    "runtime_api",
    "http_api",
];

/// What nightly builds for, which is this machine.
const HOST: &str = "x86_64-unknown-linux-gnu";

pub(super) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Ending> {
    if let Some(why) = nightly::is_missing() {
        return Ok(Ending::NotRun(why));
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(Ending::NotRun(format!(
            "this machine is no {HOST}; run it on one, or change HOST in xtask/src/proof/fuzz.rs"
        )));
    }
    CARGO_FUZZ.install(workspace)?;
    let folder = workspace.tools().join("fuzz");
    let build = build(workspace, &folder);
    report::command(&build);
    build.run(&workspace.root)?;

    let (mut rows, mut failures) = (Vec::new(), Vec::new());
    for name in NAMES {
        let chosen = arguments.target.is_empty() || arguments.target.iter().any(|one| one == name);
        if !chosen {
            continue;
        }
        match fuzz(name, arguments, &folder) {
            Ok(row) => rows.push(row),
            Err(error) => {
                let error = format!("{error:#}");
                rows.push(Row::told(&format!("`{name}`"), "failed", &error));
                failures.push(error);
            }
        }
    }
    Ok(if failures.is_empty() {
        Ending::Held(rows)
    } else {
        Ending::Found(rows, failures.join("\n"))
    })
}

/// Without `AddressSanitizer`, which finds what safe code cannot do, and takes half of the time; and
/// without tracing comparisons: the targets draw from words that mean something.
fn build(workspace: &Workspace, folder: &Path) -> CommandLine {
    nightly::on_nightly(CommandLine::new(CARGO_FUZZ.program(workspace)))
        .args(["build", "--fuzz-dir", "fuzz", "--sanitizer", "none"])
        .args(["--no-trace-compares", "--target-dir"])
        .arg(folder)
}

fn fuzz(name: &str, arguments: &Arguments, folder: &Path) -> Result<Row> {
    // What was found in the runs before is where this one begins.
    let corpus = folder.join("corpus").join(name);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot create {}", corpus.display()))?;
    let program = folder.join(HOST).join("release").join(name);
    let seconds = arguments.minutes.unwrap_or(0) * 60;
    let command = CommandLine::new(&program)
        .arg(format!("-runs={}", arguments.cases))
        .arg(format!("-max_total_time={seconds}"))
        .args(["-max_len=512", "-timeout=30", "-print_final_stats=1"])
        .arg(format!(
            "-artifact_prefix={}/found-{name}-",
            folder.display()
        ))
        .arg(&corpus);
    report::command(&command);

    let mut found = Found::default();
    let ended = command.watch(folder, |line| {
        if line.contains("pulse") {
            report::note(&format!("{name}: {line}"));
        }
        found.read(line);
    });
    if let Err(error) = ended {
        let repeat = match &found.case {
            Some(case) => format!("to repeat it: {} {case}", program.display()),
            None => "libFuzzer wrote no case: was it killed?".to_owned(),
        };
        let wrong = found.wrong().unwrap_or("it said nothing of why");
        let tail = found.tail.join("\n");
        bail!("the fuzz target {name} failed: {wrong}\n{error}\n{tail}\n{repeat}");
    }
    let (Some(cases), Some(edges)) = (found.cases, found.edges) else {
        bail!(
            "libFuzzer said of {name} no `stat::number_of_executed_units:` or no ` cov: `; see `Found::read` \
             in xtask/src/proof/fuzz.rs"
        );
    };
    let result = format!("{cases} cases, {edges} edges reached, nothing found");
    Ok(Row::new(format!("`{name}`"), result))
}

/// What libFuzzer says.
#[derive(Default)]
struct Found {
    cases: Option<u64>,
    edges: Option<u64>,
    /// The file with the case that failed.
    case: Option<String>,
    /// The last lines that are no progress.
    tail: Vec<String>,
}

impl Found {
    /// The line that says most of what went wrong.
    fn wrong(&self) -> Option<&str> {
        let lines = || self.tail.iter().map(String::as_str);
        let panic = lines().position(|line| line.contains("panicked at"));
        // What is panicked with is on the line after it.
        let said = panic.and_then(|at| lines().nth(at + 1));
        said.or_else(|| lines().find(|line| line.contains("ERROR")))
    }

    fn read(&mut self, line: &str) {
        let number = |text: &str| text.split_whitespace().next()?.parse().ok();
        if let Some(cases) = line.strip_prefix("stat::number_of_executed_units:") {
            self.cases = number(cases);
        } else if let Some((_, edges)) = line.split_once(" cov: ") {
            self.edges = number(edges).or(self.edges);
        } else if let Some((_, case)) = line.split_once("Test unit written to ") {
            self.case = Some(case.to_owned());
        } else if !line.starts_with('#') {
            if self.tail.len() == 40 {
                self.tail.remove(0);
            }
            self.tail.push(line.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, NAMES};

    #[test]
    fn what_libfuzzer_says_is_read() {
        let mut found = Found::default();
        for line in [
            "#4938595\tREDUCE cov: 975 ft: 2733 corp: 635/26Kb lim: 512 exec/s: 25196 rss: 30Mb",
            "thread '<unnamed>' panicked at a.rs:1:1:",
            "two are one",
            "artifact_prefix='/x/'; Test unit written to /x/found-crash-1",
            "stat::number_of_executed_units: 10000000",
        ] {
            found.read(line);
        }
        assert_eq!((found.cases, found.edges), (Some(10_000_000), Some(975)));
        assert_eq!(found.case.as_deref(), Some("/x/found-crash-1"));
        assert_eq!(found.tail.len(), 2);
        assert_eq!(found.wrong(), Some("two are one"));
    }

    #[test]
    fn every_target_is_run() {
        let manifest = include_str!("../../../fuzz/Cargo.toml");
        let targets = manifest
            .lines()
            .filter(|line| line.starts_with("path = \"fuzz_targets/"));
        let targets: Vec<String> = targets.map(str::to_owned).collect();
        let known = NAMES.map(|name| format!("path = \"fuzz_targets/{name}.rs\""));
        assert_eq!(targets, known);
    }
}
