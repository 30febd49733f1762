//! Documents in this project's own format: what is read, what is refused and how it is said.

#[path = "plan_documents/aims.rs"]
mod aims;
#[path = "plan_documents/attributes.rs"]
mod attributes;
#[path = "plan_documents/bounds.rs"]
mod bounds;
#[path = "plan_documents/corruption.rs"]
mod corruption;
#[path = "plan_documents/deny_list.rs"]
mod deny_list;
#[path = "plan_documents/draws.rs"]
mod draws;
#[path = "plan_documents/findings.rs"]
mod findings;
#[path = "plan_documents/keys.rs"]
mod keys;
#[path = "plan_documents/legacy.rs"]
mod legacy;
#[path = "plan_documents/of_modes.rs"]
mod of_modes;
#[path = "plan_documents/secrets.rs"]
mod secrets;

use std::time::{Duration, SystemTime};

use chaos_core::plan::{self, By, Mode, Phase, Plan, Reading, Severity, Trigger};
use serde_json::{Value, json};

fn read(document: &Value) -> Reading {
    plan::read(&document.to_string())
}

/// The findings of a document, each on its line.
fn said(document: &Value) -> Vec<String> {
    read(document)
        .findings
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn sound(document: &Value) -> Plan {
    let reading = read(document);
    assert_eq!(reading.findings, [], "{document}");
    reading.plan
}

fn flag(attributes: &Value) -> Value {
    let mut flag = json!({ "enabled": true, "mode": "exception" });
    flag.as_object_mut()
        .expect("an object")
        .extend(attributes.as_object().expect("attributes").clone());
    json!({ "f": flag })
}

#[test]
fn defaults_are_those_of_failure_lambda() {
    let plan = sound(&json!({
        "timeout": { "enabled": true },
        "diskspace": { "enabled": true },
        "full": { "enabled": true, "mode": "diskspace", "leave_free": 0 },
        "memory": { "enabled": true },
        "cpu": { "enabled": true },
        "denylist": { "enabled": true, "deny_list": ["s3"] },
        "statuscode": { "enabled": true },
        "exception": { "enabled": true },
        "panic": { "enabled": true },
        "exit": { "enabled": true },
        "corruption": { "enabled": true },
        "latency": { "enabled": true, "min_latency": 20 },
        "normal": {
            "enabled": true, "mode": "latency", "distribution": "normal", "mean": 40, "sigma": 4,
            "min_latency": 30,
        },
        "lone-max": { "enabled": true, "mode": "latency", "max_latency": 30 },
    }));
    let shown: Vec<String> = plan
        .flags
        .iter()
        .map(|flag| format!("{:?}", flag.mode))
        .collect();
    assert_eq!(
        shown,
        [
            "Latency(Latency { min_ms: 20.0, max_ms: 20.0, distribution: Uniform })",
            "Latency(Latency { min_ms: 0.0, max_ms: 30.0, distribution: Uniform })",
            "Latency(Latency { min_ms: 30.0, max_ms: 900000.0, distribution: \
             Normal(Spread { mean_ms: 40.0, sigma_ms: 4.0 }) })",
            "Timeout(Timeout { buffer_ms: 0.0 })",
            "DiskSpace(DiskSpace { megabytes: 100, leave_free: None })",
            "DiskSpace(DiskSpace { megabytes: 10240, leave_free: Some(0) })",
            "Memory(Memory { megabytes: 100 })",
            "Cpu(Cpu { ms: 900000, threads: None })",
            "DenyList(DenyList { hosts: [Pattern(Regex(\"s3\"))] })",
            "StatusCode(StatusCode { code: 500, body: None, headers: [], keep_reply: false })",
            "Exception(Exception { message: \"Injected exception\", error_type: None })",
            "Panic(Panic { message: \"Injected panic\" })",
            "Exit(Exit { code: 1 })",
            "Corruption(Corruption { body: None, drop_headers: [], set_headers: [] })",
        ],
    );
    assert!(
        plan.flags
            .iter()
            .all(|flag| flag.trigger == Trigger::default() && flag.aim.point.is_none())
    );
    let Mode::StatusCode(status) = &plan.flags[9].mode else {
        panic!("{plan:?}")
    };
    assert_eq!(
        status.body_text(),
        r#"{"message":"Injected status code 500"}"#
    );
    assert_eq!(status.default_content_type(), "application/json");
}

#[test]
fn an_invalid_flag_is_skipped_and_the_others_stay() {
    let reading = read(&json!({
        "exception": { "enabled": true, "percentage": 101 },
        "latency": { "enabled": true, "min_latency": 1, "exception_msg": 7 },
        "note": "for the game day"
    }));
    assert!(reading.usable);
    assert_eq!(reading.plan.flags.len(), 1);
    let severities: Vec<_> = reading
        .findings
        .iter()
        .map(|finding| finding.severity)
        .collect();
    assert_eq!(
        severities,
        [Severity::Error, Severity::Warning, Severity::Warning]
    );
}

#[test]
fn a_lost_reply_is_after_the_work_whether_written_or_not() {
    for phase in [json!({}), json!({ "phase": "after" })] {
        let mut flag = flag(&phase);
        flag["f"]["mode"] = json!("lost_reply");
        let flag = &sound(&flag).flags[0];
        assert_eq!(flag.phase, Phase::After);
        let Mode::LostReply(exception) = &flag.mode else {
            panic!("{flag:?}")
        };
        assert_eq!(exception.message, "Injected exception");
    }
}

#[test]
fn settings_can_switch_everything_off() {
    let plan =
        sound(&json!({ "settings": { "enabled": false }, "exception": { "enabled": true } }));
    assert_eq!((plan.flags.len(), plan.active().count()), (1, 0));
}
