//! The tour as a user takes it: a real build, real processes, and nothing left of them.
#![cfg(unix)]

#[cfg(target_os = "linux")]
#[path = "../../chaos-local/tests/sockets/mod.rs"]
mod sockets;

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a process may take to be gone once the tour has ended.
const PATIENCE: Duration = Duration::from_secs(5);

fn tour() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-chaos"));
    command
        .arg("tour")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Takes the whole tour and returns the table, which must be that of a success.
fn table(command: &mut Command) -> String {
    let output = command.output().expect("the tour starts");
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    let progress = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{table}\n{progress}");
    assert!(progress.contains("Building"), "{progress}");
    assert!(progress.contains("http://127.0.0.1:"), "{progress}");
    assert!(table.contains("steps came out as they should"), "{table}");
    assert!(!table.contains("FAILED"), "{table}");
    assert!(!table.contains('\u{1b}'), "no colours in a pipe: {table}");
    assert!(table.lines().all(|line| line.chars().count() < 80));
    table
}

#[test]
fn the_quickstart_shows_every_fault() {
    let table = table(&mut tour());
    for expected in [
        "200 hello, world",
        "503 {\"message\":\"Injected",
        "the tour was here",
        "of 20 hit",
        "404 hello, world",
        "418 teapot",
        "disk_mb",
    ] {
        assert!(table.contains(expected), "{expected}: {table}");
    }
}

#[test]
fn a_function_on_lambda_http_shows_them_too() {
    table(tour().args(["--package", "http-api"]));
}

#[test]
fn a_function_that_does_not_take_the_event_is_told_of_with_its_log() {
    let directory = tempfile::tempdir().expect("a directory");
    let event = directory.path().join("event.json");
    std::fs::write(&event, "[]").expect("written");
    let output = tour()
        .arg("--event")
        .arg(event)
        .output()
        .expect("the tour starts");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("fails without any chaos"), "{said}");
    assert!(said.contains("--event"), "{said}");
}

#[test]
fn an_interrupt_in_the_middle_leaves_nothing_behind() {
    for signal in ["INT", "TERM"] {
        let mut tour = Running(tour().spawn().expect("the tour starts"));
        wait_for_line(&mut tour.0, "ok     latency of");
        let children = children_of(tour.0.id());
        assert!(!children.is_empty(), "the function runs");
        #[cfg(target_os = "linux")]
        listens_on_loopback_alone(tour.0.id(), &children);

        let status = tour.stopped_by(signal);
        assert_eq!(status.code(), Some(130), "SIG{signal}");
        assert_all_gone(&children);
    }
}

#[test]
fn an_interrupt_ends_a_build_with_all_that_cargo_started() {
    let directory = tempfile::tempdir().expect("a directory");
    let pids = directory.path().join("pids");
    let cargo = slow_cargo(directory.path(), &pids);
    let mut tour = Running(tour().env("CARGO", cargo).spawn().expect("the tour starts"));

    // The two are what cargo and rustc are in a real build.
    let begun = Instant::now();
    let building = loop {
        let pids = std::fs::read_to_string(&pids).unwrap_or_default();
        let pids: Vec<u32> = pids.lines().filter_map(|pid| pid.parse().ok()).collect();
        if pids.len() == 2 {
            break pids;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "no build");
        std::thread::sleep(Duration::from_millis(20));
    };
    let status = tour.stopped_by("INT");
    assert_eq!(status.code(), Some(130));
    assert_all_gone(&building);
}

#[cfg(target_os = "linux")]
fn listens_on_loopback_alone(tour: u32, children: &[u32]) {
    let own = sockets::listening(&[&[tour], children].concat());
    assert!(
        own.len() > 1,
        "Parameter Store and the Runtime API: {own:?}"
    );
    let outside = sockets::reached_from_outside(&own);
    assert!(outside.is_empty(), "{outside:?}");
}

/// A tour that ends with the test, however the test ends.
struct Running(Child);

impl Running {
    fn stopped_by(&mut self, signal: &str) -> ExitStatus {
        let sent = Command::new("kill")
            .args([format!("-{signal}"), self.0.id().to_string()])
            .status()
            .expect("kill starts");
        assert!(sent.success());
        self.0.wait().expect("the tour ends")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It fails if the tour has ended, as it should have.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A cargo that answers everything but never finishes a build.
fn slow_cargo(directory: &Path, pids: &Path) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;

    let script = format!(
        "#!/bin/sh\n\
         [ \"$1\" = build ] || exec '{}' \"$@\"\n\
         sleep 300 &\n\
         echo $$ > '{pids}'\n\
         echo $! >> '{pids}'\n\
         wait\n",
        std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()),
        pids = pids.display(),
    );
    let path = directory.join("cargo");
    std::fs::write(&path, script).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
    path
}

fn wait_for_line(tour: &mut Child, wanted: &str) {
    let stdout = tour.stdout.take().expect("standard output");
    let mut stdout = BufReader::new(stdout);
    let mut all = String::new();
    let mut line = String::new();
    while stdout.read_line(&mut line).expect("a line") > 0 {
        if line.starts_with(wanted) {
            tour.stdout = Some(stdout.into_inner());
            return;
        }
        all.push_str(&line);
        line.clear();
    }
    let mut progress = String::new();
    if let Some(mut stderr) = tour.stderr.take() {
        stderr.read_to_string(&mut progress).expect("progress");
    }
    panic!("no line {wanted:?} in\n{all}\n{progress}");
}

/// What ps says of processes; those that have ended and wait to be fetched are left out.
fn ps(arguments: &[&str]) -> Vec<u32> {
    let output = Command::new("ps")
        .args(arguments)
        .args(["-o", "pid=,stat="])
        .output()
        .expect("ps starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split_whitespace();
            let pid = fields.next()?.parse().ok()?;
            fields
                .next()
                .is_some_and(|stat| !stat.starts_with('Z'))
                .then_some(pid)
        })
        .collect()
}

fn children_of(parent: u32) -> Vec<u32> {
    ps(&["--ppid", &parent.to_string()])
}

fn assert_all_gone(pids: &[u32]) {
    let begun = Instant::now();
    loop {
        let left: Vec<u32> = pids
            .iter()
            .flat_map(|pid| ps(&["-p", &pid.to_string()]))
            .collect();
        if left.is_empty() {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{left:?} still run");
        std::thread::sleep(Duration::from_millis(20));
    }
}
