//! What can be asked of somebody, and whether somebody is there.

use std::io::{IsTerminal as _, stderr, stdin};

use inquire::InquireError;

use crate::ending::Ending;

/// Whether somebody sits there who can be asked.
pub(crate) fn is_there() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// How many columns a table may have: the terminal's, or enough for most.
pub(crate) fn width() -> u16 {
    const USUAL: u16 = 120;
    const LEAST: u16 = 60;
    let own = crossterm::terminal::size().map(|(columns, _)| columns);
    let columns = own.ok().filter(|_| std::io::stdout().is_terminal());
    columns.unwrap_or(USUAL).max(LEAST)
}

/// Whether the answer is yes; no unless it is said.
pub(crate) fn confirmed(question: &str) -> Result<bool, Ending> {
    inquire::Confirm::new(question)
        .with_default(false)
        .prompt()
        .map_err(ended)
}

/// One of several.
pub(crate) fn chosen<T: std::fmt::Display>(question: &str, from: Vec<T>) -> Result<T, Ending> {
    inquire::Select::new(question, from).prompt().map_err(ended)
}

/// Some of several.
pub(crate) fn picked<T: std::fmt::Display>(question: &str, from: Vec<T>) -> Result<Vec<T>, Ending> {
    inquire::MultiSelect::new(question, from)
        .prompt()
        .map_err(ended)
}

/// A text, with what to write for it.
pub(crate) fn text(question: &str, help: &str) -> Result<String, Ending> {
    inquire::Text::new(question)
        .with_help_message(help)
        .prompt()
        .map_err(ended)
}

fn ended(error: InquireError) -> Ending {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => Ending::Interrupted,
        other => Ending::Failed(other.into()),
    }
}
