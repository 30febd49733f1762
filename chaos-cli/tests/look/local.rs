//! `cargo chaos local`: a real function, from the first request to the last process.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Folder, Ran, command, finish, quickstart};

/// A function that runs until the test ends, with a runtime folder of its own.
pub(crate) struct Running {
    child: Child,
    pub(crate) folder: Folder,
    /// What stood on standard output.
    how: String,
}

impl Running {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = Folder::new();
        let mut command = command();
        command
            .arg("local")
            .args(arguments)
            .env("XDG_RUNTIME_DIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("cargo-chaos starts");
        let said = child.stderr.take().expect("a pipe");
        // A pipe that nobody reads would stop the function.
        let said = std::thread::spawn(move || {
            let mut text = String::new();
            let _read = BufReader::new(said).read_to_string(&mut text);
            text
        });
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut how = String::new();
        while !how.contains("disable --all") {
            if out.read_line(&mut how).expect("a line") == 0 {
                let said = said.join().expect("no panic");
                panic!("it ended: {:?}\n{said}", child.wait());
            }
        }
        Self { child, folder, how }
    }

    /// The URL in the line that starts like this.
    pub(crate) fn url(&self, start: &str) -> &str {
        let mut lines = self.how.lines().map(str::trim);
        let line = lines.find(|line| line.starts_with(start)).expect("a line");
        line.rsplit(' ').next().expect("a word")
    }

    fn get(&self, path: &str) -> (u16, String) {
        let url = self.url("curl -i ").trim_end_matches('/');
        http("GET", &format!("{url}{path}"), "")
    }

    /// Another command, which finds the function.
    pub(crate) fn also(&self, arguments: &[&str]) -> Ran {
        let mut command = command();
        command
            .args(arguments)
            .env("XDG_RUNTIME_DIR", self.folder.path());
        finish(&mut command, None)
    }

    #[cfg(target_os = "linux")]
    fn listens_on_loopback_alone(&self, processes: &[u32]) {
        let own = crate::sockets::listening(&[&[self.child.id()], processes].concat());
        let shown = self.url("curl -i ").trim_matches('/').to_owned();
        let shown = shown.trim_start_matches("http://").parse();
        assert!(own.contains(&shown.expect("an address")), "{own:?}");
        assert!(own.len() > 1, "the Runtime API is another: {own:?}");
        let outside = crate::sockets::reached_from_outside(&own);
        assert!(outside.is_empty(), "{outside:?}");
    }

    fn announcements(&self) -> usize {
        let folder = self.folder.path().join("cargo-chaos/local");
        std::fs::read_dir(folder).expect("a folder").count()
    }

    /// The exit code after a signal.
    fn stopped_by(&mut self, signal: &str) -> Option<i32> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([format!("-{signal}"), id])
            .status();
        assert!(sent.expect("kill starts").success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It fails if it has ended, as it should have; else it ends what it started, and then itself.
        if let Ok(None) = self.child.try_wait() {
            self.stopped_by("TERM");
        }
    }
}

/// One request, and the status and the body of what comes back.
fn http(method: &str, url: &str, body: &str) -> (u16, String) {
    let rest = url.strip_prefix("http://").expect("a URL");
    let (address, path) = rest.split_once('/').expect("a path");
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(
        stream,
        "{method} /{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok());
    let (_, body) = answer.split_once("\r\n\r\n").expect("an answer");
    (status.expect("a status"), body.to_owned())
}

/// The processes that run this, of all that there are.
fn processes_of(parent: u32) -> Vec<u32> {
    let output = Command::new("ps")
        .args(["-A", "-o", "pid=,ppid=,stat="])
        .output();
    let text = String::from_utf8(output.expect("ps starts").stdout).expect("UTF-8");
    let all: Vec<(u32, u32)> = text
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (pid, parent) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            (!words.next()?.starts_with('Z')).then_some((pid, parent))
        })
        .collect();
    let mut found = vec![parent];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(
            all.iter()
                .filter(|(_, of)| *of == parent)
                .map(|(pid, _)| *pid),
        );
        next += 1;
    }
    found.split_off(1)
}

fn assert_all_gone(pids: &[u32]) {
    let begun = Instant::now();
    loop {
        let left: Vec<&u32> = pids.iter().filter(|pid| is_there(**pid)).collect();
        if left.is_empty() {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{left:?} still run"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn is_there(pid: u32) -> bool {
    let output = Command::new("ps")
        .args(["-o", "stat=", "-p", &pid.to_string()])
        .output();
    let stat = String::from_utf8(output.expect("ps starts").stdout).expect("UTF-8");
    !stat.trim().is_empty() && !stat.starts_with('Z')
}

#[test]
fn a_function_of_the_workspace_answers_and_its_document_is_found() {
    let config = Folder::new();
    let config = config.file(
        "chaos.json",
        r#"{ "statuscode": { "enabled": true, "status_code": 418,
             "match": [{ "path": "rawPath", "value": "/teapot" }] } }"#,
    );
    let mut function = Running::start(&[
        "--package",
        "quickstart",
        "--config",
        config.to_str().expect("UTF-8"),
    ]);
    assert_eq!(function.get("/?name=you"), (200, "hello, you".to_owned()));
    assert_eq!(function.get("/teapot").0, 418, "through the document");

    let event: Value =
        serde_json::from_str(include_str!("../../src/tour/event.json")).expect("JSON");
    let url = function.url("curl --data @event.json ").to_owned();
    let (status, answer) = http("POST", &url, &event.to_string());
    assert_eq!(status, 200);
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["body"], "hello, world");

    let found = function.also(&["validate", "--local", "--json"]);
    assert_eq!(found.code, 0, "{found:?}");
    let expected = json!({
        "statuscode": { "mode": "statuscode", "kept": true, "enabled": true, "percentage": 100 },
    });
    assert_eq!(found.json()["flags"], expected);
    let found = function.also(&["validate", "--local=quickstart"]);
    assert_eq!(found.code, 0, "{found:?}");

    let processes = processes_of(function.child.id());
    assert_eq!(processes.len(), 1, "the function");
    #[cfg(target_os = "linux")]
    function.listens_on_loopback_alone(&processes);
    assert_eq!(function.announcements(), 1);
    assert_eq!(function.stopped_by("INT"), Some(130));
    assert_all_gone(&processes);
    assert_eq!(function.announcements(), 0);
    let gone = function.also(&["validate", "--local"]);
    assert_eq!(gone.code, 2, "{gone:?}");
    assert!(gone.stderr.contains("no function runs here"), "{gone:?}");
}

