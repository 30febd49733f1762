//! Documents out of a feature-flag profile of `AppConfig`.

use chaos_core::plan::{self, Plan};
use serde_json::{Value, json};

fn said(document: &Value) -> Vec<String> {
    let findings = plan::read_value(document).findings;
    findings.iter().map(ToString::to_string).collect()
}

fn sound(document: &Value) -> Plan {
    let reading = plan::read_value(document);
    assert_eq!(reading.findings, [], "{document}");
    reading.plan
}

#[test]
fn a_feature_flag_profile_writes_json_in_texts() {
    let plain = json!({ "f": {
        "enabled": true, "mode": "statuscode", "match": [{ "path": "a", "value": "b" }],
        "labels": { "tenant": ["a"] }, "point": ["a.*", "b"], "headers": { "a": "b" }
    } });
    let profile = json!({ "f": {
        "enabled": true, "mode": "statuscode", "_variant": "default",
        "match": r#"[{ "path": "a", "value": "b" }]"#, "labels": r#"{ "tenant": ["a"] }"#,
        "point": r#"["a.*", "b"]"#, "headers": r#"{ "a": "b" }"#
    } });
    assert_eq!(sound(&profile), sound(&plain));
}

/// As the agent answers for a profile with these flags: what is off comes without its attributes,
/// and attributes are scalars or lists of scalars.
#[test]
fn a_feature_flag_profile_is_read_as_the_agent_sends_it() {
    let plan = sound(&json!({
        "settings": { "enabled": true, "seed": 42, "expires_at": "2036-12-01T18:00:00Z" },
        "latency": { "enabled": true, "percentage": 12.5, "min_latency": 100, "max_latency": 400 },
        "statuscode": { "enabled": false },
        "slow-cache": {
            "enabled": true, "mode": "latency", "min_latency": 50, "point": ["cache.*", "db.*"],
            "match": [r#"{"path": "rawPath", "operator": "startsWith", "value": "/api/"}"#],
            "labels": r#"{"tenant": ["a", "b"]}"#
        },
        "throttled": { "enabled": false },
        "varied": { "_variant": "off", "enabled": false },
        "failing": {
            "enabled": true, "_variant": "on", "mode": "statuscode", "status_code": 503,
            "headers": r#"{"retry-after": "5"}"#, "body": r#"{"message": "later"}"#
        }
    }));
    assert_eq!(plan.settings.seed, Some(42));
    let flags: Vec<_> = plan.flags.iter().map(|f| (&*f.name, f.enabled)).collect();
    assert_eq!(
        flags,
        [
            ("latency", true),
            ("slow-cache", true),
            ("failing", true),
            ("statuscode", false)
        ]
    );
    assert_eq!(plan.flags[1].aim.conditions.len(), 1);

    let all_off =
        sound(&json!({ "settings": { "enabled": false }, "latency": { "enabled": false } }));
    assert_eq!(all_off.active().count(), 0);
    // with attributes it is somebody's own document, and then a mode is missing
    let own = said(&json!({ "slow": { "enabled": false, "min_latency": 50 } }));
    assert!(own[0].starts_with("slow: names no mode"), "{own:?}");
}
