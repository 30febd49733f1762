//! Findings as they are made.

use serde_json::Value;

use super::finding::{Finding, Severity};
use super::json::json_text;

/// So many findings are worth reading; of the rest the number is given.
const MAX_FINDINGS: usize = 100;

/// So many regular expressions may be in one document, since each takes memory, and time in a call.
const MAX_PATTERNS: usize = 16;

/// So many may be in its deny lists. They search names of hosts, which are short.
const MAX_HOSTS: usize = 64;

/// So much of a key or a value is shown in a finding, in characters.
const SHOWN: usize = 40;

/// Collects findings, and counts what a document may have a bounded number of.
#[derive(Debug, Default)]
pub(super) struct Report {
    findings: Vec<Finding>,
    left_out: usize,
    patterns: usize,
    hosts: usize,
}

impl Report {
    pub(super) fn error(&mut self, path: String, message: impl Into<String>) {
        self.add(path, message.into(), Severity::Error);
    }

    pub(super) fn warning(&mut self, path: String, message: impl Into<String>) {
        self.add(path, message.into(), Severity::Warning);
    }

    #[cold]
    #[inline(never)]
    fn add(&mut self, path: String, message: String, severity: Severity) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding {
                path,
                message,
                severity,
            });
        } else {
            self.left_out += 1;
        }
    }

    /// Whether the document may have one more regular expression.
    pub(super) fn one_more_pattern(&mut self) -> Result<(), String> {
        self.patterns += 1;
        if self.patterns <= MAX_PATTERNS {
            return Ok(());
        }
        Err(format!(
            "more than {MAX_PATTERNS} regular expressions in one document; write \
             \"startsWith\" or \"eq\" where that is enough"
        ))
    }

    /// Whether the document may have one more regular expression over names of hosts.
    pub(super) fn one_more_host(&mut self) -> Result<(), String> {
        self.hosts += 1;
        if self.hosts <= MAX_HOSTS {
            return Ok(());
        }
        Err(format!(
            "more than {MAX_HOSTS} regular expressions in the deny lists of one document; write \
             fewer, several names in one with \"|\" between"
        ))
    }

    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        if self.left_out > 0 {
            let message = format!(
                "{} more findings are not listed; correct these first",
                self.left_out
            );
            self.findings.push(Finding {
                path: String::new(),
                message,
                severity: Severity::Warning,
            });
        }
        self.findings
    }
}

/// A key of a document as the [path of a finding](super::Finding::path) has it: at most 40
/// characters and `…` for the rest, and on one line.
///
/// ```
/// use chaos_core::plan::key_in_path;
///
/// assert_eq!(key_in_path("slow-cache"), "slow-cache");
/// assert_eq!(key_in_path("two\nlines"), "two\\nlines");
/// assert_eq!(key_in_path(&"x".repeat(41)), format!("{}…", "x".repeat(40)));
/// ```
pub fn spelled(key: &str) -> String {
    let mut spelled: String = key.chars().take(SHOWN).flat_map(visible).collect();
    if key.chars().nth(SHOWN).is_some() {
        spelled.push('…');
    }
    spelled
}

fn visible(character: char) -> impl Iterator<Item = char> {
    let escaped = character.is_control().then(|| character.escape_default());
    let plain = escaped.is_none().then_some(character);
    escaped.into_iter().flatten().chain(plain)
}

/// A text in quotes, cut as [`spelled`] cuts.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", spelled(text))
}

/// A value that is no list and no object, cut as [`spelled`] cuts.
pub(super) fn shown(value: &Value) -> String {
    spelled(&json_text(value))
}

/// What stands where something else should: `"50" is a text`. For what may hold anybody's text
/// there is [`kind_of`].
pub(super) fn described(value: &Value) -> String {
    match value {
        Value::Null => "null is no value".to_owned(),
        Value::Bool(truth) => format!("{truth} is a boolean"),
        Value::Number(_) => format!("{} is a number", shown(value)),
        Value::String(text) => format!("{} is a text", quoted(text)),
        Value::Array(_) | Value::Object(_) => kind_of(value).to_owned(),
    }
}

/// What stands where something else should, without what it says: findings are logged, and where
/// the wrong parameter was named, or a text is free, that may be a secret.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null is no value",
        Value::Bool(_) => "a boolean stands here",
        Value::Number(_) => "a number stands here",
        Value::String(_) => "a text stands here",
        Value::Array(_) => "a list stands here",
        Value::Object(_) => "an object stands here",
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    joined(&names.into_iter().collect::<Vec<&str>>(), last)
}

#[inline(never)]
fn joined(names: &[&str], last: &str) -> String {
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}
