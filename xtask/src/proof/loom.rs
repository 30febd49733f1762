//! The gate under loom: the package `loom`.

use anyhow::{Result, bail};

use crate::shell::CommandLine;
use crate::workspace::Workspace;

use super::harness::Tests;
use super::{Ending, Row};

pub(super) fn run(workspace: &Workspace) -> Result<Ending> {
    let command = CommandLine::cargo()
        .args(["test", "--manifest-path", "loom/Cargo.toml", "--target-dir"])
        .arg(workspace.tools().join("loom"))
        .args(["--", "--nocapture", "--test-threads", "1"]);
    let mut rows = Vec::new();
    Tests::watch(&command, &workspace.root, |line| {
        if let Some((model, orders)) = counted(line) {
            rows.push(Row::new(model, format!("holds in all {orders} orders")));
        }
    })?;
    if rows.is_empty() {
        bail!(
            "no model was run: see that the tests in loom/src/models.rs still go through `every_order`, \
             which prints `NAME: N orders`"
        );
    }
    Ok(Ending::Held(rows))
}

/// `a model: 12 orders`, perhaps after what the test harness had written on the line.
fn counted(line: &str) -> Option<(&str, u64)> {
    let (model, orders) = line.strip_suffix(" orders")?.rsplit_once(": ")?;
    let model = model.rsplit_once("... ").map_or(model, |(_, model)| model);
    Some((model, orders.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn what_a_model_says_is_read() {
        let line = "test models::a_model ... a model: 12 orders";
        assert_eq!(counted(line), Some(("a model", 12)));
        assert_eq!(counted("a model: 3 orders"), Some(("a model", 3)));
        assert_eq!(counted("running 8 tests"), None);
    }
}
