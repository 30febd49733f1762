//! A document as a whole.

use serde_json::Value;

use super::Plan;
use super::finding::{Finding, Severity};

/// The largest document that is read, in bytes: 1 MiB.
pub const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;

/// What came of reading a document.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// What is to be done: the valid flags. Empty when the document is not usable.
    pub plan: Plan,
    /// What is wrong with the document, each with its field, the reason and what to write.
    pub findings: Vec<Finding>,
    /// The format that the document is in.
    pub format: Format,
    /// False when the document is invalid as a whole, which means no chaos: no JSON, no object,
    /// too large, or with invalid `settings`.
    pub usable: bool,
}

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// This project's own, a superset of failure-lambda 1.0's: one key a flag.
    Flags,
    /// failure-lambda 0.x's: `isEnabled`, `failureMode`, `rate`, …
    FailureLambda0,
    /// chaos-lambda's (Python): `is_enabled`, `fault_type`, `rate`, …
    ChaosLambda,
}

/// Reads a document in any of the three formats. Never fails: what is wrong is in the findings.
pub fn read(text: &str) -> Reading {
    match serde_json::from_str(text) {
        Ok(value) => read_value(&value),
        Err(error) => unusable(format!("no JSON: {error}")),
    }
}

/// Reads a document that has been parsed already, as [`read`] does.
pub fn read_value(_value: &Value) -> Reading {
    unusable("not read yet".to_owned())
}

fn unusable(message: String) -> Reading {
    Reading {
        plan: Plan::default(),
        findings: vec![Finding {
            path: String::new(),
            message,
            severity: Severity::Error,
        }],
        format: Format::Flags,
        usable: false,
    }
}
