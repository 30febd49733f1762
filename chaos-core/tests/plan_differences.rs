//! Where this project reads documents otherwise than its peers on purpose, one test a difference. The tables at
//! the end of ARCHITECTURE.md name them.

use std::path::Path;

use chaos_core::plan::{self, Reading, Severity};
use serde_json::{Value, json};

fn read(document: &Value) -> Reading {
    plan::read(&document.to_string())
}

#[track_caller]
fn accepted(document: &Value) {
    let reading = read(document);
    assert_eq!(reading.findings, [], "{document}");
    assert_eq!(reading.plan.flags.len(), 1, "{document}");
}

/// The flag is skipped, for this field.
#[track_caller]
fn refused(document: &Value, field: &str) {
    let reading = read(document);
    let errors = reading.findings.iter();
    let errors = errors.filter(|finding| finding.severity == Severity::Error);
    let fields: Vec<&str> = errors.map(|finding| &*finding.path).collect();
    assert_eq!(fields, [field], "{document}");
    assert_eq!(reading.plan.flags, [], "{document}");
}

fn regex(value: &str) -> Value {
    json!({ "exception": { "enabled": true, "match": [{ "path": "a", "operator": "regex", "value": value }] } })
}

/// Whether a condition holds for an event.
#[track_caller]
fn holds(condition: &Value, event: &Value) -> bool {
    let reading = read(&json!({ "exception": { "enabled": true, "match": [condition] } }));
    assert_eq!(reading.findings, [], "{condition}");
    reading.plan.flags[0].aim.conditions[0].holds(event)
}

#[test]
fn percentage_may_have_decimals() {
    accepted(&json!({ "exception": { "enabled": true, "percentage": 0.5 } }));
}

#[test]
fn nested_quantifiers_are_accepted() {
    accepted(&regex("(a+)+$"));
}

#[test]
fn look_around_is_refused() {
    refused(&regex("^(?!/health)"), "exception.match[0].value");
}

#[test]
fn back_references_are_refused() {
    refused(&regex("(a)\\1"), "exception.match[0].value");
}

#[test]
fn a_key_of_no_mode_skips_its_flag() {
    refused(
        &json!({ "exception": { "enabled": true, "percantage": 1 } }),
        "exception.percantage",
    );
}

#[test]
fn a_key_of_no_condition_skips_its_flag() {
    refused(
        &json!({ "exception": { "enabled": true, "match": [{ "path": "a", "value": "b", "operater": "eq" }] } }),
        "exception.match[0].operater",
    );
}

#[test]
fn no_wait_is_longer_than_a_function_may_run() {
    refused(
        &json!({ "latency": { "enabled": true, "min_latency": 900_001 } }),
        "latency.min_latency",
    );
}

#[test]
fn megabytes_are_whole() {
    refused(
        &json!({ "diskspace": { "enabled": true, "disk_space": 0.5 } }),
        "diskspace.disk_space",
    );
}

#[test]
fn status_codes_are_whole() {
    refused(
        &json!({ "statuscode": { "enabled": true, "status_code": 404.5 } }),
        "statuscode.status_code",
    );
}

#[test]
fn a_flag_may_have_any_name() {
    accepted(&json!({ "slow": { "enabled": true, "mode": "latency", "min_latency": 1 } }));
}

#[test]
fn an_expression_has_a_bounded_size() {
    refused(&regex(&"a".repeat(140)), "exception.match[0].value");
}

#[test]
fn a_document_has_at_most_16_expressions() {
    let condition = json!({ "path": "a", "operator": "regex", "value": "a" });
    let document = json!({ "exception": { "enabled": true, "match": vec![condition; 17] } });
    refused(&document, "exception.match[16].value");
}

#[test]
fn texts_and_lists_have_a_bounded_length() {
    let text = "a".repeat(4_097);
    refused(
        &json!({ "exception": { "enabled": true, "exception_msg": text } }),
        "exception.exception_msg",
    );
    let body = "a".repeat(262_145);
    refused(
        &json!({ "statuscode": { "enabled": true, "body": body } }),
        "statuscode.body",
    );
    let conditions = vec![json!({ "path": "a", "value": "b" }); 65];
    refused(
        &json!({ "exception": { "enabled": true, "match": conditions } }),
        "exception.match",
    );
    let flag = json!({ "mode": "exception", "enabled": true });
    let [long, longer] = [256, 257].map(|length| "n".repeat(length));
    assert_eq!(read(&json!({ long: flag })).findings, []);
    let shown = format!("{}…", &longer[..40]);
    refused(&json!({ longer: flag }), &shown);
}

