//! A command line that can be shown, repeated by hand, and run.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// A program, its arguments, and the environment variables that are set for it.
#[derive(Debug, Clone)]
pub(crate) struct CommandLine {
    program: OsString,
    args: Vec<OsString>,
    envs: Vec<(OsString, OsString)>,
}

impl CommandLine {
    /// `program` without arguments.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            envs: Vec::new(),
        }
    }

    /// The cargo that runs this program.
    pub(crate) fn cargo() -> Self {
        Self::new("cargo")
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        for arg in args {
            self.args.push(arg.as_ref().to_owned());
        }
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.envs
            .push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Runs it in `folder`, and says how it ended; what it prints goes where this program's own output
    /// goes.
    pub(crate) fn status(&self, folder: &Path) -> Result<ExitStatus> {
        let mut command = self.command();
        let command = command.current_dir(folder).stdin(Stdio::null());
        command.status().with_context(|| {
            format!("cannot start `{self}`; see that its program is installed and in the path")
        })
    }

    /// The same; an ending that is no success is an error.
    pub(crate) fn run(&self, folder: &Path) -> Result<()> {
        let status = self.status(folder)?;
        if !status.success() {
            bail!("`{self}` ended with {status}");
        }
        Ok(())
    }

    /// Runs it in `folder` and hands on each line that it prints, on standard output or error, as it
    /// comes.
    pub(crate) fn watch(&self, folder: &Path, mut line: impl FnMut(&str)) -> Result<()> {
        let (reader, writer) = io::pipe().context("cannot make a pipe")?;
        let mut command = self.command();
        command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(writer.try_clone().context("cannot make a pipe")?)
            .stderr(writer);
        let mut child = command.spawn().with_context(|| {
            format!("cannot start `{self}`; see that its program is installed and in the path")
        })?;
        // The ends for writing that are here: the last one is the child's own.
        drop(command);
        for printed in BufReader::new(reader).split(b'\n') {
            let printed = printed.with_context(|| format!("cannot read what `{self}` prints"))?;
            line(&String::from_utf8_lossy(&printed));
        }
        let status = child.wait();
        let status = status.with_context(|| format!("cannot wait for the end of `{self}`"))?;
        if !status.success() {
            bail!("`{self}` ended with {status}");
        }
        Ok(())
    }

    /// Runs it and returns what it printed on standard output.
    pub(crate) fn output(&self) -> Result<String> {
        let output = self
            .command()
            .stdin(Stdio::null())
            .output()
            .with_context(|| {
                format!("cannot start `{self}`; see that its program is installed and in the path")
            })?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            bail!(
                "`{self}` ended with {}\n{}",
                output.status,
                complaint.trim_end()
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn command(&self) -> Command {
        // What is shown as `cargo` is the one that is set for it, or the very cargo that runs this program.
        let set = self.envs.iter().rfind(|(name, _)| name == "CARGO");
        let cargo = set.map(|(_, cargo)| cargo.clone());
        let program = match cargo.or_else(|| env::var_os("CARGO")) {
            Some(cargo) if self.program == "cargo" => cargo,
            _ => self.program.clone(),
        };
        let mut command = Command::new(program);
        // `cargo run` tells this program about its own package. Build scripts that watch these
        // variables (ring's does) would run again, and everything above them with it, each time
        // that somebody builds by hand between two runs of this program.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command
            .args(&self.args)
            .envs(self.envs.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// As one would type it into a shell.
impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.envs {
            write!(f, "{}={} ", name.to_string_lossy(), quoted(value))?;
        }
        f.write_str(&quoted(&self.program))?;
        for arg in &self.args {
            write!(f, " {}", quoted(arg))?;
        }
        Ok(())
    }
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=+,./:@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::CommandLine;

    #[test]
    fn shown_as_one_would_type_it() {
        let line = CommandLine::new("cargo")
            .args(["test", "--test", "*"])
            .arg("it's")
            .env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(
            line.to_string(),
            r"RUSTDOCFLAGS='-D warnings' cargo test --test '*' 'it'\''s'"
        );
    }

    #[test]
    fn a_shell_reads_back_what_is_shown() {
        let line = CommandLine::new("printf").args(["%s\n", "*", "$HOME", "it's", ""]);
        let direct = line.output().unwrap();
        let through_a_shell = CommandLine::new("sh")
            .args(["-c", &line.to_string()])
            .output()
            .unwrap();
        assert_eq!(direct, "*\n$HOME\nit's\n\n");
        assert_eq!(through_a_shell, direct);
    }

    #[test]
    fn a_failure_names_the_command() {
        let error = CommandLine::new("sh")
            .args(["-c", "exit 3"])
            .run(Path::new("."))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`sh -c 'exit 3'` ended with exit status: 3"
        );
    }

    #[test]
    fn each_line_is_handed_on_whatever_becomes_of_it() {
        let mut lines = Vec::new();
        let line = CommandLine::new("sh").args(["-c", "echo a; echo b >&2; exit 3"]);
        let ended = line.watch(Path::new("."), |line| lines.push(line.to_owned()));
        assert_eq!(lines, ["a", "b"]);
        assert!(ended.unwrap_err().to_string().contains("exit status: 3"));
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = CommandLine::new("no-such-program").output().unwrap_err();
        let error = error.to_string();
        assert!(
            error.starts_with("cannot start `no-such-program`;"),
            "{error}"
        );
    }
}
