//! `cargo chaos validate`.

use std::collections::{BTreeMap, BTreeSet};

use chaos_local::ParameterStore;
use serde_json::{Value, json};

use crate::support::{Folder, command, conformance, finish, run, run_with};

/// Something of everything that can be wrong.
const MANY: &str = r#"{
  "settings": { "seed": 1 },
  "latency": { "enabled": true, "percentage": 101, "max_latency": 5,
               "match": [{ "path": 1, "value": "x" }] },
  "exception": { "enabled": true, "percentage": 12.5 },
  "Latency": 1,
  "slow": { "mode": "latency", "enabled": false, "min_latency": 5, "min_latency": 6 },
  "odd": { "mode": "latancy" },
  "statuscode": { "status_code": 503 }
}
"#;

#[test]
fn every_finding_has_its_place_its_reason_and_its_mend() {
    let ran = run_with(&["validate", "-"], MANY);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("many_findings", ran.shown());
}

#[test]
fn the_same_as_one_object() {
    let ran = run_with(&["validate", "-", "--json"], MANY);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("many_findings_as_json", ran.shown());
}

#[test]
fn a_document_without_findings_is_valid() {
    let document = r#"{ "latency": { "enabled": true, "min_latency": 50, "percentage": 0.5 },
                        "exception": { "enabled": false } }"#;
    let ran = run_with(&["validate", "-"], document);
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!("nothing_found", ran.shown());
    let json = run_with(&["validate", "-", "--json"], document).json();
    let expected = json!({
        "flags": {
            "latency": { "mode": "latency", "kept": true, "enabled": true, "percentage": 0.5 },
            "exception": { "mode": "exception", "kept": true, "enabled": false, "percentage": 100 },
        },
        "findings": [],
    });
    assert_eq!(json, expected);
}

#[test]
fn warnings_alone_leave_it_valid() {
    let ran = run_with(&["validate", "-"], r#"{ "unknown": 1 }"#);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stdout.contains("<stdin>:1:3: warning: unknown: "),
        "{ran:?}"
    );
}

#[test]
fn settings_that_switch_all_off_show_in_the_flags() {
    let document = r#"{ "settings": {"enabled": false}, "exception": {"enabled": true} }"#;
    let json = run_with(&["validate", "-", "--json"], document).json();
    assert_eq!(json["flags"]["exception"]["enabled"], false);
    assert_eq!(json["flags"]["exception"]["kept"], true);
}

#[test]
fn invalid_settings_leave_no_flag() {
    let document = r#"{ "settings": {"dry_runn": true}, "exception": {"enabled": true} }"#;
    let ran = run_with(&["validate", "-", "--json"], document);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.json()["flags"]["exception"]["kept"], false);
    assert_eq!(ran.json()["findings"][0]["column"], 16);
}

#[test]
fn what_is_no_json_says_where() {
    let ran = run_with(&["validate", "-", "--json"], "{\n  \"ünï\": tru\n}");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.starts_with("error: <stdin> is no JSON"),
        "{ran:?}"
    );
    let json = ran.json();
    assert_eq!(json["flags"], json!({}));
    let finding = &json["findings"][0];
    assert_eq!(
        (&finding["line"], &finding["column"]),
        (&json!(2), &json!(13))
    );
    assert_eq!(finding["severity"], "error");
    let ran = run_with(&["validate", "-"], "");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stdout
            .starts_with("<stdin>:1:1: error: the document is empty"),
        "{ran:?}"
    );
}

#[test]
fn what_is_json_and_no_document_is_an_error() {
    for document in ["[]", "1", "\"text\"", "null"] {
        let ran = run_with(&["validate", "-"], document);
        assert_eq!(ran.code, 1, "{document}");
        assert!(ran.stdout.starts_with("<stdin>:1:1: error: "), "{ran:?}");
    }
}