#[test]
fn a_document_has_at_most_256_flags() {
    let flag = json!({ "mode": "exception", "enabled": true });
    let flags = (0..257).map(|n| (n.to_string(), flag.clone()));
    let reading = read(&Value::Object(flags.collect()));
    assert_eq!(reading.plan.flags.len(), 256);
    assert_eq!(reading.findings[0].severity, Severity::Error);
}

#[test]
fn a_key_that_is_there_twice_is_said() {
    let reading = plan::read(r#"{ "exception": { "enabled": true, "enabled": false } }"#);
    assert_eq!(reading.findings[0].path, "exception.enabled");
    assert!(
        !reading.plan.flags[0].enabled,
        "the last one holds, as there"
    );
}

#[test]
fn a_headers_name_matches_whatever_its_case() {
    let condition = json!({ "path": "headers.x-debug", "operator": "exists" });
    assert!(holds(&condition, &json!({ "headers": { "X-Debug": "1" } })));
}

#[test]
fn an_empty_map_is_absent() {
    let condition = json!({ "path": "pathParameters", "operator": "exists" });
    assert!(!holds(&condition, &json!({ "pathParameters": {} })));
}

#[test]
fn a_map_has_no_text() {
    let condition = json!({ "path": "detail", "operator": "startsWith", "value": "[object" });
    assert!(!holds(&condition, &json!({ "detail": { "a": 1 } })));
}

#[test]
fn a_condition_can_be_turned_round() {
    let condition = json!({ "path": "headers.x-debug", "operator": "exists", "not": true });
    assert!(holds(&condition, &json!({ "headers": {} })));
}

#[test]
fn a_long_text_is_not_searched() {
    let condition = json!({ "path": "body", "operator": "regex", "value": "a" });
    assert!(!holds(
        &condition,
        &json!({ "body": "a".repeat(4 * 1024 + 1) })
    ));
    assert!(holds(&condition, &json!({ "body": "a".repeat(4 * 1024) })));
}

#[test]
fn a_rate_of_7_percent_is_7() {
    let document = json!({ "is_enabled": true, "fault_type": "latency", "delay": 1, "rate": 0.07 });
    let percentage = read(&document).plan.flags[0].trigger.percentage;
    assert_eq!(percentage.to_string(), "7");
}

/// Every row names a test, and every test of this file has a row.
#[test]
fn the_tables_of_the_differences_name_their_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &Path| {
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let architecture = read(&root.join("../ARCHITECTURE.md"));
    let (_, section) = architecture
        .split_once("## Where it differs from its peers on purpose")
        .expect("the section");
    let section = section.split("\n## ").next().unwrap_or(section);
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let named: Vec<&str> = rows
        .filter_map(|row| row.split(" | ").nth(2))
        .filter(|cell| !matches!(*cell, "held by |" | "--- |"))
        .collect();
    assert!(named.len() > 15, "{named:?}");
    for cell in &named {
        let name = cell.trim_end_matches(" |").trim_matches('`');
        let (file, test) = name
            .split_once("::")
            .unwrap_or_else(|| panic!("{cell} names no test"));
        let source = read(&root.join(format!("{file}.rs")));
        assert!(
            source.contains(&format!("fn {test}()")),
            "there is no test {name}"
        );
    }
    let own = read(&root.join("tests/plan_differences.rs"));
    let tests = own
        .split("#[test]\nfn ")
        .skip(1)
        .filter_map(|rest| rest.split_once("()"));
    for (test, _) in tests.filter(|(test, _)| !test.starts_with("the_tables")) {
        let row = format!("`tests/plan_differences::{test}`");
        assert!(
            named.iter().any(|cell| cell.contains(&row)),
            "{test} has no row"
        );
    }
}
