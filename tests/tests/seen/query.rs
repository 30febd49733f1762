//! The queries of the documentation find what they promise in the real lines.

use chaos_tests::{Line, function};
use serde_json::json;

const DOCUMENTATION: &str = include_str!("../../../chaos-core/src/guide/seen.md");

/// The commands of each Logs Insights query in the documentation.
fn queries() -> Vec<Vec<String>> {
    let text: Vec<&str> = DOCUMENTATION.lines().map(str::trim).collect();
    let blocks = text.split(|line| line.starts_with("```"));
    let queries = blocks.filter(|block| block.first().is_some_and(|line| is_query(line)));
    queries
        .map(|block| {
            let query = block.join(" ");
            query.split(" | ").map(str::to_owned).collect()
        })
        .collect()
}

fn is_query(line: &str) -> bool {
    line.starts_with("fields ") || line.starts_with("filter ")
}

/// Whether a line is let through by `filter NAME = "VALUE" and …`, or by another command.
fn passes(command: &str, line: &Line) -> bool {
    let Some(conditions) = command.strip_prefix("filter ") else {
        return true;
    };
    conditions.split(" and ").all(|condition| {
        let (name, value) = condition.split_once(" = ").expect("a comparison");
        line.json()[name] == value.trim_matches('"')
    })
}

/// The fields that a command names.
fn names(command: &str) -> Vec<&str> {
    let words = command.split(|letter: char| !(letter.is_alphanumeric() || "_@".contains(letter)));
    let (verb, words) = {
        let mut words = words.filter(|word| !word.is_empty());
        (words.next(), words)
    };
    match verb {
        Some("fields") => words.collect(),
        Some("stats") => words
            .filter(|word| !matches!(*word, "count" | "max" | "by" | "as" | "times"))
            .collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn they_find_the_injections() {
    let document = json!({
        "slow": {"enabled": true, "mode": "latency", "min_latency": 5},
        "refused": {"enabled": true, "mode": "exit"},
    });
    let function = function!("value").document(&document).start().await;
    for _ in 0..3 {
        function.answer(json!({})).await;
    }
    function.settle().await;
    let injected = function.actions("inject").len();
    assert!(injected >= 3, "{}", function.story());

    let queries = queries();
    assert_eq!(queries.len(), 2, "{queries:?}");
    for query in queries {
        let mut found = function.lines();
        found.retain(|line| query.iter().all(|command| passes(command, line)));
        assert_eq!(found.len(), injected, "{query:?}");
        for name in query.iter().flat_map(|command| names(command)) {
            // Those with an @ are made by CloudWatch.
            let there = |line: &Line| name.starts_with('@') || !line.json()[name].is_null();
            assert!(found.iter().all(there), "{name} of {query:?}");
        }
    }
}
