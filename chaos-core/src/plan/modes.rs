//! The table of modes: what a document may say of each, with its bounds.

use super::figures;
use super::table::{
    Attribute, DefaultValue, Kind, LARGEST_MB, LONGEST_BODY, LONGEST_MS, LONGEST_TEXT, ModeRow,
    attribute, measured,
};

const MESSAGE: Kind = Kind::Text {
    longest: LONGEST_TEXT,
};

const EXCEPTION: &[Attribute] = &[
    attribute(
        "exception_msg",
        MESSAGE,
        DefaultValue::Text("Injected exception"),
        "the error's message",
    ),
    attribute(
        "exception_type",
        Kind::Name,
        DefaultValue::Unset,
        "the error's type; unless written, what the place of the injection gives it",
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
                "the longest wait; unless written, min_latency, or 900000 where the distribution is not \
                 uniform",
            ),
            attribute(
                "distribution",
                Kind::Choice(&["uniform", "normal", "lognormal"]),
                DefaultValue::Text("uniform"),
                "how the waits are spread; all but uniform need mean and sigma",
            ),
            measured(
                "mean",
                LONGEST_MS,
                "ms",
                DefaultValue::Unset,
                "the mean of the waits; above 0 where they are lognormal",
            ),
            measured(
                "sigma",
                LONGEST_MS,
                "ms",
                DefaultValue::Unset,
                "the standard deviation of the waits",
            ),
        ],
        least: &["min_latency", "max_latency", "mean"],
        before: true,
        after: true,
        build: figures::latency,
    },
    ModeRow {
        name: "timeout",
        title: "waits until the invocation's deadline, less the buffer, then goes on",
        attributes: &[measured(
            "timeout_buffer_ms",
            LONGEST_MS,
            "ms",
            DefaultValue::Number(0.0),
            "how long before the deadline the wait ends; with 0, a second after it, so that Lambda ends the \
             invocation",
        )],
        least: &[],
        before: true,
        after: true,
        build: figures::timeout,
    },
    ModeRow {
        name: "diskspace",
        title: "takes blocks of the temporary directory while the invocation runs",
        attributes: &[
            measured(
                "disk_space",
                Kind::Integer {
                    min: 1,
                    max: LARGEST_MB,
                },
                "MB",
                DefaultValue::Integer(100),
                "how much to take; not beside leave_free",
            ),
            measured(
                "leave_free",
                Kind::Integer {
                    min: 0,
                    max: LARGEST_MB,
                },
                "MB",
                DefaultValue::Unset,
                "take all but so much, 10240 MB at most, instead of disk_space",
            ),
        ],
        least: &[],
        before: true,
        after: false,
        build: figures::disk_space,
    },
    ModeRow {
        name: "memory",
        title: "holds resident memory while the function runs; only where CHAOS_ALLOW names it",
        attributes: &[measured(
            "memory_mb",
            Kind::Integer {
                min: 1,
                max: LARGEST_MB,
            },
            "MB",
            DefaultValue::Integer(100),
            "how much to hold",
        )],
        least: &[],
        before: true,
        after: false,
        build: figures::memory,
    },
    ModeRow {
        name: "cpu",
        title: "keeps cores busy while the function runs; only where CHAOS_ALLOW names it",
        attributes: &[
            measured(
                "cpu_ms",
                Kind::Integer {
                    min: 1,
                    max: 900_000,
                },
                "ms",
                DefaultValue::Integer(900_000),
                "for how long at most; the end of the function ends it sooner",
            ),
            attribute(
                "cpu_threads",
                Kind::Integer { min: 1, max: 64 },
                DefaultValue::Unset,
                "how many busy threads; as many as there are cores unless written",
            ),
        ],
        least: &[],
        before: true,
        after: false,
        build: figures::cpu,
    },
    ModeRow {
        name: "denylist",
        title: "while the function runs, names of hosts do not resolve, in the whole process",
        attributes: &[attribute(
            "deny_list",
            Kind::Patterns,
            DefaultValue::Unset,
            "which names: regular expressions, at most 64 in a document, each of at most 16 KiB \
             compiled; none unless written",
        )],
        least: &["deny_list"],
        before: true,
        after: false,
        build: figures::deny_list,
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
        least: &[],
        before: true,
        after: true,
        build: figures::status_code,
    },
    ModeRow {
        name: "exception",
        title: "fails",
        attributes: EXCEPTION,
        least: &[],
        before: true,
        after: true,
        build: figures::exception,
    },
    ModeRow {
        name: "panic",
        title: "panics; only where CHAOS_ALLOW names it",
        attributes: &[attribute(
            "exception_msg",
            MESSAGE,
            DefaultValue::Text("Injected panic"),
            "the panic's message",
        )],
        least: &[],
        before: true,
        after: true,
        build: figures::panic,
    },
    ModeRow {
        name: "exit",
        title: "ends the process; only where CHAOS_ALLOW names it",
        attributes: &[attribute(
            "exit_code",
            Kind::Integer { min: 0, max: 255 },
            DefaultValue::Integer(1),
            "the process's exit code",
        )],
        least: &[],
        before: true,
        after: true,
        build: figures::exit,
    },
    ModeRow {
        name: "lost_reply",
        title: "does the work, and fails in place of its reply",
        attributes: EXCEPTION,
        least: &[],
        before: false,
        after: true,
        build: figures::lost_reply,
    },
    ModeRow {
        name: "duplicate",
        title: "runs the handler twice with the same event, as at-least-once delivery does, and \
                returns the second result",
        attributes: &[],
        least: &[],
        before: true,
        after: false,
        build: figures::duplicate,
    },
    ModeRow {
        name: "corruption",
        title: "spoils the function's own response: its body, or its headers",
        attributes: &[
            attribute(
                "body",
                Kind::Text {
                    longest: LONGEST_BODY,
                },
                DefaultValue::Unset,
                "the body in place of the response's own; unless it or headers are written, the \
                 response's own, cut short and mangled",
            ),
            attribute(
                "drop_headers",
                Kind::HeaderNames,
                DefaultValue::Unset,
                "the headers to take out, as those of CORS",
            ),
            attribute(
                "set_headers",
                Kind::Headers,
                DefaultValue::Unset,
                "the headers to set, whatever the response has under their names",
            ),
        ],
        least: &[],
        before: false,
        after: true,
        build: figures::corruption,
    },
];

/// The row of the mode of that name.
pub fn mode_row(name: &str) -> Option<&'static ModeRow> {
    MODES.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::FLAG_ATTRIBUTES;

    #[test]
    fn what_a_mode_needs_at_least_is_its_own() {
        for row in MODES {
            for key in row.least {
                assert!(row.attribute(key).is_some(), "{}.{key}", row.name);
            }
        }
    }

    #[test]
    fn no_mode_has_an_attribute_of_every_flag() {
        for row in MODES {
            for attribute in row.attributes {
                let same = |common: &Attribute| common.key == attribute.key;
                assert!(
                    !FLAG_ATTRIBUTES.iter().any(same),
                    "{}.{}",
                    row.name,
                    attribute.key
                );
            }
        }
    }
}
