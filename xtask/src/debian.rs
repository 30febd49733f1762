//! Programs that the tests start: from the path, or from Debian's packages.

use std::path::Path;

use anyhow::{Result, bail};

use crate::report;
use crate::shell::CommandLine;

/// A program, and the package of Debian's that has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    name: &'static str,
    package: &'static str,
    /// What it is needed for, and where else it comes from.
    why: &'static str,
}

const REDIS: Program = Program {
    name: "redis-server",
    package: "redis-server",
    why: "The tests of Redis commands start redis-server, on a free port of loopback.\n\
          Fedora: dnf install redis\n\
          macOS: brew install redis",
};

pub(crate) const VALGRIND: Program = Program {
    name: "valgrind",
    package: "valgrind",
    why: "valgrind counts the instructions of an idle call.\n\
          Fedora: dnf install valgrind",
};

const ZSH: Program = Program {
    name: "zsh",
    package: "zsh",
    why: "The tests of completions try them in zsh.",
};

const FISH: Program = Program {
    name: "fish",
    package: "fish",
    why: "The tests of completions try them in fish.",
};

/// All that any test starts.
pub(crate) const ALL: [Program; 4] = [REDIS, VALGRIND, ZSH, FISH];

impl Program {
    /// How it is installed where that may be done without asking. No service is started.
    pub(crate) fn commands(self) -> [CommandLine; 2] {
        let apt = || CommandLine::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive");
        [
            apt().args(["update", "--quiet"]),
            apt()
                .args(["install", "--yes", "--no-install-recommends", "--quiet"])
                .arg(self.package)
                .env("RUNLEVEL", "1"),
        ]
    }

    /// Installs it if it is missing, or says what to do.
    pub(crate) fn install(self) -> Result<()> {
        let Self { name, package, why } = self;
        if let Ok(version) = version(name) {
            report::note(&format!("{name} is in the path: {}", version.trim()));
            return Ok(());
        }
        if !may_install() {
            bail!(
                "there is no {name}.\n{why}\nDebian and Ubuntu: apt-get install {package}\n\
                 Or put it into the path."
            );
        }
        for command in self.commands() {
            report::command(&command);
            command.run(Path::new("."))?;
        }
        version(name).map(drop)
    }
}

fn version(program: &str) -> Result<String> {
    CommandLine::new(program).arg("--version").output()
}

/// As root, on a system of Debian's kind.
fn may_install() -> bool {
    let is_root = CommandLine::new("id").arg("-u").output();
    is_root.is_ok_and(|id| id.trim() == "0") && version("apt-get").is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_installed_without_asking_and_not_started() {
        let shown = REDIS.commands().map(|command| command.to_string());
        assert!(shown[1].contains("RUNLEVEL=1"), "{shown:?}");
        assert!(shown[1].contains("--yes") && shown[1].ends_with("redis-server"));
    }

    #[test]
    fn a_program_that_is_missing_has_no_version() {
        assert!(version("no-such-redis-server").is_err());
    }
}
