//! `cargo xtask test`: everything that must hold, in one command.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use clap::Args;

use crate::disk;
use crate::report::{self, Outcome};
use crate::steps::Step;
use crate::workspace::Workspace;

/// Install what the tests need, and run all of them
///
/// A step that fails does not hide the ones after it; the exit code is 0 only if none failed.
/// `cargo test --workspace` runs the tests that need no outside software.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask test                            everything
  cargo xtask test --fail-fast                up to the first failure
  cargo xtask test --only fmt --only clippy   two steps
  cargo xtask test --skip e2e                 all but one
  cargo xtask test --all-services --only e2e  with the whole catalogue of AWS errors
  cargo xtask test --list                     the steps, and the commands that they run")]
pub(crate) struct Arguments {
    /// Run this step, and no other that is not named (may be repeated)
    #[arg(long, value_name = "STEP")]
    only: Vec<Step>,
    /// Leave this step out (may be repeated)
    #[arg(long, value_name = "STEP")]
    skip: Vec<Step>,
    /// Stop at the first step that fails
    #[arg(long)]
    fail_fast: bool,
    /// Build the SDK crates of every AWS service in the catalogue, not of one a protocol
    #[arg(long)]
    all_services: bool,
    /// Show the steps and the commands that they run, and run nothing
    #[arg(long)]
    list: bool,
}

impl Arguments {
    /// Why a step is not run, if it is not.
    fn leaves_out(&self, step: Step) -> Option<&'static str> {
        if self.skip.contains(&step) {
            Some("left out by --skip")
        } else if !self.only.is_empty() && !self.only.contains(&step) {
            Some("left out by --only")
        } else {
            None
        }
    }
}

/// Runs the steps, or lists them.
pub(crate) fn run(workspace: Workspace, arguments: &Arguments) -> ExitCode {
    let workspace = &Workspace {
        all_services: arguments.all_services,
        ..workspace
    };
    let chosen = |step: &Step| arguments.leaves_out(*step).is_none();
    if arguments.list {
        let steps = Step::all().iter().copied().filter(chosen);
        steps.for_each(|step| report::list(&step.name(), &step.about(), &step.commands(workspace)));
        return ExitCode::SUCCESS;
    }

    disk::note(workspace);
    let count = Step::all().iter().copied().filter(chosen).count();
    let begun = Instant::now();
    let outcomes = run_all(
        arguments,
        |step, number| report::step(&step.name(), &step.about(), number, count),
        |step| step.run(workspace),
    );
    let failed = |(_, outcome): &(Step, Outcome)| matches!(outcome, Outcome::Failed(..));
    let failed = outcomes.iter().any(failed);
    let outcomes = outcomes.into_iter();
    let outcomes: Vec<_> = outcomes.map(|(step, ended)| (step.name(), ended)).collect();
    report::summary(&outcomes, begun.elapsed());
    if !arguments.all_services {
        report::note(
            "not run: the tests of the AWS services beyond one a protocol, whose SDK crates take \
             minutes to build; --all-services runs them",
        );
    }

    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Runs each step that is not left out, in order, and says of each how it ended.
fn run_all(
    arguments: &Arguments,
    announce: impl Fn(Step, usize),
    run: impl Fn(Step) -> Result<()>,
) -> Vec<(Step, Outcome)> {
    let mut outcomes = Vec::new();
    let (mut number, mut stopped) = (0, false);
    for &step in Step::all() {
        let outcome = if let Some(why) = arguments.leaves_out(step) {
            Outcome::NotRun(why.into())
        } else if stopped {
            Outcome::NotRun("a step before it failed".into())
        } else {
            number += 1;
            announce(step, number);
            let begun = Instant::now();
            match run(step) {
                Ok(()) => Outcome::Ok(begun.elapsed()),
                Err(error) => {
                    stopped = arguments.fail_fast;
                    Outcome::Failed(begun.elapsed(), format!("{error:#}"))
                }
            }
        };
        report::step_ended(&step.name(), &outcome);
        outcomes.push((step, outcome));
    }
    outcomes
}

#[cfg(test)]
mod tests {
    use anyhow::bail;
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    /// One letter a step: `.` ok, `F` failed, `-` not run.
    fn letters(line: &[&str], fails: &[Step]) -> String {
        let line = Line::parse_from([&["test"], line].concat());
        let outcomes = run_all(
            &line.arguments,
            |_, _| {},
            |step| {
                if fails.contains(&step) {
                    bail!("it should");
                }
                Ok(())
            },
        );
        assert_eq!(outcomes.len(), Step::all().len());
        outcomes
            .iter()
            .map(|(_, outcome)| match outcome {
                Outcome::Ok(_) => '.',
                Outcome::Failed(..) => 'F',
                Outcome::NotRun(_) => '-',
            })
            .collect()
    }

    #[test]
    fn a_failure_does_not_hide_what_comes_after() {
        assert_eq!(letters(&[], &[Step::Fmt, Step::Clippy]), "F..F........");
    }

    #[test]
    fn fail_fast_stops_at_the_first() {
        assert_eq!(
            letters(&["--fail-fast"], &[Step::Clippy, Step::Unit]),
            "...F--------"
        );
    }

    #[test]
    fn only_and_skip_choose() {
        assert_eq!(
            letters(&["--only", "fmt", "--only", "e2e"], &[]),
            ".----------."
        );
        assert_eq!(letters(&["--skip", "e2e"], &[]), "...........-");
        assert_eq!(
            letters(&["--only", "fmt", "--only", "e2e", "--skip", "fmt"], &[]),
            "-----------."
        );
    }

    #[test]
    fn an_unknown_step_is_refused() {
        let error = Line::try_parse_from(["test", "--only", "format"]).unwrap_err();
        assert!(error.to_string().contains("fmt"), "{error}");
    }
}
