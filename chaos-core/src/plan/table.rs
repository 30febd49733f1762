//! The table of modes: what a document may say of each, with its bounds.
//!
//! Validation reads it, and so does whatever describes the format to people.

use super::figures::{self, Build};

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
    /// A text, possibly empty.
    Text,
    /// A text that is not empty.
    Name,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A point in time as RFC 3339 writes it, with any offset.
    Time,
    /// A path into the event, or `label:` and the name of a label.
    By,
    /// A glob or a list of globs.
    Globs,
    /// An object: each label's name with a text or a list of texts.
    Labels,
    /// A list of conditions on the event.
    Conditions,
    /// A text, or any other JSON but null.
    Body,
    /// An object of texts: the names and values of HTTP headers.
    Headers,
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

const fn attribute(
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

const fn measured(
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

/// The longest wait: the longest that a Lambda function may run.
const LONGEST_MS: Kind = Kind::Number {
    min: 0.0,
    max: 900_000.0,
};

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
        "conditions on the event, all of which must hold",
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
        "before: the work is not done; after: it is done, then it fails",
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

/// The modes that there are, in the order in which they are applied.
pub static MODES: &[ModeRow] = &[
    ModeRow {
        name: "latency",
        title: "waits, then goes on",
        attributes: &[
            measured(
                "min_latency",
                LONGEST_MS,
                "ms",
                DefaultValue::Unset,
                "the shortest wait; 0 unless written",
            ),
            measured(
                "max_latency",
                LONGEST_MS,
                "ms",
                DefaultValue::Unset,
                "the longest wait; min_latency unless written",
            ),
        ],
        after: true,
        build: figures::latency,
    },
    ModeRow {
        name: "diskspace",
        title: "takes blocks of the temporary directory while the invocation runs",
        attributes: &[measured(
            "disk_space",
            Kind::Integer {
                min: 1,
                max: 10_240,
            },
            "MB",
            DefaultValue::Integer(100),
            "how much to take",
        )],
        after: false,
        build: figures::disk_space,
    },
    ModeRow {
        name: "statuscode",
        title: "answers with a status code; phase after: replaces the code of the handler's response",
        attributes: &[
            attribute(
                "status_code",
                Kind::Integer { min: 100, max: 599 },
                DefaultValue::Integer(500),
                "the HTTP status code",
            ),
            attribute(
                "body",
                Kind::Body,
                DefaultValue::Unset,
                "the response's body; a message in JSON that names the code unless written",
            ),
            attribute(
                "headers",
                Kind::Headers,
                DefaultValue::Unset,
                "headers of the response",
            ),
        ],
        after: true,
        build: figures::status_code,
    },
    ModeRow {
        name: "exception",
        title: "fails",
        attributes: &[
            attribute(
                "exception_msg",
                Kind::Text,
                DefaultValue::Text("Injected exception"),
                "the error's message",
            ),
            attribute(
                "exception_type",
                Kind::Name,
                DefaultValue::Unset,
                "the error's type; unless written, what the place of the injection gives it",
            ),
        ],
        after: true,
        build: figures::exception,
    },
];

/// The row of the mode of that name.
pub fn mode_row(name: &str) -> Option<&'static ModeRow> {
    MODES.iter().find(|row| row.name == name)
}

/// Every mode of the format with its keys, those included that this version does not have: they
/// are known, so that a document with them gets an answer to the point.
pub(super) const FORMAT: &[(&str, &[&str])] = &[
    (
        "latency",
        &[
            "min_latency",
            "max_latency",
            "distribution",
            "mean",
            "sigma",
        ],
    ),
    ("timeout", &["timeout_buffer_ms"]),
    ("diskspace", &["disk_space", "leave_free"]),
    ("memory", &["memory_mb"]),
    ("cpu", &["cpu_ms", "cpu_threads"]),
    ("denylist", &["deny_list"]),
    ("statuscode", &["status_code", "body", "headers"]),
    ("exception", &["exception_msg", "exception_type"]),
    ("panic", &["exception_msg"]),
    ("exit", &["exit_code"]),
    ("lost_reply", &["exception_msg", "exception_type"]),
    ("duplicate", &[]),
    ("corruption", &["body", "drop_headers", "set_headers"]),
];

/// The keys that the format gives a mode; none for what is no mode.
pub(super) fn format_keys(mode: &str) -> &'static [&'static str] {
    FORMAT
        .iter()
        .find(|(name, _)| *name == mode)
        .map_or(&[], |(_, keys)| keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_within_the_format_and_in_its_order() {
        let order: Vec<_> = FORMAT.iter().map(|(name, _)| *name).collect();
        let places: Vec<_> = MODES
            .iter()
            .map(|row| order.iter().position(|name| *name == row.name))
            .collect();
        assert!(places.iter().all(Option::is_some));
        assert!(places.is_sorted());
        for row in MODES {
            for attribute in row.attributes {
                assert!(
                    format_keys(row.name).contains(&attribute.key),
                    "{}",
                    attribute.key
                );
                assert!(
                    FLAG_ATTRIBUTES
                        .iter()
                        .all(|common| common.key != attribute.key)
                );
            }
        }
    }
}
