//! What is wrong with a document, and what to write instead.

use std::fmt;

/// Something in a document that is not as it should be.
///
/// Its `Display` is one line: `latency.max_latency: 100 is less than min_latency (500); write at
/// least 500`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The field, as the document spells it: `latency.max_latency`, `api.match[0].value`. Empty
    /// for the document as a whole.
    pub path: String,
    /// What is wrong, and what to write instead.
    pub message: String,
    /// What follows from it.
    pub severity: Severity,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

/// What follows from a [`Finding`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// The flag is skipped; or the document, when the finding is about the document or its
    /// `settings`.
    Error,
    /// What the path names is ignored, the rest is applied.
    Warning,
}
