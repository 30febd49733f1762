//! `cargo xtask proof`: what takes too long for every change, one file a proof.
//!
//! - `page.rs`: the results, in `PROOF.md`
//! - `harness.rs`: tests that something looks on at, counted
//! - `nightly.rs`: the toolchain that most of it takes, and what is missing of it

mod advisories;
mod api;
mod docs;
mod documents;
mod features;
mod fuzz;
mod harness;
mod hour;
mod loom;
mod lowest;
mod lto;
mod memcheck;
mod miri;
mod mutants;
mod nightly;
mod page;
mod threads;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::report::{self, Outcome};
use crate::workspace::Workspace;

use self::page::Page;

/// Prove what takes too long for every change: fuzzing, mutants, every order of threads, link-time
/// optimisation
///
/// All of it takes many hours, so name what you want. What it needs is installed under the target
/// directory, pinned; most of it takes a nightly toolchain. What cannot be run on this machine is said
/// and is no failure. The results are in PROOF.md, which --write brings up to date.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask proof --list                              what there is
  cargo xtask proof --only loom                         one of them
  cargo xtask proof --only fuzz --cases 100000          a look with every fuzz target
  cargo xtask proof --only fuzz --target document       one target, ten million cases
  cargo xtask proof --only mutants --file '*/glob.rs'   the mutants of one file
  cargo xtask proof --only mutants --room fault         those of one folder
  cargo xtask proof --only mutants --resume             those that the last run has not killed
  cargo xtask proof --only api --bless                  take the public API as it is now
  cargo xtask proof --only loom --only docs --write     and put the results into PROOF.md")]
pub(crate) struct Arguments {
    /// Run this proof, and no other that is not named (may be repeated)
    #[arg(long, value_name = "NAME")]
    only: Vec<Proof>,
    /// Leave this proof out (may be repeated)
    #[arg(long, value_name = "NAME")]
    skip: Vec<Proof>,
    /// fuzz, documents: so many cases, of fuzz for each target
    #[arg(long, value_name = "N", default_value_t = 10_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    cases: u64,
    /// fuzz: end a target after so many minutes, however many cases that were
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    minutes: Option<u64>,
    /// fuzz: this target, and no other that is not named (may be repeated)
    #[arg(long, value_name = "TARGET", value_parser = fuzz::NAMES)]
    target: Vec<String>,
    #[command(flatten)]
    mutants: mutants::Choice,
    /// api: take the public API as it is, instead of comparing it
    #[arg(long)]
    bless: bool,
    /// Put the results into PROOF.md
    #[arg(long)]
    write: bool,
    /// Show what there is, and run nothing
    #[arg(long)]
    list: bool,
}

/// What is proved, in the order in which it is run: what takes minutes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Proof {
    /// In every order of threads, whoever rests is woken and nothing outdated is remembered
    Loom,
    /// A million invocations while Parameter Store is in trouble: none is lost, and memory is flat
    Hour,
    /// The documentation builds without a warning as docs.rs builds it
    Docs,
    /// The public API is the one that is written down
    Api,
    /// No advisory is out for a dependency
    Advisories,
    /// The lowest versions of the dependencies compile
    Lowest,
    /// Every two features of each published crate compile together, and unit tests pass with each
    Features,
    /// A function works however it is optimised and linked, its deny list too
    Lto,
    /// valgrind finds nothing in the tests of what is `unsafe`
    Memcheck,
    /// Miri finds nothing in what it can run
    Miri,
    /// `ThreadSanitizer` finds nothing in the tests of the engine
    Threads,
    /// Whatever a document says, a wrapped handler runs, waits within bounds, or fails as it says
    Documents,
    /// No bytes break a document, its conditions and labels, or what chaos-local speaks
    Fuzz,
    /// Every change of the plan, the faults and the engine that a mutant makes is seen by a test
    Mutants,
}

/// How a proof ended.
enum Ending {
    /// What was run, row by row, for the page.
    Held(Vec<Row>),
    /// The rows of what held all the same, and what was found.
    Found(Vec<Row>, String),
    /// Why it cannot be run on this machine.
    NotRun(String),
}

/// What was tried, and what came of it.
struct Row {
    what: String,
    result: String,
}

impl Row {
    fn new(what: impl Into<String>, result: impl Into<String>) -> Self {
        let (what, result) = (what.into(), result.into());
        Self { what, result }
    }

    /// How something ended, and the first line of why.
    fn told(what: &str, how: &str, why: &str) -> Self {
        let first = why.lines().next().unwrap_or_default();
        let first = first.trim_end_matches(':');
        Self::new(what, format!("{how}: {}", page::without_folders(first)))
    }
}

impl Proof {
    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    fn about(self) -> String {
        self.to_possible_value()
            .and_then(|value| value.get_help().map(ToString::to_string))
            .unwrap_or_default()
    }

    /// Whether parts of it are run by themselves, so that what the others came to stays on the page.
    fn has_parts(self) -> bool {
        matches!(self, Self::Fuzz | Self::Mutants)
    }

