//! What a table of attributes says, and the table of those that every flag has; `modes.rs` has
//! those of each mode.
//!
//! Validation reads them, and so does whatever describes the format to people.

use super::figures::Build;

/// One mode, as documents know it.
#[derive(Debug)]
#[non_exhaustive]
pub struct ModeRow {
    /// Its name in documents.
    pub name: &'static str,
    /// One line on what it does.
    pub title: &'static str,
    /// Its own attributes, beside those of every flag ([`FLAG_ATTRIBUTES`]).
    pub attributes: &'static [Attribute],
    /// Of these at least one must be written for the mode to do anything; of none, it does what its
    /// defaults say.
    pub least: &'static [&'static str],
    /// Whether `phase` may be `before`, which it is then unless written.
    pub before: bool,
    /// Whether `phase` may be `after`.
    pub after: bool,
    pub(super) build: Build,
}

impl ModeRow {
    /// The mode's own attribute of that key.
    pub fn attribute(&self, key: &str) -> Option<&'static Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.key == key)
    }
}

/// One attribute of a flag or of `settings`.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attribute {
    /// Its key.
    pub key: &'static str,
    /// What may be written.
    pub kind: Kind,
    /// The unit of a number.
    pub unit: Option<&'static str>,
    /// What holds when it is not written.
    pub default: DefaultValue,
    /// One line on what it means.
    pub help: &'static str,
}

/// What may be written as an attribute's value.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A number, decimals allowed.
    Number {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
    /// A whole number.
    Integer {
        /// The least.
        min: u64,
        /// The greatest.
        max: u64,
    },
    /// A text of 1 to 4096 characters.
    Name,
    /// A text of at most so many characters, possibly empty.
    Text {
        /// The most characters.
        longest: usize,
    },
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A point in time as RFC 3339 writes it, with any offset.
    Time,
    /// A path into the event, or `label:` and the name of a label: at most 4096 characters.
    By,
    /// A glob or a list of at most 64 globs, of 1 to 4096 characters each.
    Globs,
    /// An object of at most 64 labels: each one's name, of 1 to 256 characters, with a text or
    /// a list of at most 64 texts, of 1 to 4096 characters each.
    Labels,
    /// A list of at most 64 conditions on the event, whose paths and values have at most 4096
    /// characters.
    Conditions,
    /// A text of at most 262144 characters, or any other JSON but null that has no more as text.
    Body,
    /// An object of texts: the names and values of HTTP headers, at most 50. Names have at most
    /// 256 characters and values at most 4096.
    Headers,
    /// The name of an HTTP header or a list of at most 50, of at most 256 characters each.
    HeaderNames,
    /// A list of at most 64 regular expressions, of at most 4096 characters each.
    Patterns,
}

/// What holds when an attribute is not written.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum DefaultValue {
    /// It must be written.
    Required,
    /// Nothing does; the attribute's line of help says what that means.
    Unset,
    /// This truth.
    Boolean(bool),
    /// This number.
    Number(f64),
    /// This whole number.
    Integer(u64),
    /// This text.
    Text(&'static str),
}

pub(super) const fn attribute(
    key: &'static str,
    kind: Kind,
    default: DefaultValue,
    help: &'static str,
) -> Attribute {
    Attribute {
        key,
        kind,
        unit: None,
        default,
        help,
    }
}

pub(super) const fn measured(
    key: &'static str,
    kind: Kind,
    unit: &'static str,
    default: DefaultValue,
    help: &'static str,
) -> Attribute {
    Attribute {
        key,
        kind,
        unit: Some(unit),
        default,
        help,
    }
}

/// The longest wait in milliseconds: the longest that a Lambda function may run.
pub(super) const LONGEST: f64 = 900_000.0;

/// The largest that `/tmp` can be, and the most memory that a function can have.
pub(super) const LARGEST_MB: u64 = 10_240;

pub(super) const LONGEST_MS: Kind = Kind::Number {
    min: 0.0,
    max: LONGEST,
};

/// The longest body of a response that a document gives, in characters.
pub(super) const LONGEST_BODY: usize = 262_144;

/// The longest of all other texts, in characters.
pub(super) const LONGEST_TEXT: usize = 4_096;

/// The most entries of a list, and the most labels.
pub(super) const MOST_ENTRIES: usize = 64;

/// The longest name of a flag, in characters: it stands on every line of the log that is about it.
pub(super) const LONGEST_FLAG_NAME: usize = 256;

/// The longest name of a label, in characters.
pub(super) const LONGEST_LABEL_NAME: usize = 256;

/// The most headers that a flag sets or takes out.
pub(super) const MOST_HEADERS: usize = 50;

/// The longest name of a header, in characters.
pub(super) const LONGEST_HEADER_NAME: usize = 256;

/// The longest value of a header, in characters.
pub(super) const LONGEST_HEADER_VALUE: usize = 4_096;

const PHASES: &[&str] = &["before", "after"];

/// The attributes of every flag, whatever its mode.
pub static FLAG_ATTRIBUTES: &[Attribute] = &[
    attribute(
        "enabled",
        Kind::Boolean,
        DefaultValue::Required,
        "whether the flag is switched on",
    ),
    attribute(
        "mode",
        Kind::Name,
        DefaultValue::Unset,
        "the flag's mode; its key unless written",
    ),
    attribute(
        "percentage",
        Kind::Number {
            min: 0.0,
            max: 100.0,
        },
        DefaultValue::Number(100.0),
        "how many of 100 calls are hit, decimals allowed",
    ),
    attribute(
        "match",
        Kind::Conditions,
        DefaultValue::Unset,
        "conditions on the event, at most 64, all of which must hold; a regular expression has at most \
         4 KiB compiled, and a document 16 of them",
    ),
    attribute(
        "point",
        Kind::Globs,
        DefaultValue::Unset,
        "globs over injection points; the handler unless written",
    ),
    attribute(
        "labels",
        Kind::Labels,
        DefaultValue::Unset,
        "the labels that a call must have, with their values",
    ),
    attribute(
        "by",
        Kind::By,
        DefaultValue::Unset,
        "what the roll is taken from; at random unless written",
    ),
    attribute(
        "phase",
        Kind::Choice(PHASES),
        DefaultValue::Text("before"),
        "before: the work is not done; after: it is done, then it fails, which a lost reply and a corruption always are",
    ),
    attribute(
        "every",
        Kind::Integer {
            min: 1,
            max: u64::MAX,
        },
        DefaultValue::Unset,
        "each n-th call only",
    ),
    attribute(
        "skip_first",
        Kind::Integer {
            min: 0,
            max: u64::MAX,
        },
        DefaultValue::Integer(0),
        "how many calls are let through first",
    ),
    attribute(
        "limit",
        Kind::Integer {
            min: 1,
            max: u64::MAX,
        },
        DefaultValue::Unset,
        "at most so many injections",
    ),
    attribute(
        "starts_at",
        Kind::Time,
        DefaultValue::Unset,
        "nothing is injected before this time",
    ),
    attribute(
        "expires_at",
        Kind::Time,
        DefaultValue::Unset,
        "nothing is injected from this time on",
    ),
];
