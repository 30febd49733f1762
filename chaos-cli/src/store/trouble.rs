//! What goes wrong with a place, told apart by what can be done about it.

use std::fmt;

use crate::ending::Ending;

/// Why a place could not be read or written. Its text says what, where and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) kind: Kind,
    message: String,
    /// What somebody else wrote, where that is in the way.
    pub(crate) theirs: Option<String>,
}

/// What kind of trouble it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// There is no such thing.
    Missing,
    /// It is there already.
    Exists,
    /// A right is missing.
    Denied,
    /// Somebody else changed it, or is about to.
    Conflict,
    Other,
}

impl Trouble {
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            kind,
            message,
            theirs: None,
        }
    }

    pub(super) fn with_theirs(self, theirs: Option<String>) -> Self {
        Self { theirs, ..self }
    }

    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self::new(Kind::Missing, message)
    }

    pub(super) fn other(message: impl Into<String>) -> Self {
        Self::new(Kind::Other, message)
    }

    pub(crate) fn is_missing(&self) -> bool {
        self.kind == Kind::Missing
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Trouble {}

impl From<Trouble> for Ending {
    fn from(trouble: Trouble) -> Self {
        Self::Failed(trouble.into())
    }
}
