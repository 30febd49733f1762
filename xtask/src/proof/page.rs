//! The results: one section of `PROOF.md` a proof, with a table that has a row for each thing that was
//! tried, the commit and the day.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::shell::CommandLine;
use crate::workspace::Workspace;

use super::Row;

/// What a proof as a whole is called that cannot be run.
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

    /// Puts rows into the table of a section. A row takes the place of the one about the same thing;
    /// the others stay, with the commits and the days that they were found on.
    pub(super) fn write(&self, section: &str, rows: &[Row]) -> Result<()> {
        let shown = self.path.display();
        let page =
            fs::read_to_string(&self.path).with_context(|| format!("cannot read {shown}"))?;
        let page = with_rows(&page, section, rows, &self.stamp)?;
        fs::write(&self.path, page).with_context(|| format!("cannot write {shown}"))
    }
}

fn with_rows(page: &str, section: &str, rows: &[Row], stamp: &str) -> Result<String> {
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
    // It was run after all.
    let not_run = format!("| {ALL} | not run");
    if let Some(at) = (header..end).find(|&at| lines[at].starts_with(&not_run)) {
        lines.remove(at);
    }
    for Row { what, result } in rows {
        let row = format!("| {what} | {result} | {stamp}");
        // The line under the header, and then the rows.
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

    #[test]
    fn a_row_is_added_and_takes_the_place_of_the_one_before() {
        let once = with_rows(
            PAGE,
            "a",
            &[Row::new("x", "1"), Row::new("y", "2")],
            "c | d |",
        );
        let once = once.unwrap();
        assert!(
            once.contains("| --- |\n| x | 1 | c | d |\n| y | 2 | c | d |\n\n## b\n"),
            "{once}"
        );
        let twice = with_rows(&once, "a", &[Row::new("x", "3")], "e | f |").unwrap();
        assert!(
            twice.contains("| --- |\n| x | 3 | e | f |\n| y | 2 | c | d |\n\n## b\n"),
            "{twice}"
        );
    }

    #[test]
    fn that_it_was_not_run_is_there_until_it_is_run() {
        let not_run = [Row::new(ALL, "not run: it is not there")];
        let page = with_rows(PAGE, "a", &not_run, "c | d |").unwrap();
        assert!(
            page.contains("| all of it | not run: it is not there | c | d |\n"),
            "{page}"
        );
        let page = with_rows(&page, "a", &[Row::new("x", "1")], "e | f |").unwrap();
        assert!(
            page.contains("| --- |\n| x | 1 | e | f |\n\n## b\n"),
            "{page}"
        );
    }

    #[test]
    fn a_section_without_a_table_is_named() {
        for section in ["b", "c"] {
            let error = with_rows(PAGE, section, &[], "").unwrap_err().to_string();
            assert!(error.contains(&format!("`## {section}`")), "{error}");
        }
    }

    #[test]
    fn every_proof_has_its_section() {
        let page = include_str!("../../../PROOF.md");
        for proof in Proof::value_variants() {
            with_rows(page, &proof.name(), &[], "").unwrap();
        }
    }
}
