//! What failure-lambda 1.0, failure-lambda 0.x and chaos-lambda 0.3 were observed to do with
//! documents and events must hold for the plan, apart from the differences in `plan_differences.rs`.

use std::collections::BTreeSet;
use std::path::Path;

use chaos_core::plan::{self, Condition, Format, Mode, Phase, Reading, Severity};
use serde_json::{Value, json};

fn cases(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/conformance")
        .join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let file: Value = serde_json::from_str(&text).expect("a file of cases");
    file["cases"].as_array().expect("cases").clone()
}

fn read(document: &Value) -> Reading {
    plan::read(&document.to_string())
}

fn errors(reading: &Reading) -> BTreeSet<String> {
    let errors = reading
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.path.clone()).collect()
}

#[test]
fn every_condition_holds_where_failure_lambda_has_it_hold() {
    let cases = cases("match.json");
    assert_eq!(cases.len(), 154);
    for case in &cases {
        let flag = json!({ "exception": { "enabled": true, "match": case["match"] } });
        let reading = read(&flag);
        assert_eq!(reading.findings, [], "{}", case["id"]);
        let conditions = &reading.plan.flags[0].aim.conditions;
        let matches = Condition::all_hold(conditions, &case["event"]);
        assert_eq!(json!(matches), case["matches"], "{}", case["id"]);
    }
}

#[test]
fn flags_are_kept_refused_and_ordered_as_failure_lambda_does_it() {
    let cases = cases("validate.json");
    assert_eq!(cases.len(), 226);
    for case in &cases {
        let id = &case["id"];
        let reading = read(&case["document"]);
        assert!(reading.usable, "{id}");

        let accepted: BTreeSet<&str> = names(&case["accepted"]).collect();
        let kept: BTreeSet<&str> = reading.plan.flags.iter().map(|flag| &*flag.name).collect();
        assert_eq!(kept, accepted, "{id} accepted");
        let modes = case["document"].as_object().expect("an object").keys();
        let modes = modes.filter(|key| plan::mode_row(key).is_some());
        let refused: BTreeSet<&str> = modes.map(String::as_str).collect();
        let refused: BTreeSet<&str> = refused.difference(&accepted).copied().collect();
        let skipped: BTreeSet<&str> = reading.skipped.iter().map(String::as_str).collect();
        assert_eq!(skipped, refused, "{id} skipped");

        let expected: Vec<(&str, f64)> = case["active"]
            .as_array()
            .expect("active")
            .iter()
            .map(|flag| {
                (
                    flag["mode"].as_str().expect("mode"),
                    flag["percentage"].as_f64().expect("percentage"),
                )
            })
            .collect();
        let active: Vec<(&str, f64)> = reading
            .plan
            .active()
            .map(|flag| (flag.mode.name(), flag.trigger.percentage))
            .collect();
        assert_eq!(active, expected, "{id} active");

        let invalid: BTreeSet<String> = names(&case["invalid_fields"]).map(str::to_owned).collect();
        assert_eq!(errors(&reading), invalid, "{id} invalid fields");
    }
}

fn names(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array()
        .expect("a list")
        .iter()
        .map(|name| name.as_str().expect("a text"))
}

#[test]
fn documents_of_failure_lambda_0_amount_to_these_flags() {
    let cases = cases("failure-lambda-0x.json");
    assert_eq!(cases.len(), 18);
    for case in &cases {
        let reading = read(&case["document"]);
        assert_eq!(reading.format, Format::FailureLambda0, "{case}");
        assert!(reading.usable, "{case}");
        let flags = case["flags"].as_object().expect("flags");
        assert_eq!(reading.plan, read(&case["flags"]).plan, "{case}");
        assert_eq!(reading.findings.is_empty(), !flags.is_empty(), "{case}");

        let converted = plan::convert(&case["document"]);
        let expected = (!flags.is_empty()).then(|| case["flags"].clone());
        assert_eq!(converted, expected, "{case}");
    }
}

#[test]
fn documents_of_chaos_lambda_do_what_they_did() {
    let cases = cases("chaos-lambda.json");
    assert_eq!(cases.len(), 24);
    let mut injecting = 0;
    for case in &cases {
        let reading = read(&case["document"]);
        let id = &case["id"];
        assert_eq!(reading.format, Format::ChaosLambda, "{id}");
        assert!(reading.usable, "{id}");
        let converted = plan::convert(&case["document"]).unwrap_or(json!({}));
        let converted = plan::read_value(&converted);
        assert_eq!(converted.findings, [], "{id} converted");
        assert_eq!(converted.plan, reading.plan, "{id} converted");
        let injected: Vec<&plan::Flag> = reading
            .plan
            .active()
            .filter(|flag| flag.trigger.hits(0.5))
            .collect();
        injecting += injected.len();

        let (mut slept, mut thrown, mut runs) = (json!([]), Value::Null, 1);
        let mut returned = case["handler_returns"].clone();
        for flag in injected {
            match &flag.mode {
                Mode::Latency(latency) => {
                    assert_eq!(flag.phase, Phase::Before, "{id}");
                    assert!(
                        (latency.min_ms - latency.max_ms).abs() < f64::EPSILON,
                        "{id}"
                    );
                    slept = json!([latency.min_ms]);
                }
                Mode::Exception(exception) => {
                    assert_eq!(flag.phase, Phase::Before, "{id}");
                    let kind = exception.error_type.as_deref().expect("Python's type");
                    thrown = json!(format!("{kind}: {}", exception.message));
                    (returned, runs) = (Value::Null, 0);
                }
                Mode::StatusCode(status) => {
                    assert!(flag.phase == Phase::After && status.keep_reply, "{id}");
                    returned["statusCode"] = json!(status.code);
                }
                other => panic!("{id}: {other:?}"),
            }
        }
        assert_eq!(slept, case["slept_ms"], "{id}");
        assert_eq!(thrown, case["throws"], "{id}");
        assert_eq!(returned, case["returns"], "{id}");
        assert_eq!(json!(runs), case["handler_runs"], "{id}");
    }
    assert_eq!(injecting, 13);
}
