//! What failure-lambda 1.0, failure-lambda 0.x and chaos-lambda 0.3 were observed to do with
//! documents and events must hold for the plan, apart from the differences that are listed here.

use std::collections::BTreeSet;
use std::path::Path;

use chaos_core::plan::{self, Condition, Format, Mode, Phase, Reading, Severity};
use serde_json::{Value, json};

/// Modes of failure-lambda that the format knows and this version does not have yet. A flag of
/// one is skipped, with a finding, and is left out of the comparison on both sides.
const NOT_YET: [&str; 0] = [];

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

fn exists_now(mode: &str) -> bool {
    plan::mode_row(mode).is_some()
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
    let mut compared_fully = 0;
    let mut compared_not_at_all = 0;
    for case in &cases {
        let id = &case["id"];
        let reading = read(&case["document"]);
        assert!(reading.usable, "{id}");

        let accepted: BTreeSet<&str> = names(&case["accepted"])
            .filter(|name| exists_now(name))
            .collect();
        let kept: BTreeSet<&str> = reading.plan.flags.iter().map(|flag| &*flag.name).collect();
        assert_eq!(kept, accepted, "{id} accepted");

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
            .filter(|(mode, _)| exists_now(mode))
            .collect();
        let active: Vec<(&str, f64)> = reading
            .plan
            .active()
            .map(|flag| (flag.mode.name(), flag.trigger.percentage))
            .collect();
        assert_eq!(active, expected, "{id} active");

        let of_now = |path: &str| !NOT_YET.contains(&path.split('.').next().unwrap_or_default());
        let expected: BTreeSet<String> = names(&case["invalid_fields"])
            .filter(|path| of_now(path))
            .map(str::to_owned)
            .collect();
        let refused: BTreeSet<String> = errors(&reading)
            .into_iter()
            .filter(|path| of_now(path))
            .collect();
        assert_eq!(refused, expected, "{id} invalid fields");

        let flags: Vec<&String> = case["document"]
            .as_object()
            .expect("a document")
            .keys()
            .collect();
        let not_yet = flags
            .iter()
            .filter(|key| NOT_YET.contains(&key.as_str()))
            .count();
        compared_fully += usize::from(not_yet == 0);
        compared_not_at_all += usize::from(not_yet == flags.len());
        for key in flags.iter().filter(|key| NOT_YET.contains(&key.as_str())) {
            assert!(
                errors(&reading).contains(*key),
                "{id} {key} is neither applied nor reported"
            );
        }
    }
    assert_eq!((compared_fully, compared_not_at_all), (226, 0));
}

fn names(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array()
        .expect("a list")
        .iter()
        .map(|name| name.as_str().expect("a text"))
}

/// Where this project differs from failure-lambda on purpose: what differs, a document that shows
/// it, and what is refused here.
#[test]
fn the_intended_differences_are_these() {
    let regex = |value: &str| json!({ "exception": { "enabled": true, "match": [{ "path": "a", "operator": "regex", "value": value }] } });
    let differences: [(&str, Value, &[&str]); 12] = [
        (
            "percentage may have decimals; failure-lambda refuses them",
            json!({ "exception": { "enabled": true, "percentage": 0.5 } }),
            &[],
        ),
        (
            "nested quantifiers are safe in linear time; failure-lambda refuses them",
            regex("(a+)+$"),
            &[],
        ),
        (
            "look-around does not exist in linear time; failure-lambda accepts it",
            regex("^(?!/health)"),
            &["exception.match[0].value"],
        ),
        (
            "nor do back-references",
            regex("(a)\\1"),
            &["exception.match[0].value"],
        ),
        (
            "a key of no mode may be a mistyped one; failure-lambda ignores it",
            json!({ "exception": { "enabled": true, "percantage": 1 } }),
            &["exception.percantage"],
        ),
        (
            "so may a key of a condition",
            json!({ "exception": { "enabled": true, "match": [{ "path": "a", "value": "b", "operater": "eq" }] } }),
            &["exception.match[0].operater"],
        ),
        (
            "no wait is longer than a function may run; failure-lambda knows no bound",
            json!({ "latency": { "enabled": true, "min_latency": 900_001 } }),
            &["latency.min_latency"],
        ),
        (
            "megabytes are whole; failure-lambda takes 0.5",
            json!({ "diskspace": { "enabled": true, "disk_space": 0.5 } }),
            &["diskspace.disk_space"],
        ),
        (
            "so are status codes",
            json!({ "statuscode": { "enabled": true, "status_code": 404.5 } }),
            &["statuscode.status_code"],
        ),
        (
            "an expression of more than 4 KiB compiled is refused",
            regex(&"a".repeat(140)),
            &["exception.match[0].value"],
        ),
        (
            "more than 16 expressions in a document are refused",
            json!({ "exception": { "enabled": true, "match": vec![json!({ "path": "a", "operator": "regex", "value": "a" }); 17] } }),
            &["exception.match[16].value"],
        ),
        (
            "a flag may have any name when it says its mode; failure-lambda ignores it",
            json!({ "slow": { "enabled": true, "mode": "latency", "min_latency": 1 } }),
            &[],
        ),
    ];
    for (difference, document, refused) in differences {
        let reading = read(&document);
        let expected: BTreeSet<String> = refused.iter().map(|path| (*path).to_owned()).collect();
        assert_eq!(errors(&reading), expected, "{difference}");
        assert_eq!(
            reading.plan.flags.len(),
            usize::from(refused.is_empty()),
            "{difference}"
        );
    }
}

/// Where events are looked at in another way than failure-lambda's.
#[test]
fn the_intended_differences_of_conditions_are_these() {
    let differences = [
        (
            "a header's name matches whatever its case; in failure-lambda only as it is written",
            json!({ "path": "headers.x-debug", "operator": "exists" }),
            json!({ "headers": { "X-Debug": "1" } }),
            true,
        ),
        (
            "an empty map is absent; in failure-lambda it exists",
            json!({ "path": "pathParameters", "operator": "exists" }),
            json!({ "pathParameters": {} }),
            false,
        ),
        (
            "a map has no text; in failure-lambda it has that of a JavaScript object",
            json!({ "path": "detail", "operator": "startsWith", "value": "[object" }),
            json!({ "detail": { "a": 1 } }),
            false,
        ),
        (
            "a condition can be turned round; failure-lambda knows no `not`",
            json!({ "path": "headers.x-debug", "operator": "exists", "not": true }),
            json!({ "headers": {} }),
            true,
        ),
        (
            "a text of more than 4 KiB is not searched",
            json!({ "path": "body", "operator": "regex", "value": "a" }),
            json!({ "body": "a".repeat(4 * 1024 + 1) }),
            false,
        ),
    ];
    for (difference, condition, event, expected) in differences {
        let reading = read(&json!({ "exception": { "enabled": true, "match": [condition] } }));
        assert_eq!(reading.findings, [], "{difference}");
        assert_eq!(
            reading.plan.flags[0].aim.conditions[0].holds(&event),
            expected,
            "{difference}"
        );
    }
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
