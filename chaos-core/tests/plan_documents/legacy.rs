use super::*;

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
