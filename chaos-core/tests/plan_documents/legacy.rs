use chaos_core::plan::Format;

use super::*;

/// Whoever moves a document to this format may leave keys of the old one behind.
#[test]
fn a_document_with_flags_or_settings_is_of_this_format_whatever_else_it_has() {
    let old = [
        json!({"isEnabled": true, "failureMode": "latency", "rate": 1}),
        json!({"is_enabled": true, "fault_type": "latency", "delay": 1}),
    ];
    let new = [
        json!({"settings": {}}),
        json!({"latency": {"enabled": true}}),
        json!({"f": {"mode": "latency"}}),
    ];
    for old in old {
        let format_with = |more: &Value| {
            let mut both = old.clone();
            let more = more.as_object().expect("an object").clone();
            both.as_object_mut().expect("an object").extend(more);
            read(&both).format
        };
        for more in &new {
            assert_eq!(format_with(more), Format::Flags, "{more}");
        }
        for more in [
            json!({"other": {}}),
            json!({"settings": 1}),
            json!({"latency": true}),
        ] {
            assert_ne!(format_with(&more), Format::Flags, "{more}");
        }
    }
}

/// What a user of an older format reads, in that format's own words.
#[test]
fn findings_speak_of_the_older_formats_own_keys() {
    let cases = [
        (
            json!({"is_enabled": true, "fault_type": "nope"}),
            "fault_type: \"nope\" is no fault type, and so nothing is injected; write \"latency\", \"exception\" or \"status_code\"",
        ),
        (
            json!({"is_enabled": true, "fault_type": 7}),
            "fault_type: 7 cannot be meant, and so nothing is injected; write \"latency\", \"exception\" or \"status_code\"",
        ),
        (
            json!({"is_enabled": true}),
            "fault_type: is missing, and so nothing is injected; write \"latency\", \"exception\" or \"status_code\"",
        ),
        (
            json!({"is_enabled": true, "fault_type": "latency", "delay": "400"}),
            "delay: \"400\" is a text, and so nothing is injected; write a whole number of ms from 1 to 900000",
        ),
        (
            json!({"is_enabled": true, "fault_type": "latency", "delay": 0}),
            "delay: 0 cannot be meant, and so nothing is injected; write a whole number of ms from 1 to 900000",
        ),
        (
            json!({"is_enabled": true, "fault_type": "status_code", "error_code": "500"}),
            "error_code: \"500\" is a text, and so nothing is injected; write a whole number from 100 to 599",
        ),
        (
            json!({"is_enabled": true, "fault_type": "status_code", "error_code": -5}),
            "error_code: -5 is out of range; write a whole number from 100 to 599",
        ),
        (
            json!({"is_enabled": true, "fault_type": "status_code", "error_code": u64::MAX}),
            "error_code: 18446744073709551615 is out of range; write a whole number from 100 to 599",
        ),
        (
            json!({"is_enabled": true, "fault_type": "exception", "exception_msg": 7}),
            "exception_msg: a number stands here, and so nothing is injected; write a text",
        ),
    ];
    for (document, line) in cases {
        assert_eq!(said(&document), [line], "{document}");
    }
}
