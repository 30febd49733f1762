//! What is said on standard error: progress, as cargo says it, and errors.

use std::io::Write as _;

use anstyle::{AnsiColor, Style};

const DOING: Style = AnsiColor::Green.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// One line of progress: what is being done, and to what.
pub(crate) fn say(doing: &str, what: &str) {
    // A closed standard error is no reason to end.
    let _ = writeln!(anstream::stderr(), "{DOING}{doing:>12}{DOING:#} {what}");
}

/// Lines that have their colours already.
pub(crate) fn block(lines: &str) {
    let _ = write!(anstream::stderr(), "{lines}");
}

/// Something that is not as it should be, and does not end the command.
pub(crate) fn warning(what: &str) {
    let _ = writeln!(anstream::stderr(), "{WARNING}warning{WARNING:#}: {what}");
}

/// An error, with what to do about it.
pub(crate) fn error(what: &str) {
    let _ = writeln!(anstream::stderr(), "{ERROR}error{ERROR:#}: {what}");
}
