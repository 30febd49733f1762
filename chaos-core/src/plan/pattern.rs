//! Regular expressions that cost a bounded amount of memory and of time.
//!
//! A search takes time in proportion to the expression's size and to the text's length, so both
//! are bounded, and so is the number of expressions in a document: all of them together take no
//! more than about 0.1 s of a processor in an invocation, however hostile the document and the event.

use regex_lite::{Regex, RegexBuilder};

/// The most memory that one compiled expression may take.
const SIZE_LIMIT: usize = 4 * 1024;

/// Texts longer than this are not searched.
const TEXT_LIMIT: usize = 4 * 1024;

/// The same for expressions over names of hosts. A name is so short that four times the number of
/// expressions of four times the size take no longer.
const HOST_SIZE_LIMIT: usize = 16 * 1024;

/// No name of a host is longer, with the dot at its end.
const HOST_LIMIT: usize = 254;

/// A regular expression. It is found anywhere in a text unless it is anchored, and runs in time
/// linear in the text; look-around and back-references do not exist in it.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Pattern {
    /// Compiles an expression; the error says what is wrong with it and what to write.
    pub(super) fn compile(source: &str) -> Result<Self, String> {
        RegexBuilder::new(source)
            .size_limit(SIZE_LIMIT)
            .build()
            .map(Self)
            .map_err(|error| complaint(source, &error.to_string()))
    }

    /// Compiles an expression over names of hosts, in which the case of letters does not matter.
    pub(super) fn for_hosts(source: &str) -> Result<Self, String> {
        RegexBuilder::new(source)
            .case_insensitive(true)
            .size_limit(HOST_SIZE_LIMIT)
            .build()
            .map(Self)
            .map_err(|error| complaint(source, &error.to_string()))
    }

    /// The expression as the document has it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether the expression is found in the text; `None` for a text of more than 4 KiB, which
    /// is not searched, so that no event makes a function wait.
    pub fn found_in(&self, text: &str) -> Option<bool> {
        (text.len() <= TEXT_LIMIT).then(|| self.0.is_match(text))
    }

    /// Whether the expression of a deny list is found in the name of a host. A dot at the name's
    /// end, which says that it is complete, does not count, and what is longer than a name can be
    /// is none.
    pub fn found_in_host(&self, name: &str) -> bool {
        let name = name.strip_suffix('.').unwrap_or(name);
        name.len() < HOST_LIMIT && self.0.is_match(name)
    }
}

fn complaint(source: &str, error: &str) -> String {
    if ["(?=", "(?!", "(?<=", "(?<!"]
        .iter()
        .any(|look| source.contains(look))
    {
        return "look-around is not supported, since expressions run in linear time; \
                write the expression without; a condition is turned round by \"not\": true"
            .to_owned();
    }
    if error.contains("backreferences") {
        return "back-references are not supported, since expressions run in linear time; \
                write the expression without them"
            .to_owned();
    }
    if error.contains("size limit") {
        return "the expression is too large; write one with fewer or smaller repetitions"
            .to_owned();
    }
    format!(
        "no valid regular expression ({error}); correct it, or write a backslash before a character that stands for itself"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_expression_that_the_document_has() {
        let pattern = Pattern::compile("^a+$").unwrap();
        assert_eq!(pattern.as_str(), "^a+$");
        assert_eq!(pattern, Pattern::compile("^a+$").unwrap());
        assert_ne!(pattern, Pattern::compile("^b+$").unwrap());
    }

    #[test]
    fn what_is_longer_than_a_text_or_a_name_may_be_is_not_searched() {
        let any = Pattern::compile("").unwrap();
        assert_eq!(any.found_in(&"a".repeat(4 * 1024)), Some(true));
        assert_eq!(any.found_in(&"a".repeat(4 * 1024 + 1)), None);
        // RFC 1035: 253 characters, and the dot at the end.
        let any = Pattern::for_hosts("").unwrap();
        let longest = "a".repeat(253);
        assert!(any.found_in_host(&longest));
        assert!(any.found_in_host(&format!("{longest}.")));
        assert!(!any.found_in_host(&format!("{longest}a")));
        assert!(!any.found_in_host(&format!("{longest}a.")));
    }
}
