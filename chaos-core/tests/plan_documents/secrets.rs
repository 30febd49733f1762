//! What findings must not repeat.

use super::*;

/// Findings are logged, and the wrong parameter may hold a secret.
#[test]
fn findings_do_not_repeat_what_may_be_a_secret() {
    let free =
        |mode: &str, key: &str, value: Value| json!({ mode: { "enabled": true, key: value } });
    let mut texts = vec![
        "s3cr3t".to_owned(),
        "{\"a\": s3cr3t}".to_owned(),
        "\"s3cr3t".to_owned(),
        "{\"exception\": \"s3cr3t\" \"s3cr3t\"}".to_owned(),
    ];
    let documents = [
        json!("s3cr3t"),
        json!(["s3cr3t"]),
        json!({ "settings": "s3cr3t" }),
        json!({ "settings": ["s3cr3t"] }),
        json!({ "exception": "s3cr3t" }),
        json!({ "timeout": "s3cr3t" }),
        json!({ "password": "s3cr3t" }),
        json!({ "password": { "enabled": "s3cr3t" } }),
        json!({ "password": ["s3cr3t"] }),
        json!({ "isEnabled": true, "failureMode": "latency", "rate": 1, "minLatency": 1, "password": "s3cr3t" }),
        free("statuscode", "headers", json!("s3cr3t")),
        free("statuscode", "headers", json!("{ s3cr3t")),
        free("statuscode", "headers", json!("[\"s3cr3t\"]")),
        free("statuscode", "headers", json!(["s3cr3t"])),
        free("statuscode", "headers", json!({ "a": ["s3cr3t"] })),
        free("statuscode", "headers", json!({ "a": "s3cr3t\n" })),
        free("exception", "exception_msg", json!(["s3cr3t"])),
        free("exception", "exception_msg", json!({ "a": "s3cr3t" })),
        free("exception", "exception_type", json!(["s3cr3t"])),
    ];
    texts.extend(documents.iter().map(Value::to_string));
    for text in &texts {
        let reading = plan::read(text);
        assert_ne!(reading.findings, [], "{text}");
        for finding in reading.findings {
            assert!(!finding.to_string().contains("s3cr3t"), "{finding}");
        }
    }

    // numbers and booleans may be one as well
    let documents = [
        json!(51_966),
        json!({ "settings": 51_966 }),
        json!({ "exception": 51_966 }),
        free("statuscode", "headers", json!(51_966)),
        free("statuscode", "headers", json!({ "a": 51_966 })),
        free("exception", "exception_msg", json!(51_966)),
        free("exception", "exception_type", json!(51_966)),
        json!({ "isEnabled": true, "failureMode": "exception", "rate": 1, "exceptionMsg": 51_966 }),
        json!({ "is_enabled": true, "fault_type": "exception", "exception_msg": 51_966 }),
    ];
    for document in documents {
        let lines = said(&document);
        assert!(lines[0].contains("a number stands here"), "{lines:?}");
        assert!(!lines.concat().contains("51966"), "{lines:?}");
    }
}
