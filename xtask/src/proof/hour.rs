//! A million invocations while Parameter Store is in trouble: `chaos-core/src/chaos/hour.rs`.

use anyhow::{Result, bail};

use crate::shell::CommandLine;
use crate::workspace::Workspace;

use super::harness::Tests;
use super::{Ending, Row};

pub(super) fn run(workspace: &Workspace) -> Result<Ending> {
    let command = CommandLine::cargo()
        .args(["test", "--package", "chaos-core", "--all-features", "--lib"])
        .args(["--", "chaos::hour", "--nocapture"])
        .env("CHAOS_HOUR_INVOCATIONS", "1000000");
    let mut rows = Vec::new();
    Tests::watch(&command, &workspace.root, |line| rows.extend(told(line)))?;
    if rows.is_empty() {
        bail!(
            "no hour was run: see that the tests in chaos-core/src/chaos/hour.rs still print \
             `cache time TTL: WHAT CAME OF IT`"
        );
    }
    Ok(Ending::Held(rows))
}

/// `cache time 1s: what came of it`.
fn told(line: &str) -> Option<Row> {
    let (ttl, came) = line.strip_prefix("cache time ")?.split_once(": ")?;
    Some(Row::new(format!("a cache time of {ttl}"), came))
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn what_an_hour_says_is_read() {
        let row = told("cache time 1s: 50 invocations; 3 requests").unwrap();
        assert_eq!(row.what, "a cache time of 1s");
        assert_eq!(row.result, "50 invocations; 3 requests");
        assert!(told("running 1 test").is_none());
    }
}
