//! Tests that something looks on at. What they print is shown, and those that pass are counted: where none
//! ran, nothing was looked at.

use std::path::Path;

use anyhow::{Result, bail};

use crate::report;
use crate::shell::CommandLine;

/// What the harness said of a run.
#[derive(Debug, Default)]
pub(super) struct Tests {
    /// How many passed, in all of the programs.
    pub(super) passed: u64,
    /// The names of those that passed.
    names: Vec<String>,
    /// The first line that says what is wrong.
    wrong: Option<String>,
}

impl Tests {
    /// Runs them. A run in which no test passes is a failure.
    pub(super) fn run(command: &CommandLine, folder: &Path) -> Result<Self> {
        Self::watch(command, folder, |_| {})
    }

    /// The same, and hands on each line.
    pub(super) fn watch(
        command: &CommandLine,
        folder: &Path,
        mut line: impl FnMut(&str),
    ) -> Result<Self> {
        report::command(command);
        let mut tests = Self::default();
        let ended = command.watch(folder, |said| {
            report::note(said);
            tests.read(said);
            line(said);
        });
        match (ended, tests.wrong.take()) {
            (Err(error), Some(wrong)) => bail!("{wrong}\n{error}"),
            (Err(error), None) => return Err(error),
            (Ok(()), _) => {}
        }
        if tests.passed == 0 {
            bail!("no test was run: see that there still are tests that this names:\n{command}");
        }
        Ok(tests)
    }

    /// How many of a module's tests passed.
    pub(super) fn passed_of(&self, module: &str) -> u64 {
        let within = format!("{module}::");
        let names = self.names.iter();
        names.map(|name| u64::from(name.starts_with(&within))).sum()
    }

    /// For the page.
    pub(super) fn nothing_found(passed: u64) -> String {
        let tests = if passed == 1 { "test" } else { "tests" };
        format!("nothing found in {passed} {tests}")
    }

    fn read(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result:") {
            let words: Vec<&str> = result.split_whitespace().collect();
            let passed = words.windows(2).find(|pair| pair[1] == "passed;");
            self.passed += passed.and_then(|pair| pair[0].parse().ok()).unwrap_or(0);
        } else if let Some(name) = passed(line) {
            self.names.push(name.to_owned());
        } else if let Some(wrong) = wrong(line) {
            self.wrong.get_or_insert_with(|| wrong.to_owned());
        }
    }
}

/// `test a::name ... ok`.
fn passed(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... ok")
}

/// As Miri, the compiler, valgrind, `ThreadSanitizer` and the harness say it.
fn wrong(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("==");
    if let Some((_, said)) = rest.and_then(|rest| rest.split_once("== ")) {
        // Before it says what, it may say in which thread.
        let says = !said.trim().is_empty() && !said.ends_with(':');
        return says.then_some(said);
    }
    let is_wrong = line.starts_with("error")
        || line.ends_with(" ... FAILED")
        || line.contains("ThreadSanitizer:");
    is_wrong.then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printing(lines: &str, code: u8) -> Result<Tests> {
        let script = format!("printf '{lines}'; exit {code}");
        let command = CommandLine::new("sh").args(["-c", &script]);
        Tests::run(&command, Path::new("."))
    }

    #[test]
    fn those_that_passed_are_counted_in_every_program() {
        let tests = printing(
            "test a::x ... ok\\ntest a::b::y ... ok\\ntest ab::z ... ok\\ntest a::w ... ignored\\n\
             test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\\n\
             test result: ok. 12 passed; 0 failed; 0 ignored\\n",
            0,
        );
        let tests = tests.unwrap();
        assert_eq!((tests.passed, tests.passed_of("a")), (15, 2));
        assert_eq!(tests.passed_of("c"), 0);
    }

    #[test]
    fn a_run_without_a_test_is_a_failure() {
        for lines in ["", "test result: ok. 0 passed; 0 failed; 28 filtered out"] {
            let error = printing(lines, 0).unwrap_err().to_string();
            assert!(error.starts_with("no test was run"), "{error}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_first() {
        for (line, wrong) in [
            ("error: Undefined Behavior: it dangles", None),
            ("test a::x ... FAILED", None),
            ("WARNING: ThreadSanitizer: data race (pid=1)", None),
            (
                "==1== Invalid read of size 4",
                Some("Invalid read of size 4"),
            ),
        ] {
            let before = "test b ... ok\\n==1== \\n==1== Thread 2 b:\\n==================";
            let lines = format!("{before}\\n{line}\\nerror: test failed\\n");
            let error = printing(&lines, 1).unwrap_err().to_string();
            assert!(error.starts_with(wrong.unwrap_or(line)), "{error}");
            assert!(error.contains("exit status: 1"), "{error}");
        }
    }
}
