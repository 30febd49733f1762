//! A document that has been read as functions read it, and what was found.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use chaos_core::plan::{self, Finding, Format, Reading, Severity};

use super::position::{Position, Positions, no_json};
use super::{Text, number};

/// A document that has been read, with its findings in the order of the text.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) reading: Reading,
    pub(crate) findings: Vec<(Position, Finding)>,
    /// Whether it is JSON at all.
    pub(crate) json: bool,
    name: String,
}

impl Checked {
    pub(crate) fn new(text: &Text) -> Self {
        let mut reading = plan::read(&text.text);
        let positions = Positions::of(&text.text);
        let broken = no_json(&text.text);
        let found = std::mem::take(&mut reading.findings).into_iter();
        let mut findings: Vec<(Position, Finding)> = found
            .map(|finding| {
                let at = broken.unwrap_or_else(|| positions.find(&finding.path));
                (at, finding)
            })
            .collect();
        findings.sort_by_key(|(at, _)| (at.line, at.column));
        Self {
            reading,
            findings,
            json: broken.is_none(),
            name: text.name.clone(),
        }
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    fn count(&self, severity: Severity) -> usize {
        let of_it = |(_, finding): &&(Position, Finding)| finding.severity == severity;
        self.findings.iter().filter(of_it).count()
    }

    /// `2 errors and 1 warning`, `nothing found`.
    pub(crate) fn counted(&self) -> String {
        let errors = number(self.count(Severity::Error), "error");
        let warnings = number(self.count(Severity::Warning), "warning");
        match (self.has_errors(), self.count(Severity::Warning)) {
            (true, 0) => errors,
            (true, _) => format!("{errors} and {warnings}"),
            (false, 0) => "nothing found".to_owned(),
            (false, _) => warnings,
        }
    }

    /// ` in the format of chaos-lambda`, or nothing where it is this project's own.
    pub(crate) fn older_format(&self) -> Option<&'static str> {
        match self.reading.format {
            Format::FailureLambda0 => Some("failure-lambda 0.x"),
            Format::ChaosLambda => Some("chaos-lambda"),
            _ => None,
        }
    }

    /// A line for each finding, as compilers write them. The document itself is not shown: it may
    /// be the wrong one, and secret.
    pub(crate) fn print_findings(&self, out: &mut impl Write) -> io::Result<()> {
        let name = &self.name;
        for (Position { line, column }, finding) in &self.findings {
            let (word, style) = (severity(finding.severity), style(finding.severity));
            writeln!(
                out,
                "{name}:{line}:{column}: {style}{word}{style:#}: {finding}"
            )?;
        }
        Ok(())
    }
}

/// `error` or `warning`.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "warning",
        _ => "error",
    }
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        _ => AnsiColor::Red.on_default().bold(),
    }
}
