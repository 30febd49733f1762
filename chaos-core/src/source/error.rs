//! Why a document could not be fetched.

use std::error::Error;
use std::fmt;

/// Why a document could not be fetched.
///
/// There are two sorts. The source answered, and there is no document: [`missing`](Self::missing)
/// and [`invalid`](Self::invalid) end all chaos at once. Or the source did not answer:
/// [`unavailable`](Self::unavailable) leaves the last good document in force, at most for
/// `CHAOS_MAX_STALE` seconds.
///
/// `Display` gives the message alone; [`source`](Error::source) the error underneath.
#[derive(Debug)]
pub struct SourceError {
    kind: Kind,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Missing,
    Invalid,
    Unavailable,
}

impl SourceError {
    /// The document does not exist: no chaos, at once.
    ///
    /// The message says what does not exist and how to make it.
    pub fn missing(message: impl Into<String>) -> Self {
        Self::new(Kind::Missing, message)
    }

    /// What is there can be no document (not UTF-8, too large): no chaos, at once.
    ///
    /// Text that is no valid document needs no error: return it, it is checked later.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, message)
    }

    /// There was no answer that says anything about the document: the last good one stays in
    /// force, and it is fetched again with backoff.
    ///
    /// The message says what went wrong and what to do. It is logged when it differs from the
    /// last one, so leave out what differs each time (request ids, times): put that into
    /// [`with_source`](Self::with_source).
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable, message)
    }

    /// Adds the error underneath, whose text is shown after the message.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether the document does not exist.
    pub fn is_missing(&self) -> bool {
        self.kind == Kind::Missing
    }

    /// Whether what is there can be no document.
    pub fn is_invalid(&self) -> bool {
        self.kind == Kind::Invalid
    }

    /// Whether the source did not answer, so that the last good document stays in force.
    pub fn is_unavailable(&self) -> bool {
        self.kind == Kind::Unavailable
    }

    #[cold]
    #[inline(never)]
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// The message and every error underneath, which `Display` leaves out.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.message.clone();
        let mut next = self.source();
        while let Some(error) = next {
            let this = error.to_string();
            // many errors already quote the one underneath
            if !text.contains(&this) {
                text.push_str(": ");
                text.push_str(&this);
            }
            next = error.source();
        }
        text
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for SourceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|error| error as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_names_every_error_underneath_once() {
        let io = std::io::Error::other("connection refused");
        let error = SourceError::unavailable("SSM cannot be reached").with_source(io);
        assert_eq!(error.to_string(), "SSM cannot be reached");
        assert_eq!(error.chain(), "SSM cannot be reached: connection refused");

        let again = SourceError::unavailable("it said: no").with_source("no");
        assert_eq!(again.chain(), "it said: no");
    }

    #[test]
    fn the_kinds_exclude_each_other() {
        let kinds = |e: &SourceError| (e.is_missing(), e.is_invalid(), e.is_unavailable());
        assert_eq!(kinds(&SourceError::missing("")), (true, false, false));
        assert_eq!(kinds(&SourceError::invalid("")), (false, true, false));
        assert_eq!(kinds(&SourceError::unavailable("")), (false, false, true));
    }
}
