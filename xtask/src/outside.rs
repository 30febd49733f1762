//! What the tests need from outside: moto's server, cargo-lambda, cfn-lint and Chaos Toolkit, all from
//! `PyPI`, pinned, in a virtual environment under the target directory.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::report;
use crate::shell::CommandLine;
use crate::workspace::Workspace;

/// The oldest Python that the pinned packages take.
const OLDEST_PYTHON: (u32, u32) = (3, 10);

/// Where the tests look for moto's server.
const MOTO_VARIABLE: &str = "CHAOS_TESTS_MOTO";
/// Where the tests look for cargo-lambda.
const CARGO_LAMBDA_VARIABLE: &str = "CHAOS_TESTS_CARGO_LAMBDA";
/// Where the tests look for Chaos Toolkit.
const CHAOS_TOOLKIT_VARIABLE: &str = "CHAOS_TESTS_CHAOS_TOOLKIT";

/// The virtual environment, installed or not.
#[derive(Debug)]
pub(crate) struct Outside {
    folder: PathBuf,
    requirements: PathBuf,
    python: OsString,
}

impl Outside {
    /// The one of this workspace. `PYTHON` names the interpreter, if it is not `python3`.
    pub(crate) fn of(workspace: &Workspace) -> Self {
        Self {
            folder: workspace.tools().join("venv"),
            requirements: workspace.root.join("xtask/requirements.txt"),
            python: env::var_os("PYTHON")
                .filter(|python| !python.is_empty())
                .unwrap_or_else(|| "python3".into()),
        }
    }

    /// The environment variables that tell the tests where to look.
    pub(crate) fn variables(&self) -> [(&'static str, PathBuf); 3] {
        [
            (MOTO_VARIABLE, self.program("moto_server")),
            (CARGO_LAMBDA_VARIABLE, self.program("cargo-lambda")),
            (CHAOS_TOOLKIT_VARIABLE, self.program("chaos")),
        ]
    }

    /// Looks at the examples' SAM templates; whatever it finds is a failure. It takes the glob as it
    /// is, and one that meets no file is a finding too.
    pub(crate) fn lint_templates(&self) -> CommandLine {
        CommandLine::new(self.program("cfn-lint")).arg("examples/*/template.yaml")
    }

    /// How it is installed.
    pub(crate) fn commands(&self) -> [CommandLine; 2] {
        [
            CommandLine::new(&self.python)
                .args(["-m", "venv", "--clear"])
                .arg(&self.folder),
            CommandLine::new(self.program("python"))
                .args(["-m", "pip", "install", "--no-deps", "--quiet"])
                .args(["--disable-pip-version-check", "--no-input"])
                .arg("--requirement")
                .arg(&self.requirements),
        ]
    }

    /// Installs it, unless it is there as the requirements want it.
    pub(crate) fn install(&self) -> Result<()> {
        let stamp = self.folder.join("installed.txt");
        let wanted = self.stamp()?;
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) && self.works().is_ok() {
            report::note(&format!(
                "moto, cargo-lambda, cfn-lint and Chaos Toolkit are in {}",
                self.folder.display()
            ));
            return Ok(());
        }

        self.look_at_python()?;
        if let Some(parent) = self.folder.parent() {
            fs::create_dir_all(parent)
                .with_context(|| format!("cannot create {}", parent.display()))?;
        }
        for command in self.commands() {
            report::command(&command);
            command.run(Path::new("."))?;
        }
        self.works()?;
        // Last, so that an installation that was broken off is begun anew.
        fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
    }

    /// Starts each program once: a Python that was upgraded or deleted leaves them there, broken.
    fn works(&self) -> Result<()> {
        CommandLine::new(self.program("moto_server"))
            .arg("--help")
            .output()?;
        CommandLine::new(self.program("cargo-lambda"))
            .args(["lambda", "--version"])
            .output()?;
        CommandLine::new(self.program("cfn-lint"))
            .arg("--version")
            .output()?;
        CommandLine::new(self.program("chaos"))
            .arg("--version")
            .output()?;
        Ok(())
    }

    /// What an installation depends on: a virtual environment cannot be moved, and is made anew
    /// when a pin changes.
    fn stamp(&self) -> Result<String> {
        let requirements = fs::read_to_string(&self.requirements)
            .with_context(|| format!("cannot read {}", self.requirements.display()))?;
        Ok(format!("# {}\n{requirements}", self.folder.display()))
    }

    /// Says what is missing before `venv` or `pip` say it in their own, longer ways.
    fn look_at_python(&self) -> Result<()> {
        let python = self.python.to_string_lossy();
        let (major, minor) = OLDEST_PYTHON;
        let remedy = format!(
            "The tests run moto, cargo-lambda, cfn-lint and Chaos Toolkit, which come from PyPI.\n\
             Install Python {major}.{minor} or newer with its venv module, or name one in PYTHON.\n\
             Debian and Ubuntu: apt-get install python3 python3-venv\n\
             Fedora: dnf install python3\n\
             macOS: brew install python"
        );

        let version = CommandLine::new(&self.python)
            .args(["-c", "import sys; print(*sys.version_info[:2])"])
            .output()
            .with_context(|| format!("`{python}` does not run.\n{remedy}\nIt said"))?;
        if parse_version(&version).is_none_or(|version| version < OLDEST_PYTHON) {
            let version = version.trim().replace(' ', ".");
            bail!("`{python}` is Python {version}.\n{remedy}");
        }
        CommandLine::new(&self.python)
            .args(["-c", "import venv, ensurepip"])
            .output()
            .with_context(|| format!("`{python}` lacks its venv module.\n{remedy}\nIt said"))?;
        Ok(())
    }

    fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }
}

fn parse_version(printed: &str) -> Option<(u32, u32)> {
    let (major, minor) = printed.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside(python: &str) -> Outside {
        Outside {
            folder: PathBuf::from("/nowhere/venv"),
            requirements: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/requirements.txt")),
            python: python.into(),
        }
    }

    #[test]
    fn every_requirement_is_pinned() {
        let requirements = include_str!("../requirements.txt");
        let lines = requirements.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let pin = line.split(';').next().unwrap_or(line);
            assert!(
                pin.contains("==") && !pin.contains('*'),
                "not pinned: {line}"
            );
        }
    }

    #[test]
    fn a_missing_python_is_said_with_its_remedy() {
        let error = outside("no-such-python").look_at_python().unwrap_err();
        let error = error.to_string();
        assert!(
            error.starts_with("`no-such-python` does not run."),
            "{error}"
        );
        assert!(error.contains("apt-get install python3"), "{error}");
    }

    #[test]
    fn the_stamp_changes_with_the_pins_and_the_place() {
        let here = outside("python3");
        let mut there = outside("python3");
        there.folder = PathBuf::from("/elsewhere/venv");
        assert_ne!(here.stamp().unwrap(), there.stamp().unwrap());
        assert!(
            here.stamp()
                .unwrap()
                .ends_with(include_str!("../requirements.txt"))
        );
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(parse_version("3 9\n"), Some((3, 9)));
        assert!(parse_version("3 9\n").unwrap() < OLDEST_PYTHON);
        assert!(parse_version("3 14\n").unwrap() > OLDEST_PYTHON);
        assert_eq!(parse_version("Python"), None);
    }
}
