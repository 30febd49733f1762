//! The order of keys, and keys that are there twice.

use super::*;

#[test]
fn flags_go_by_mode_and_then_by_name_whatever_the_order_of_the_keys() {
    let one = r#"{ "b": {"mode": "latency", "enabled": true, "min_latency": 1}, "exception": {"enabled": true},
                   "a": {"enabled": true, "min_latency": 1, "mode": "latency"} }"#;
    let other = r#"{ "a": {"min_latency": 1, "mode": "latency", "enabled": true}, "exception": {"enabled": true},
                     "b": {"enabled": true, "mode": "latency", "min_latency": 1} }"#;
    let (one, other) = (plan::read(one), plan::read(other));
    assert_eq!(one, other);
    let names: Vec<&str> = one.plan.flags.iter().map(|flag| &*flag.name).collect();
    assert_eq!(names, ["a", "b", "exception"]);
}

#[test]
fn of_a_key_that_is_there_twice_the_last_one_holds_as_in_javascript_and_it_is_said() {
    let reading = plan::read(
        r#"{ "settings": { "seed": 1, "seed": 2, "seed": 3 }, "latency": {"enabled": true},
             "exception": { "enabled": true, "enabled": false, "exception_msg": "a" },
             "latency": { "enabled": true, "min_latency": 5, "match": [{ "path": "a", "path": "b", "value": "c" }] } }"#,
    );
    let twice = "is there twice, and only the last one holds; write it once";
    let said: Vec<String> = reading.findings.iter().map(ToString::to_string).collect();
    let at = ["settings.seed", "exception.enabled", "latency"];
    assert_eq!(said, at.map(|path| format!("{path}: {twice}")));
    let severity = |finding: &plan::Finding| finding.severity;
    assert!(
        reading
            .findings
            .iter()
            .map(severity)
            .all(|it| it == Severity::Warning)
    );
    assert_eq!(reading.plan.settings.seed, Some(3));
    let on: Vec<bool> = reading.plan.flags.iter().map(|flag| flag.enabled).collect();
    assert_eq!(on, [true, false]);
}

#[test]
fn keys_that_are_there_twice_do_not_hide_what_else_is_wrong() {
    let flag = r#"{ "mode": "exception", "enabled": true, "enabled": true }"#;
    let twice = (0..200).map(|n| format!("\"{n}\": {flag}"));
    let twice = twice.collect::<Vec<_>>().join(", ");
    let text = format!("{{ {twice}, \"exception\": {{ \"enabled\": 1 }} }}");
    let reading = plan::read(&text);
    let path = |finding: &plan::Finding| finding.path.clone();
    assert!(
        reading
            .findings
            .iter()
            .map(path)
            .any(|path| path == "exception.enabled")
    );
    let twice = |finding: &&plan::Finding| finding.message.starts_with("is there twice");
    assert_eq!(reading.findings.iter().filter(twice).count(), 10);
}

#[test]
fn what_is_no_object_hides_no_key_that_is_there_twice() {
    for other in ["[1, [2], {}]", "true", "-1", "1", "1.5", "\"a\"", "null"] {
        let text = format!(
            r#"{{ "a": {other}, "exception": {{ "enabled": false, "enabled": {other}, "enabled": true }} }}"#
        );
        let said = plan::read(&text).findings;
        assert!(
            said.iter().any(|one| one.path == "exception.enabled"),
            "{text}: {said:?}"
        );
    }
}

#[test]
fn flags_that_are_not_in_the_plan_are_named() {
    let read = |settings: &str| {
        plan::read(&format!(
            r#"{{ "settings": {settings}, "latency": {{"enabled": true}}, "exception": {{}},
                  "slow": {{"enabled": true, "mode": "latancy"}}, "nothing": {{"enabled": true}} }}"#
        ))
    };
    assert_eq!(read("{}").skipped, ["exception", "slow"]);
    assert_eq!(read("[]").skipped, ["exception", "latency", "slow"]);
    let old = plan::read(r#"{ "isEnabled": true, "failureMode": "nope", "rate": 1 }"#);
    assert!(old.plan.flags.is_empty() && old.skipped.is_empty());
}
