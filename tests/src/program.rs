//! A program of others, which ends with the test, and so does whatever it started.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::wait;

/// The program that an environment variable names.
///
/// # Panics
///
/// If it names none.
pub fn named_by(variable: &str) -> OsString {
    std::env::var_os(variable).unwrap_or_else(|| {
        panic!("{variable} is not set; run `cargo xtask test`, which installs what it names")
    })
}

/// A program that runs, in a process group of its own.
#[derive(Debug)]
pub struct Program {
    child: Child,
    output: Arc<Mutex<Vec<String>>>,
}

impl Program {
    /// Starts it, without anything on its standard input.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn start(mut command: Command) -> Self {
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => panic!(
                "{} does not start: {error}",
                command.get_program().display()
            ),
        };
        let output = Arc::default();
        collect(child.stdout.take(), &output);
        collect(child.stderr.take(), &output);
        Self { child, output }
    }

    /// What it wrote so far.
    pub fn output(&self) -> String {
        let lines = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        lines.join("\n")
    }

    /// Waits for a line, and returns what `wanted` makes of it.
    ///
    /// # Panics
    ///
    /// If none comes within the limit.
    pub async fn line<T>(
        &mut self,
        what: &str,
        limit: Duration,
        wanted: impl Fn(&str) -> Option<T>,
    ) -> T {
        let mut found = None;
        wait::until(limit, async || {
            found = self.output().lines().find_map(&wanted);
            found.is_some() || self.has_ended()
        })
        .await;
        found.unwrap_or_else(|| panic!("no line says {what}; there is\n{}", self.output()))
    }

    /// Whether it is over.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // it fails if all have ended
            let _ended = kill_process_group(group, Signal::KILL);
        }
        let _status = self.child.wait();
    }
}

/// Reads on a thread of its own: a pipe that nobody reads would stop the program.
fn collect(pipe: Option<impl Read + Send + 'static>, output: &Arc<Mutex<Vec<String>>>) {
    let output = Arc::clone(output);
    let pipe = pipe.expect("the output is a pipe");
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            output
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line);
        }
    });
}
