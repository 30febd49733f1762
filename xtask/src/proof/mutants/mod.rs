//! cargo-mutants: changes one thing at a time and asks whether any test fails. A change that none sees is
//! killed with a test, or explained in `xtask/mutants.txt`.
//!
//! - `verdicts.rs`: what became of each, and the rows of the page

mod verdicts;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::report;
use crate::shell::CommandLine;
use crate::tool::Tool;
use crate::workspace::Workspace;

use super::Ending;

use self::verdicts::Verdicts;

const CARGO_MUTANTS: Tool = Tool {
    name: "cargo-mutants",
    version: "27.1.0",
};

/// Which of them are tried.
#[derive(Debug, Args)]
pub(super) struct Choice {
    /// mutants: only in the files of chaos-core that this glob meets (may be repeated)
    #[arg(long, value_name = "GLOB")]
    file: Vec<String>,
    /// mutants: only this folder of chaos-core (may be repeated)
    #[arg(long, value_enum, value_name = "FOLDER", conflicts_with = "file")]
    room: Vec<RoomName>,
    /// mutants: go on from the last run; what it has killed is not tried again
    #[arg(long)]
    resume: bool,
}

/// The folders of chaos-core that are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoomName {
    /// What documents are read with
    Plan,
    /// What each mode does
    Fault,
    /// What decides, applies and undoes
    Engine,
}

/// What is changed.
struct Room {
    /// Where its results are, in the folder of them all.
    name: &'static str,
    files: Vec<String>,
    /// The tests that see most of it. Building tests takes longer than running them, so the unit tests come
    /// first, only what those miss meets these, and only what these miss meets all.
    closest: Vec<&'static str>,
}

/// What no test can see, and why.
const EXPLAINED: &str = include_str!("../../../mutants.txt");

/// How it ends where it has tried them: all were seen, some survived, some took too long.
const TRIED: [Option<i32>; 3] = [Some(0), Some(2), Some(3)];

/// Everything but the AWS SDK, which would be built anew.
const FEATURES: &str = "inject,lambda,dns,http,extension";

pub(super) fn run(workspace: &Workspace, choice: &Choice) -> Result<Ending> {
    CARGO_MUTANTS.install(workspace)?;
    let mut all = Verdicts::default();
    for room in rooms(choice) {
        all.add(tried(workspace, &room, choice.resume)?);
    }
    all.judged(EXPLAINED)
}

/// The rooms of the core, those that were asked for, or the files that were named.
fn rooms(choice: &Choice) -> Vec<Room> {
    if !choice.file.is_empty() {
        return vec![named(&choice.file)];
    }
    let wanted = |room: &&RoomName| choice.room.is_empty() || choice.room.contains(room);
    let rooms = RoomName::value_variants().iter().filter(wanted);
    rooms.map(|room| room.room()).collect()
}

/// The files that were named, with the tests that see most of the folders that they are in.
fn named(files: &[String]) -> Room {
    let all = RoomName::value_variants().iter().map(|room| room.room());
    let of = all.filter(|room| {
        let folder = format!("/{}/", room.name);
        files.iter().any(|file| file.contains(&folder))
    });
    Room {
        name: "named",
        files: files.to_vec(),
        closest: of
            .flat_map(|room| room.closest)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
    }
}

impl RoomName {
    fn room(self) -> Room {
        let (name, closest): (_, &[_]) = match self {
            Self::Plan => (
                "plan",
                &[
                    "plan_documents",
                    "plan_conformance",
                    "plan_differences",
                    "simulate",
                ],
            ),
            Self::Fault => ("fault", &["modes", "denylist_source", "any_document"]),
            Self::Engine => (
                "engine",
                &[
                    "engine",
                    "any_document",
                    "modes",
                    "points",
                    "rest",
                    "still_asked",
                    "response_header",
                    "testing",
                ],
            ),
        };
        Room {
            name,
            files: vec![format!("chaos-core/src/{name}/**")],
            closest: closest.to_vec(),
        }
    }
}

/// What became of each mutant of a room, now or in a run that this one goes on from.
fn tried(workspace: &Workspace, room: &Room, resume: bool) -> Result<Verdicts> {
    let folder = workspace.tools().join("mutants").join(room.name);
    if !resume && folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot delete {}", folder.display()))?;
    }
    // cargo-mutants makes one folder, not its parents.
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let list = mutants(workspace, room).arg("--list").output()?;
    let mut verdicts = Verdicts::of_an_earlier_run(&folder, list.lines())?;
    let closest = room.closest.iter().map(|test| format!("--test={test}"));
    let passes = [
        vec!["--lib".into()],
        closest.collect(),
        vec!["--tests".into()],
    ];
    for tests in passes {
        if !tests.is_empty() && verdicts.ask_for_more(EXPLAINED) {
            pass(workspace, room, &folder, &tests, &mut verdicts)?;
        }
    }
    Ok(verdicts)
}

/// Tries what no pass has killed so far.
fn pass(
    workspace: &Workspace,
    room: &Room,
    folder: &Path,
    tests: &[String],
    verdicts: &mut Verdicts,
) -> Result<()> {
    verdicts.leave_out_done(folder, EXPLAINED)?;
    let jobs = thread::available_parallelism().map_or(1, |cores| cores.get().min(4));
    let command = mutants(workspace, room)
        .args(["--no-shuffle", "--iterate", "--jobs", &jobs.to_string()])
        .args(["--timeout-multiplier", "5", "--minimum-test-timeout", "30"])
        .arg("--output")
        .arg(folder)
        // Not after `--`, where the build would not see them.
        .args(tests.iter().map(|test| format!("--cargo-arg={test}")))
        // A build of each mutant is the next one's but for one function.
        .env("CARGO_INCREMENTAL", "1")
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    report::command(&command);
    let ended = command.status(&workspace.root)?;
    if !TRIED.contains(&ended.code()) {
        bail!(
            "cargo-mutants ended with {ended} and has not tried all mutants of {} with {}; with 4, the tests \
             fail without any change: see {}/mutants.out/log/baseline.log, mend that, and go on with --resume",
            room.name,
            tests.join(" "),
            folder.display()
        );
    }
    verdicts.read(folder)
}

fn mutants(workspace: &Workspace, room: &Room) -> CommandLine {
    let program: PathBuf = CARGO_MUTANTS.program(workspace);
    CommandLine::new(program)
        .args(["mutants", "--package", "chaos-core"])
        .args(["--no-default-features", "--features", FEATURES])
        .args(room.files.iter().flat_map(|file| ["--file", file]))
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_file_meets_the_tests_of_its_folder() {
        let of = |file: &str| named(&[file.to_owned()]).closest;
        assert!(of("chaos-core/src/engine/live.rs").contains(&"rest"));
        assert!(!of("chaos-core/src/plan/aim.rs").contains(&"rest"));
        assert!(of("chaos-core/src/clock.rs").is_empty());
    }
}
