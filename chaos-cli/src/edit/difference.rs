//! What a change changes, for people.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();

/// So many lines round a change are shown.
const CONTEXT: usize = 2;

/// A line longer than this is no line to compare.
const LONG: usize = 160;

/// The lines that are different, with those around them, and with colours.
pub(crate) fn difference(old: &str, new: &str) -> String {
    let (old, new) = if has_long_lines(old) || has_long_lines(new) {
        (spread_out(old), spread_out(new))
    } else {
        (old.to_owned(), new.to_owned())
    };
    let diff = TextDiff::from_lines(&old, &new);
    let mut shown = String::new();
    for (position, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if position > 0 {
            shown.push_str("  …\n");
        }
        for change in group.iter().flat_map(|part| diff.iter_changes(part)) {
            let line = change.value().trim_end_matches(['\r', '\n']);
            // Writing to a text does not fail.
            let _ = match change.tag() {
                ChangeTag::Equal => writeln!(shown, "  {line}"),
                ChangeTag::Delete => writeln!(shown, "{OLD}- {line}{OLD:#}"),
                ChangeTag::Insert => writeln!(shown, "{NEW}+ {line}{NEW:#}"),
            };
        }
    }
    shown
}

fn has_long_lines(text: &str) -> bool {
    text.lines().any(|line| line.len() > LONG)
}

/// The same JSON with a line for each of its parts.
fn spread_out(text: &str) -> String {
    serde_json::from_str::<Value>(text)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(old: &str, new: &str) -> String {
        anstream::adapter::strip_str(&difference(old, new)).to_string()
    }

    #[test]
    fn lines_that_changed_are_shown_with_those_around_them() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = old.replace("5\n", "five\n");
        assert_eq!(plain(old, &new), "  3\n  4\n- 5\n+ five\n  6\n  7\n");
        assert_eq!(plain(old, old), "");
    }

    #[test]
    fn a_document_on_one_line_is_spread_out() {
        let long = "x".repeat(200);
        let old = format!(r#"{{"a": 1, "long": "{long}"}}"#);
        let shown = plain(&old, &old.replace('1', "2"));
        assert!(shown.contains("-   \"a\": 1,\n+   \"a\": 2,"), "{shown}");
    }
}
