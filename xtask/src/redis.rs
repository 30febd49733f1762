//! redis-server, which the tests of Redis commands start: from the path, or from Debian's package.

use std::path::Path;

use anyhow::{Result, bail};

use crate::report;
use crate::shell::CommandLine;

const REMEDY: &str = "\
The tests of Redis commands start redis-server, on a free port of loopback.
Install it, or put it into the path.
Debian and Ubuntu: apt-get install redis-server
Fedora: dnf install redis
macOS: brew install redis";

/// How it is installed where that may be done without asking. The package's service is not started.
pub(crate) fn commands() -> [CommandLine; 2] {
    let apt = || CommandLine::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive");
    [
        apt().args(["update", "--quiet"]),
        apt()
            .args(["install", "--yes", "--no-install-recommends", "--quiet"])
            .arg("redis-server")
            .env("RUNLEVEL", "1"),
    ]
}

/// Installs it if it is missing, or says what to do.
pub(crate) fn install() -> Result<()> {
    if let Ok(version) = version("redis-server") {
        report::note(&format!("redis-server is in the path: {}", version.trim()));
        return Ok(());
    }
    if !may_install() {
        bail!("there is no redis-server.\n{REMEDY}");
    }
    for command in commands() {
        report::command(&command);
        command.run(Path::new("."))?;
    }
    version("redis-server").map(drop)
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
        let shown = commands().map(|command| command.to_string());
        assert!(shown[1].contains("RUNLEVEL=1"), "{shown:?}");
        assert!(shown[1].contains("--yes") && shown[1].ends_with("redis-server"));
    }

    #[test]
    fn a_program_that_is_missing_has_no_version() {
        assert!(version("no-such-redis-server").is_err());
    }
}
