//! The experiment of examples/chaos-toolkit, run by the real Chaos Toolkit.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::local::Running;
use crate::support::Folder;

/// A function that runs here, and the toolkit with `cargo chaos` in its path.
struct Stage {
    function: Running,
    folder: Folder,
}

impl Stage {
    fn new() -> Self {
        let folder = Folder::new();
        let installed = folder.path().join("cargo-chaos");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_cargo-chaos"), installed).expect("a link");
        Self {
            function: Running::start(&["--package", "quickstart"]),
            folder,
        }
    }

    /// Runs an experiment, and reads what the toolkit wrote of it.
    fn run(&self, experiment: &Path) -> (Output, Value) {
        let program = std::env::var_os("CHAOS_TESTS_CHAOS_TOOLKIT").expect(
            "CHAOS_TESTS_CHAOS_TOOLKIT is not set; run `cargo xtask test`, which installs what it \
             names",
        );
        let path = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::env::split_paths(&path);
        let paths = std::iter::once(self.folder.path().to_owned()).chain(paths);
        let journal = self.folder.path().join("journal.json");
        let url = self.function.url("curl -i ").trim_end_matches('/');
        let output = Command::new(program)
            .current_dir(self.folder.path())
            .args(["--no-version-check", "--settings", "none.yaml", "run"])
            .args(["--rollback-strategy", "always", "--journal-path"])
            .arg(&journal)
            .arg(experiment)
            .env("PATH", std::env::join_paths(paths).expect("a path"))
            .env("FUNCTION_URL", url)
            .env("XDG_RUNTIME_DIR", self.function.folder.path())
            .output()
            .expect("it starts");
        let journal = std::fs::read_to_string(journal);
        let journal = journal.unwrap_or_else(|error| panic!("{error}: {output:?}"));
        (output, serde_json::from_str(&journal).expect("JSON"))
    }

    fn is_off(&self) -> bool {
        self.function.also(&["status", "--local"]).code == 0
    }
}

fn experiment() -> Value {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/chaos-toolkit/experiment.json");
    let text = std::fs::read_to_string(path).expect("the experiment");
    serde_json::from_str(&text).expect("JSON")
}

/// The entries of a list in which each activity succeeded.
fn succeeded<'a>(list: &'a Value, journal: &Value) -> &'a Vec<Value> {
    let list = list.as_array().expect("a list");
    for activity in list {
        assert_eq!(activity["status"], "succeeded", "{journal:#}");
    }
    list
}

#[test]
fn the_hypothesis_holds_while_latency_is_on_and_the_rollback_switches_it_off() {
    let stage = Stage::new();
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/chaos-toolkit/experiment.json");
    let (output, journal) = stage.run(&path);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(journal["status"], "completed", "{journal:#}");
    assert_eq!(journal["deviated"], false, "{journal:#}");
    let states = &journal["steady_states"];
    for time in ["before", "after"] {
        assert_eq!(states[time]["steady_state_met"], true, "{journal:#}");
    }
    let took = |time: &str| {
        states[time]["probes"][0]["duration"]
            .as_f64()
            .expect("a time")
    };
    assert!((0.5..2.0).contains(&took("after")), "{journal:#}");
    let method = succeeded(&journal["run"], &journal);
    let codes: Vec<&Value> = method
        .iter()
        .map(|done| &done["output"]["status"])
        .collect();
    assert_eq!(
        codes,
        [0, 0, 3],
        "nothing is on, it goes on, something is: {journal:#}"
    );
    assert_eq!(succeeded(&journal["rollbacks"], &journal).len(), 1);
    assert!(stage.is_off());
}

#[test]
fn a_hypothesis_that_does_not_hold_deviates_and_it_is_switched_off_all_the_same() {
    let stage = Stage::new();
    let mut experiment = experiment();
    let arguments = &mut experiment["method"][1]["provider"]["arguments"];
    let arguments = arguments.as_array_mut().expect("a list");
    for argument in arguments {
        match argument.as_str() {
            Some("500") => *argument = "2500".into(),
            Some("900") => *argument = "2600".into(),
            _ => {}
        }
    }
    let file = stage.folder.file("slower.json", &experiment.to_string());
    let (output, journal) = stage.run(&file);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(journal["deviated"], true, "{journal:#}");
    let states = &journal["steady_states"];
    assert_eq!(states["before"]["steady_state_met"], true, "{journal:#}");
    assert_eq!(states["after"]["steady_state_met"], false, "{journal:#}");
    assert_eq!(succeeded(&journal["rollbacks"], &journal).len(), 1);
    assert!(stage.is_off());
}