#[test]
fn what_cannot_be_read_is_told_apart() {
    let folder = Folder::new();
    let missing = folder.path().join("chaos.json");
    let ran = run(&["validate", missing.to_str().unwrap()]);
    assert_eq!((ran.code, &*ran.stdout), (2, ""));
    assert!(
        ran.stderr.contains("cannot read the document in"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("name a file that is there"), "{ran:?}");

    let latin = folder.path().join("latin.json");
    std::fs::write(&latin, b"{\n\"\xe9\": 1}").unwrap();
    let ran = run(&["validate", latin.to_str().unwrap()]);
    assert_eq!((ran.code, &*ran.stdout), (2, ""));
    assert!(ran.stderr.contains("is no UTF-8 in line 2"), "{ran:?}");

    let ran = run(&["validate"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("it is not said where the document is"),
        "{ran:?}"
    );
    let ran = run(&["validate", "a.json", "--param", "/b"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("cannot be used with"), "{ran:?}");
}

#[test]
fn a_byte_order_mark_is_no_finding() {
    let ran = run_with(&["validate", "-"], "\u{feff}{ \"exception\": {} }");
    assert!(
        ran.stdout
            .starts_with("<stdin>:1:3: error: exception.enabled"),
        "{ran:?}"
    );
}

#[test]
fn a_file_is_named_as_it_was_given_and_a_place_as_it_is() {
    let folder = Folder::new();
    let file = folder.file("chaos.json", r#"{ "exception": {} }"#);
    let mut command = command();
    command
        .current_dir(folder.path())
        .args(["validate", "chaos.json"]);
    let ran = finish(&mut command, None);
    assert!(ran.stdout.starts_with("chaos.json:1:3: error"), "{ran:?}");
    let ran = run(&["validate", "--file", file.to_str().unwrap()]);
    assert!(ran.stdout.contains("chaos.json:1:3: error"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_is_read_where_it_is() {
    let store = ParameterStore::start().await.expect("a store");
    store.put_secure("/orders/chaos", MANY).expect("it is put");
    let mut asked = command();
    asked.envs(store.env());
    asked.args(["validate", "--param", "/orders/chaos", "--json"]);
    let ran = finish(&mut asked, None);
    assert_eq!(ran.code, 1, "{ran:?}");
    let same = run_with(&["validate", "-", "--json"], MANY);
    assert_eq!(ran.json(), same.json());

    let mut asked = command();
    asked.envs(store.env());
    let ran = finish(asked.args(["validate", "--param", "/no/such"]), None);
    assert_eq!((ran.code, &*ran.stdout), (2, ""), "{ran:?}");
    assert!(ran.stderr.contains("/no/such"), "{ran:?}");
}

#[test]
fn what_failure_lambda_does_with_a_document_is_what_is_said_of_it() {
    let cases = conformance("validate.json");
    assert_eq!(cases.len(), 226);
    for case in &cases {
        let id = &case["id"];
        let text = format!("{:#}", case["document"]);
        let ran = run_with(&["validate", "-", "--json"], &text);
        let json = ran.json();
        let invalid = names(&case["invalid_fields"]);
        let findings = json["findings"].as_array().expect("a list");
        let errors: BTreeSet<&str> = findings
            .iter()
            .filter(|finding| finding["severity"] == "error")
            .map(|finding| finding["path"].as_str().expect("a path"))
            .collect();
        assert_eq!(errors, invalid, "{id}");
        assert_eq!(ran.code, i32::from(!invalid.is_empty()), "{id}");

        let flags = json["flags"].as_object().expect("an object");
        let kept = flags.iter().filter(|(_, flag)| flag["kept"] == true);
        let kept: BTreeMap<&str, &Value> = kept.map(|(name, flag)| (&**name, flag)).collect();
        let accepted = names(&case["accepted"]);
        assert_eq!(
            kept.keys().copied().collect::<BTreeSet<_>>(),
            accepted,
            "{id}"
        );
        let on: BTreeMap<&str, Option<f64>> = kept
            .values()
            .filter(|flag| flag["enabled"] == true)
            .map(|flag| {
                (
                    flag["mode"].as_str().expect("a mode"),
                    flag["percentage"].as_f64(),
                )
            })
            .collect();
        let active = case["active"].as_array().expect("a list").iter();
        let active: BTreeMap<&str, Option<f64>> = active
            .map(|flag| {
                (
                    flag["mode"].as_str().expect("a mode"),
                    flag["percentage"].as_f64(),
                )
            })
            .collect();
        assert_eq!(on, active, "{id}");
        for finding in findings {
            assert_stands_there(&text, finding);
        }
    }
}

/// A finding's line and column lead to the last key of its path that is there, or to the entry of a
/// list.
fn assert_stands_there(text: &str, finding: &Value) {
    let path = finding["path"].as_str().expect("a path");
    let number = |key: &str| usize::try_from(finding[key].as_u64().expect("a number")).unwrap();
    let line = text.lines().nth(number("line") - 1).expect("a line");
    let there: String = line.chars().skip(number("column") - 1).collect();
    let keys = path.split('.').rev();
    let mut keys = keys.map(|key| format!("\"{}\":", key.split('[').next().unwrap()));
    let entry = path.contains(']') && !there.starts_with([' ', ']', ',']);
    assert!(
        keys.any(|key| there.starts_with(&key)) || entry,
        "{path} leads to {there}"
    );
}

fn names(list: &Value) -> BTreeSet<&str> {
    let names = list.as_array().expect("a list").iter();
    names.map(|name| name.as_str().expect("a text")).collect()
}

#[test]
fn an_older_document_is_recognised_and_its_flags_are_what_it_amounts_to() {
    let cases = conformance("failure-lambda-0x.json");
    for case in &cases {
        let ran = run_with(&["validate", "-", "--json"], &case["document"].to_string());
        let expected = case["flags"].as_object().expect("an object");
        let flags = ran.json()["flags"].clone();
        let flags = flags.as_object().expect("an object");
        assert_eq!(flags.len(), expected.len(), "{case}");
        for (name, flag) in expected {
            assert_eq!(flags[name]["mode"], **name);
            assert_eq!(flags[name]["kept"], true);
            assert_eq!(flags[name]["enabled"], flag["enabled"]);
            assert_eq!(flags[name]["percentage"], flag["percentage"]);
        }
    }
    let old = r#"{ "is_enabled": true, "fault_type": "latency", "delay": 400, "rate": 0.25 }"#;
    let ran = run_with(&["validate", "-"], old);
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!("chaos_lambda", ran.shown());
}

#[test]
fn nothing_else_is_on_standard_output_and_no_colours_in_a_pipe() {
    let ran = run_with(&["validate", "-", "--json"], MANY);
    assert!(
        ran.stdout.starts_with('{') && ran.stdout.ends_with("}\n"),
        "{ran:?}"
    );
    let ran = run_with(&["validate", "-"], MANY);
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'));
}

#[test]
fn colours_are_for_who_wants_them() {
    let coloured = |variable: &str| {
        let mut command = command();
        command.args(["validate", "-"]).env(variable, "1");
        finish(&mut command, Some(MANY)).stdout.contains('\u{1b}')
    };
    assert!(coloured("CLICOLOR_FORCE"));
    assert!(!coloured("NO_COLOR"));
}
