//! What is said of a write.

use std::process::ExitCode;

use crate::edit::difference;
use crate::progress;
use crate::store::{Between, Store, Trouble, Written};

/// Says what others wrote in between and how it was merged.
pub(crate) fn report(written: &Written) {
    for (position, between) in written.between.iter().enumerate() {
        progress::warning(&who(between));
        for decided in &between.decided {
            progress::warning(decided);
        }
        let next = written.between.get(position + 1);
        let after = next.map_or(&written.text, |next| &next.before);
        progress::block(&difference(&between.before, after));
    }
    if let Some(unseen) = &written.unseen {
        progress::error(unseen);
    }
}

/// Shows what somebody else wrote that is in the way.
pub(crate) fn report_theirs(found: &str, trouble: &Trouble) {
    if let Some(theirs) = &trouble.theirs {
        progress::block(&difference(found, theirs));
    }
}

fn who(between: &Between) -> String {
    let versions: Vec<String> = between
        .versions
        .iter()
        .map(|(version, by)| match by {
            Some(by) => format!("version {version} by {by}"),
            None => format!("version {version}"),
        })
        .collect();
    let others = if versions.is_empty() {
        "a change by somebody else".to_owned()
    } else {
        versions.join(" and ")
    };
    format!("{others} came in between, and was merged")
}

/// Whether all that others wrote is still there.
pub(crate) fn exit_code(written: &Written) -> ExitCode {
    if written.unseen.is_some() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Where it is, and in which version: `parameter /orders/chaos (version 7)`.
pub(crate) fn place(store: &Store, version: Option<u64>) -> String {
    let name = store.name();
    match version {
        Some(version) => format!("{name} (version {version})"),
        None => name,
    }
}