    fn run(self, workspace: &Workspace, arguments: &Arguments) -> Result<Ending> {
        match self {
            Self::Loom => loom::run(workspace),
            Self::Hour => hour::run(workspace),
            Self::Docs => docs::run(workspace),
            Self::Api => api::run(workspace, arguments.bless),
            Self::Advisories => advisories::run(workspace),
            Self::Lowest => lowest::run(workspace),
            Self::Features => features::run(workspace),
            Self::Lto => lto::run(workspace),
            Self::Memcheck => memcheck::run(workspace),
            Self::Miri => miri::run(workspace),
            Self::Threads => threads::run(workspace),
            Self::Documents => documents::run(workspace, arguments.cases),
            Self::Fuzz => fuzz::run(workspace, arguments),
            Self::Mutants => mutants::run(workspace, &arguments.mutants),
        }
    }
}

impl Arguments {
    fn leaves_out(&self, proof: Proof) -> Option<&'static str> {
        if self.skip.contains(&proof) {
            Some("left out by --skip")
        } else if !self.only.is_empty() && !self.only.contains(&proof) {
            Some("left out by --only")
        } else {
            None
        }
    }
}

/// Runs the proofs that are asked for, or lists them.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let all = Proof::value_variants().iter().copied();
    let chosen = all
        .clone()
        .filter(|&one| arguments.leaves_out(one).is_none());
    if arguments.list {
        chosen.for_each(|one| report::list(&one.name(), &one.about(), &[]));
        return Ok(ExitCode::SUCCESS);
    }
    let (count, begun) = (chosen.count(), Instant::now());
    let (mut number, mut failed, mut outcomes) = (0, false, Vec::new());
    for proof in all {
        let outcome = if let Some(why) = arguments.leaves_out(proof) {
            Outcome::NotRun(why.into())
        } else {
            number += 1;
            report::step(&proof.name(), &proof.about(), number, count);
            one(workspace, arguments, proof)?
        };
        failed |= matches!(outcome, Outcome::Failed(..));
        report::step_ended(&proof.name(), &outcome);
        outcomes.push((proof.name(), outcome));
    }
    report::summary(&outcomes, begun.elapsed());
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Runs one, and writes down what came of it before the next one begins.
fn one(workspace: &Workspace, arguments: &Arguments, proof: Proof) -> Result<Outcome> {
    // Before it begins: people go on working meanwhile.
    let page = arguments.write.then(|| Page::of(workspace)).transpose()?;
    let begun = Instant::now();
    let ending = proof.run(workspace, arguments);
    let (rows, outcome) = told(ending, begun.elapsed());
    for row in &rows {
        report::note(&format!("{}: {}", row.what, row.result));
    }
    if let Some(page) = page {
        let keeps = proof.has_parts() || matches!(outcome, Outcome::NotRun(_));
        page.write(&proof.name(), &rows, keeps)?;
    }
    Ok(outcome)
}

/// What an ending leaves on the page, and in the summary.
fn told(ending: Result<Ending>, took: Duration) -> (Vec<Row>, Outcome) {
    let all = |how, why: &str| Row::told(page::ALL, how, why);
    match ending {
        Ok(Ending::Held(rows)) => (rows, Outcome::Ok(took)),
        Ok(Ending::Found(mut rows, what)) => {
            rows.push(all("found", &what));
            (rows, Outcome::Failed(took, what))
        }
        Ok(Ending::NotRun(why)) => (vec![all("not run", &why)], Outcome::NotRun(why.into())),
        Err(error) => {
            let why = format!("{error:#}");
            (vec![all("failed", &why)], Outcome::Failed(took, why))
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    /// The rows, and whether it is a failure.
    fn rows_of(ending: Result<Ending>) -> (Vec<String>, bool) {
        let (rows, outcome) = told(ending, Duration::ZERO);
        let rows = rows
            .iter()
            .map(|row| format!("{}: {}", row.what, row.result));
        (rows.collect(), matches!(outcome, Outcome::Failed(..)))
    }

    #[test]
    fn what_fails_or_finds_something_leaves_a_row_that_says_so() {
        let held = || vec![Row::new("x", "holds")];
        let (rows, failed) = rows_of(Ok(Ending::Held(held())));
        assert_eq!((&*rows, failed), (&["x: holds".to_owned()][..], false));

        let (rows, failed) = rows_of(Ok(Ending::Found(held(), "two things:\na\nb".into())));
        assert_eq!(rows, ["x: holds", "all of it: found: two things"]);
        assert!(failed);

        let (rows, failed) = rows_of(Err(anyhow!("no\nreally").context("`x` failed")));
        assert_eq!(rows, ["all of it: failed: `x` failed: no"]);
        assert!(failed);

        let (rows, failed) = rows_of(Ok(Ending::NotRun("no nightly".into())));
        assert_eq!(rows, ["all of it: not run: no nightly"]);
        assert!(!failed);
    }
}
