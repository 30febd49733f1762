//! `cargo chaos convert`.

use chaos_core::plan;

use crate::support::{conformance, run_with};

#[test]
fn documents_of_failure_lambda_0_become_what_they_amount_to() {
    let cases = conformance("failure-lambda-0x.json");
    assert_eq!(cases.len(), 18);
    for case in &cases {
        let ran = run_with(&["convert", "-"], &case["document"].to_string());
        if case["flags"]
            .as_object()
            .is_some_and(serde_json::Map::is_empty)
        {
            assert_eq!((ran.code, &*ran.stdout), (1, ""), "{case}");
            assert!(ran.stderr.contains(": error: "), "{ran:?}");
        } else {
            assert_eq!(ran.code, 0, "{case}");
            assert_eq!(ran.json(), case["flags"], "{case}");
        }
    }
}

#[test]
fn documents_of_chaos_lambda_do_afterwards_what_they_did() {
    let mut converted = 0;
    for case in conformance("chaos-lambda.json") {
        let old = plan::read_value(&case["document"]);
        let ran = run_with(&["convert", "-"], &case["document"].to_string());
        if old.plan.flags.is_empty() {
            assert_eq!((ran.code, &*ran.stdout), (1, ""), "{case}");
            continue;
        }
        converted += 1;
        let new = plan::read(&ran.stdout);
        assert_eq!(new.findings, [], "{case}");
        assert_eq!(new.plan, old.plan, "{case}");
        assert!(plan::convert(&ran.json()).as_ref() == Some(&ran.json()));
    }
    assert!(converted > 5, "{converted}");
}

#[test]
fn only_the_document_is_on_standard_output() {
    let old = r#"{ "isEnabled": true, "failureMode": "statuscode", "rate": 0.07,
                   "statusCode": 404, "minLatency": 100, "note": "x" }"#;
    let ran = run_with(&["convert", "-"], old);
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn a_document_in_this_format_stays_as_it_is() {
    let document = "{ \"latency\": {\"enabled\": false} }\n";
    let ran = run_with(&["convert", "-"], document);
    assert_eq!((ran.code, &*ran.stdout), (0, document));
    assert!(ran.stderr.contains("is in this format already"), "{ran:?}");
}

#[test]
fn what_is_no_json_is_not_converted() {
    let ran = run_with(&["convert", "-"], "isEnabled: true");
    assert_eq!((ran.code, &*ran.stdout), (2, ""));
    assert!(ran.stderr.contains("<stdin>:1:"), "{ran:?}");
}
