//! The table: a line for each step and the document under it, in 80 columns.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::stage::PARAMETER;
use crate::text::{shortened, wrapped};

const OK: Style = AnsiColor::Green.on_default().bold();
const FAILED: Style = AnsiColor::Red.on_default().bold();
const TITLE: Style = Style::new().bold();
const QUIET: Style = Style::new().dimmed();

const MARK: usize = 6;
const ASKS: usize = 31;
const CAME_BACK: usize = 30;
const TOOK: usize = 8;
/// All of it, with a space between each two.
const WIDTH: usize = MARK + ASKS + CAME_BACK + TOOK + 3;
/// What is under a line begins where its text does.
const UNDER: usize = WIDTH - MARK - 1;
/// The most that is shown of an answer or a line of the log.
const LONGEST: usize = 600;

/// A table that is written row by row.
#[derive(Debug)]
pub(crate) struct Table<W> {
    out: W,
}

/// One step, told.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) asks: &'a str,
    pub(crate) document: Option<&'a str>,
    pub(crate) came_back: String,
    pub(crate) took: String,
    pub(crate) notes: Vec<String>,
    /// Why the step failed, if it did.
    pub(crate) reason: Option<String>,
}

impl<W: Write> Table<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out }
    }

    /// What is going to happen, and the names of the columns.
    pub(crate) fn heading(&mut self, function: &str) -> io::Result<()> {
        let about = format!(
            "{function} reads its document from the parameter {PARAMETER} before every \
             invocation (CHAOS_CACHE_TTL=0). Each step puts the document that is shown with \
             PutParameter, and then invokes the function."
        );
        for line in wrapped(&about, WIDTH) {
            writeln!(self.out, "{line}")?;
        }
        writeln!(
            self.out,
            "\n{TITLE}{:<MARK$} {:<ASKS$} {:<CAME_BACK$} {:>TOOK$}{TITLE:#}",
            "", "the document asks for", "what came back", "took"
        )
    }

    pub(crate) fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let (style, mark) = match row.reason {
            None => (OK, "ok"),
            Some(_) => (FAILED, "FAILED"),
        };
        let asks = wrapped(row.asks, ASKS);
        let came_back = wrapped(&shortened(&row.came_back, LONGEST), CAME_BACK);
        for number in 0..asks.len().max(came_back.len()) {
            let first = number == 0;
            let (mark, took) = if first { (mark, &*row.took) } else { ("", "") };
            let cell = |lines: &[String]| lines.get(number).cloned().unwrap_or_default();
            let (asks, came_back) = (cell(&asks), cell(&came_back));
            let line = format!("{asks:<ASKS$} {came_back:<CAME_BACK$} {took:>TOOK$}");
            writeln!(
                self.out,
                "{style}{mark:<MARK$}{style:#} {}",
                line.trim_end()
            )?;
        }
        if let Some(text) = row.document {
            self.under(QUIET, text)?;
        }
        for note in &row.notes {
            self.under(Style::new(), note)?;
        }
        if let Some(reason) = &row.reason {
            self.under(FAILED, reason)?;
        }
        self.out.flush()
    }

    fn under(&mut self, style: Style, text: &str) -> io::Result<()> {
        for line in wrapped(&shortened(text, LONGEST), UNDER) {
            writeln!(self.out, "{:MARK$} {style}{line}{style:#}", "")?;
        }
        Ok(())
    }

    pub(crate) fn ending(&mut self, steps: usize, failures: usize) -> io::Result<()> {
        if failures == 0 {
            writeln!(
                self.out,
                "\n{OK}All {steps} steps came out as they should; everything is off again.{OK:#}"
            )
        } else {
            writeln!(
                self.out,
                "\n{FAILED}{failures} of {steps} steps did not come out as they should.{FAILED:#}"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(row: &Row<'_>) -> String {
        let mut table = Table::new(Vec::new());
        table.heading("quickstart").unwrap();
        table.row(row).unwrap();
        table.ending(1, usize::from(row.reason.is_some())).unwrap();
        anstream::adapter::strip_str(std::str::from_utf8(&table.out).unwrap()).to_string()
    }

    #[test]
    fn it_fits_into_80_columns_whatever_comes_back() {
        let text = printed(&Row {
            asks: "something that takes more words than there is room for in its column",
            document: Some(&format!(r#"{{"exception": "{}"}}"#, "long ".repeat(60))),
            came_back: format!("200 {}", "x".repeat(5_000)),
            took: "12345 ms".to_owned(),
            notes: vec!["note ".repeat(40)],
            reason: Some("reason ".repeat(40)),
        });
        for line in text.lines() {
            assert!(line.chars().count() < 80, "{line}");
        }
        assert!(text.contains("FAILED something"));
        assert!(text.contains("1 of 1 steps did not"));
    }

    #[test]
    fn a_row_says_what_was_asked_for_and_what_came_back() {
        let text = printed(&Row {
            asks: "status code 503",
            document: Some(r#"{"statuscode": {"enabled": true}}"#),
            came_back: "503 no".to_owned(),
            took: "3 ms".to_owned(),
            notes: Vec::new(),
            reason: None,
        });
        let row = "\
ok     status code 503                 503 no                             3 ms
       {\"statuscode\": {\"enabled\": true}}
";
        assert!(text.contains(row), "{text}");
        assert!(text.contains("All 1 steps came out as they should"));
    }
}
