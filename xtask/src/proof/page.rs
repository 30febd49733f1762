//! The results: one section of `PROOF.md` a proof, with a table that has a row for each thing that was
//! tried, the commit and the day.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::shell::CommandLine;
use crate::workspace::Workspace;

use super::Row;

/// What a proof as a whole is called that cannot be run, fails or finds something.
pub(super) const ALL: &str = "all of it";

const HEADER: &str = "| what | result | commit | day |";

/// The page of a workspace, for what is run on the commit that is there.
pub(super) struct Page {
    path: PathBuf,
    /// The commit and the day, as the two last columns.
    stamp: String,
}

impl Page {
    pub(super) fn of(workspace: &Workspace) -> Result<Self> {
        let git = || CommandLine::new("git").arg("-C").arg(&workspace.root);
        let commit = git().args(["rev-parse", "--short=9", "HEAD"]).output()?;
        // The page itself changes with every row.
        let status = git()
            .args(["status", "--porcelain", "--", ".", ":!PROOF.md"])
            .output()?;
        let changes = if status.is_empty() {
            ""
        } else {
            " and changes"
        };
        let day = CommandLine::new("date")
            .args(["-u", "+%Y-%m-%d"])
            .output()?;
        Ok(Self {
            path: workspace.root.join("PROOF.md"),
            stamp: format!("{}{changes} | {} |", commit.trim(), day.trim()),
        })
    }

    /// Puts rows into the table of a section, in the place of those that are there. If it `keeps` them, a
    /// row takes the place of the one about the same thing, and the others stay, with the commits and the
    /// days that they were found on.
    pub(super) fn write(&self, section: &str, rows: &[Row], keeps: bool) -> Result<()> {
        let shown = self.path.display();
        let page =
            fs::read_to_string(&self.path).with_context(|| format!("cannot read {shown}"))?;
        let page = with_rows(&page, section, rows, keeps, &self.stamp)?;
        fs::write(&self.path, page).with_context(|| format!("cannot write {shown}"))
    }
}

/// A text without the folders of this machine: of a path from the root its last part is left.
pub(super) fn without_folders(text: &str) -> String {
    let begins = |word: &str| {
        let (before, _) = word.split_once('/')?;
        let begins = before.is_empty() || before.ends_with(['=', '`', '\'', '"', '(']);
        begins.then_some(before.len())
    };
    let words = text.split(' ').map(|word| match begins(word) {
        Some(at) => {
            let last = word.rsplit('/').next().unwrap_or_default();
            format!("{}{last}", &word[..at])
        }
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn with_rows(page: &str, section: &str, rows: &[Row], keeps: bool, stamp: &str) -> Result<String> {
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    let heading = format!("## {section}");
    let Some(begin) = lines.iter().position(|line| *line == heading) else {
        bail!("PROOF.md has no line `{heading}`");
    };
    let after = lines[begin + 1..]
        .iter()
        .position(|line| line.starts_with("## "));
    let end = after.map_or(lines.len(), |after| begin + 1 + after);
    let Some(header) = (begin..end).find(|&at| lines[at] == HEADER) else {
        bail!("PROOF.md has no line `{HEADER}` under `{heading}`");
    };
    // The line under the header, and then the rows.
    let table = lines[header..]
        .iter()
        .take_while(|line| line.starts_with('|'));
    let past = header + table.count();
    // What is said of all of it is said anew.
    let all = format!("| {ALL} |");
    for at in (header + 2..past).rev() {
        if !keeps || lines[at].starts_with(&all) {
            lines.remove(at);
        }
    }
    for Row { what, result } in rows {
        // A bar would end the cell.
        let row = format!("| {what} | {} | {stamp}", result.replace('|', "\\|"));
        let table = lines[header..]
            .iter()
            .take_while(|line| line.starts_with('|'));
        let past = header + table.count();
        let key = format!("| {what} |");
        match (header + 2..past).find(|&at| lines[at].starts_with(&key)) {
            Some(at) => lines[at] = row,
            None => lines.insert(past, row),
        }
    }
    Ok(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::super::Proof;
    use super::*;

    const PAGE: &str = "# P\n\n## a\n\nText.\n\n| what | result | commit | day |\n| --- | --- | --- | --- |\n\n## b\n";

    /// The rows of the section `a`, once these are in it.
    fn rows(page: &str, rows: &[Row], keeps: bool, stamp: &str) -> (String, Vec<String>) {
        let page = with_rows(page, "a", rows, keeps, stamp).unwrap();
        let (_, table) = page.split_once("| --- |\n").unwrap();
        let (table, rest) = table.split_once("\n## b\n").unwrap();
        assert_eq!(rest, "", "{page}");
        let table = table.lines().filter(|line| !line.is_empty());
        let table = table.map(str::to_owned).collect();
        (page, table)
    }

    #[test]
    fn a_row_is_added_and_takes_the_place_of_the_one_before() {
        let two = [Row::new("x", "1"), Row::new("y", "2")];
        let (page, found) = rows(PAGE, &two, true, "c | d |");
        assert_eq!(found, ["| x | 1 | c | d |", "| y | 2 | c | d |"]);
        let (_, found) = rows(&page, &[Row::new("x", "3")], true, "e | f |");
        assert_eq!(found, ["| x | 3 | e | f |", "| y | 2 | c | d |"]);
        let (_, found) = rows(&page, &[Row::new("z", "3")], false, "e | f |");
        assert_eq!(found, ["| z | 3 | e | f |"]);
    }

    #[test]
    fn what_is_said_of_all_of_it_is_there_until_it_is_run_again() {
        let (page, _) = rows(
            PAGE,
            &[Row::new("x", "1"), Row::new("y", "2")],
            true,
            "c | d |",
        );
        for how in ["not run", "failed", "found"] {
            let all = [Row::told(ALL, how, "a|b\nmore")];
            let (said, found) = rows(&page, &all, true, "e | f |");
            assert_eq!(found[2], format!("| all of it | {how}: a\\|b | e | f |"));
            let (_, found) = rows(&said, &[Row::new("x", "1")], true, "g | h |");
            assert_eq!(found, ["| x | 1 | g | h |", "| y | 2 | c | d |"]);
            // what is run as a whole has failed as a whole
            let (_, found) = rows(&said, &all, false, "g | h |");
            assert_eq!(found, [format!("| all of it | {how}: a\\|b | g | h |")]);
        }
    }

    #[test]
    fn folders_of_this_machine_are_left_out() {
        let told = "`CARGO=/home/me/bin/cargo cargo test --target-dir /home/me/t/loom -- 'x'` ended; \
                    see loom/src and https://a.b/c";
        assert_eq!(
            without_folders(told),
            "`CARGO=cargo cargo test --target-dir loom -- 'x'` ended; see loom/src and https://a.b/c"
        );
    }

    #[test]
    fn a_section_without_a_table_is_named() {
        for section in ["b", "c"] {
            let error = with_rows(PAGE, section, &[], true, "").unwrap_err();
            let error = error.to_string();
            assert!(error.contains(&format!("`## {section}`")), "{error}");
        }
    }

    #[test]
    fn every_proof_has_its_section() {
        let page = include_str!("../../../PROOF.md");
        for proof in Proof::value_variants() {
            with_rows(page, &proof.name(), &[], true, "").unwrap();
        }
    }
}
