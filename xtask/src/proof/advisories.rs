//! cargo-deny, on what the `RustSec` database and the registry say of the dependencies.

use std::env;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use crate::deny::Deny;
use crate::report;
use crate::shell::CommandLine;
use crate::workspace::Workspace;

use super::{Ending, Row};

/// Where cargo-deny keeps the database, under cargo's home. The digits are its hash of the address.
const DATABASE: &str = "advisory-dbs/advisory-db-3157b0e258782691";

/// An older database says little of the versions that are there today: half a year.
const OLDEST: Duration = Duration::from_hours(180 * 24);

/// This workspace, and those that stand by themselves.
const WORKSPACES: [&str; 3] = ["Cargo.toml", "fuzz/Cargo.toml", "loom/Cargo.toml"];

pub(super) fn run(workspace: &Workspace) -> Result<Ending> {
    let deny = Deny::of(workspace);
    deny.install()?;
    let fetch = deny.fetch_advisories();
    report::command(&fetch);
    let fetched = fetch.run(&workspace.root);
    if let Err(error) = &fetched {
        report::note(&format!("{error:#}\nso the database is taken as it is"));
    }
    let Some(database) = database() else {
        let why = match fetched {
            Ok(()) => format!(
                "cargo-deny has put the advisory database elsewhere than at $CARGO_HOME/{DATABASE}; correct \
                 DATABASE in xtask/src/proof/advisories.rs"
            ),
            Err(_) => format!(
                "the advisory database cannot be fetched; see that github.com can be reached, or put a clone \
                 of https://github.com/RustSec/advisory-db at $CARGO_HOME/{DATABASE} (~/.cargo unless set)"
            ),
        };
        return Ok(Ending::NotRun(why));
    };
    let (day, changed) = last_change(&database)?;

    let mut found = Vec::new();
    let mut index = "";
    for manifest in WORKSPACES {
        let fetch = deny.fetch_index(manifest);
        report::command(&fetch);
        if let Err(error) = fetch.run(&workspace.root) {
            report::note(&format!(
                "{error:#}\nso the registry's index is taken as it is"
            ));
            index = ", the registry's index as it was there";
        }
        let check = deny.check_advisories(manifest);
        report::command(&check);
        let before = found.len();
        let ended = check.watch(&workspace.root, |line| {
            report::note(line);
            found.extend(id(line).map(str::to_owned));
        });
        // It failed otherwise.
        if found.len() == before {
            ended?;
        }
    }
    if !found.is_empty() {
        found.sort_unstable();
        found.dedup();
        return Ok(Ending::Found(Vec::new(), advice(&found, &day)));
    }
    if is_old(changed, SystemTime::now()) {
        return Ok(Ending::NotRun(format!(
            "the database that could be had is of {day}, too old to go by, and nothing in it concerns a \
             dependency; run it where github.com can be reached"
        )));
    }
    let result = format!("nothing found in the database of {day}, no version taken back{index}");
    Ok(Ending::Held(vec![Row::new("all dependencies", result)]))
}

/// The database, if it is there.
fn database() -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").filter(|home| !home.is_empty());
    let home = home.map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")))?;
    let database = home.join(DATABASE);
    database.join("crates").exists().then_some(database)
}

/// When somebody last changed it: the day, and the moment.
fn last_change(database: &Path) -> Result<(String, SystemTime)> {
    let git = CommandLine::new("git").arg("-C").arg(database);
    let said = git.args(["log", "-1", "--format=%cs %ct"]).output()?;
    change(said.trim()).with_context(|| format!("git says {said:?} of {}", database.display()))
}

fn change(said: &str) -> Option<(String, SystemTime)> {
    let (day, seconds) = said.split_once(' ')?;
    let moment = UNIX_EPOCH.checked_add(Duration::from_secs(seconds.parse().ok()?))?;
    Some((day.to_owned(), moment))
}

fn is_old(changed: SystemTime, now: SystemTime) -> bool {
    now.duration_since(changed).is_ok_and(|age| age > OLDEST)
}

/// `├ ID: RUSTSEC-2099-0001`, or that a version was yanked.
fn id(line: &str) -> Option<&str> {
    let id = line.split_once("├ ID: ").map(|(_, id)| id.trim());
    id.or_else(|| line.starts_with("error[yanked]").then_some(line))
}

fn advice(found: &[String], day: &str) -> String {
    format!(
        "{} in the database of {day}\n\
         take a version without it (`cargo update`), or say under `ignore` in deny.toml why it does no harm",
        found.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_deny_says_is_read() {
        assert_eq!(id("    ├ ID: RUSTSEC-2099-0001"), Some("RUSTSEC-2099-0001"));
        let yanked = "error[yanked]: detected yanked crate (try `cargo update -p a`)";
        assert_eq!(id(yanked), Some(yanked));
        assert_eq!(id("error[vulnerability]: It fails"), None);
        assert_eq!(id("advisories ok"), None);
    }

    #[test]
    fn a_database_is_too_old_after_half_a_year() {
        let (day, changed) = change("2001-09-09 1000000000").unwrap();
        assert_eq!(day, "2001-09-09");
        let after = |days: u64| changed + Duration::from_hours(24 * days);
        assert!(!is_old(changed, after(180)) && is_old(changed, after(181)));
        assert_eq!(change("fatal: no repository"), None);
    }

    #[test]
    fn what_is_found_is_named_on_the_first_line() {
        let advice = advice(&["RUSTSEC-1".into(), "RUSTSEC-2".into()], "2099-01-01");
        let first = advice.lines().next();
        assert_eq!(
            first,
            Some("RUSTSEC-1, RUSTSEC-2 in the database of 2099-01-01")
        );
    }
}