/// Nobody is left to end the function then, but it asks a Runtime API that is gone, and gives up.
#[test]
fn killed_outright_it_leaves_no_function_behind() {
    let mut function = Running::start(&["--package", "quickstart"]);
    assert_eq!(function.get("/").0, 200);
    let processes = processes_of(function.child.id());
    assert_eq!(processes.len(), 1, "the function");
    assert_eq!(function.stopped_by("KILL"), None);
    assert_all_gone(&processes);
    let gone = function.also(&["status", "--local"]);
    assert_eq!(gone.code, 2, "{gone:?}");
}

#[test]
fn its_faults_are_flipped_while_it_runs() {
    let function = Running::start(&["--package", "quickstart"]);
    let took = || {
        let begun = Instant::now();
        assert_eq!(function.get("/").0, 200);
        begun.elapsed()
    };
    let code = |arguments: &[&str], expected: i32| {
        let ran = function.also(arguments);
        assert_eq!(ran.code, expected, "{arguments:?}: {ran:?}");
    };
    let wait = Duration::from_millis(1_500);
    took();
    code(&["status", "--local"], 0);
    assert!(took() < wait);
    let enable = &[
        "enable",
        "latency",
        "--min-latency",
        "1500",
        "--yes",
        "--local",
    ];
    code(enable, 0);
    code(&["status", "--local=quickstart"], 3);
    assert!(took() >= wait);
    code(&["disable", "latency", "--local"], 0);
    assert!(took() < wait);
    code(enable, 0);
    assert!(took() >= wait);
    code(&["disable", "--all", "--local"], 0);
    code(&["status", "--local"], 0);
    assert!(took() < wait);
}

#[test]
fn a_command_that_starts_the_function_ends_with_all_that_it_started() {
    let program = quickstart();
    let program = program.to_str().expect("UTF-8");
    let mut function = Running::start(&[
        "--name",
        "behind-a-shell",
        "--env",
        "CHAOS_DISABLED=1",
        "--",
        "sh",
        "-c",
        "sleep 600 & \"$0\"; exit 3",
        program,
    ]);
    assert!(
        function.how.starts_with("behind-a-shell runs until Ctrl-C"),
        "{}",
        function.how
    );
    assert_eq!(function.get("/").0, 200);
    let processes = processes_of(function.child.id());
    assert_eq!(processes.len(), 3, "the shell, the function, and one more");
    assert_eq!(function.stopped_by("TERM"), Some(130));
    assert_all_gone(&processes);
}

#[test]
fn a_function_that_does_not_start_is_told_of_with_its_log() {
    let mut command = command();
    let folder = Folder::new();
    command
        .args(["local", "--", "sh", "-c", "echo no database >&2; exit 3"])
        .env("XDG_RUNTIME_DIR", folder.path());
    let ran = finish(&mut command, None);
    assert_eq!((ran.code, &*ran.stdout), (1, ""), "{ran:?}");
    assert!(
        ran.stderr.contains("sh: the function did not start"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("exit status 3"), "{ran:?}");
    assert!(ran.stderr.contains("no database"), "{ran:?}");

    let mut command = self::command();
    command
        .args(["local", "--", "no-such-program"])
        .env("XDG_RUNTIME_DIR", folder.path());
    let ran = finish(&mut command, None);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("cannot start no-such-program"),
        "{ran:?}"
    );
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_built() {
    for (arguments, expected) in [
        (&["local"][..], "it is not said which function is meant"),
        (
            &["local", "--package", "quickstrat"],
            "no package `quickstrat`",
        ),
        (
            &["local", "--package", "a", "--", "b"],
            "cannot be used with",
        ),
        (
            &["local", "--config", "/no/such.json"],
            "cannot read the document",
        ),
        (
            &["local", "--env", "CHAOS_ALLOW"],
            "write a name and a value",
        ),
    ] {
        let mut command = command();
        command.args(arguments);
        let ran = finish(&mut command, None);
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{arguments:?}");
        assert!(ran.stderr.contains(expected), "{ran:?}");
    }
}

#[test]
fn a_port_that_is_asked_for_is_that_or_none() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let folder = Folder::new();
    let mut command = command();
    command
        .args(["local", "--port", &port, "--"])
        .arg(quickstart())
        .env("XDG_RUNTIME_DIR", folder.path());
    let ran = finish(&mut command, None);
    assert_eq!((ran.code, &*ran.stdout), (1, ""), "{ran:?}");
    assert!(
        ran.stderr.contains("name another port with --port"),
        "{ran:?}"
    );
    drop(taken);
    let function = Running::start(&["--port", &port, "--package", "quickstart"]);
    let expected = format!("http://127.0.0.1:{port}/");
    assert_eq!(function.url("curl -i "), expected);
}
