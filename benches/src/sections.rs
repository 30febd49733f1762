//! The page's sections. A new one is a file and a line here.

use anyhow::Result;

use crate::function::{build_times, size};
use crate::measure::Effort;
use crate::process::Programs;
use crate::{clients, conditions, disk, expiry, latencies, table, threads};

/// One section of the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    /// What it is called on the command line.
    pub(crate) name: &'static str,
    /// Measures it.
    pub(crate) measure: fn(&Programs, Effort) -> Result<Page>,
}

/// All of them, in the page's order.
pub(crate) const SECTIONS: [Section; 9] = [
    Section {
        name: "calls",
        measure: table::section,
    },
    Section {
        name: "threads",
        measure: threads::section,
    },
    Section {
        name: "clients",
        measure: clients::section,
    },
    Section {
        name: "expiry",
        measure: expiry::section,
    },
    Section {
        name: "latencies",
        measure: latencies::section,
    },
    Section {
        name: "conditions",
        measure: conditions::section,
    },
    Section {
        name: "disk",
        measure: disk::section,
    },
    Section {
        name: "size",
        measure: size::section,
    },
    Section {
        name: "build",
        measure: build_times::section,
    },
];

/// What a section says.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Markdown.
    pub(crate) text: String,
    /// What does what it must not, a line each.
    pub(crate) over: Vec<String>,
}

impl From<String> for Page {
    fn from(text: String) -> Self {
        Self {
            text,
            over: Vec::new(),
        }
    }
}
