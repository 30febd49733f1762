//! The mode corruption.

use super::*;

#[test]
fn a_corruption_is_after_the_work_and_its_headers_are_in_order() {
    let corrupted = |attributes: &str| {
        let document = format!(r#"{{"corruption": {{"enabled": true{attributes}}}}}"#);
        let document: Value = serde_json::from_str(&document).expect("JSON");
        let flag = sound(&document).flags.remove(0);
        assert_eq!(flag.phase, Phase::After);
        let Mode::Corruption(fault) = flag.mode else {
            panic!("{document}")
        };
        fault
    };
    assert!(corrupted("").mangles());
    let fault = corrupted(r#", "body": "", "phase": "after""#);
    assert!(!fault.mangles() && fault.body.as_deref() == Some(""));
    let fault = corrupted(
        r#", "drop_headers": ["X-B", "x-a", "x-b"], "set_headers": {"X-D": "1", "x-c": "2"}"#,
    );
    assert!(!fault.mangles() && fault.concerns_headers() && fault.body.is_none());
    assert_eq!(fault.drop_headers, ["x-a", "x-b"]);
    let set: Vec<&str> = fault.set_headers.iter().map(|(name, _)| &**name).collect();
    assert_eq!(set, ["x-c", "X-D"]);
    // As an AppConfig feature flag has them.
    let flag = corrupted(r#", "drop_headers": "[\"x-a\"]", "set_headers": "{\"x-c\": \"2\"}""#);
    assert_eq!((flag.drop_headers.len(), flag.set_headers.len()), (1, 1));
    assert_eq!(
        corrupted(r#", "drop_headers": "X-A""#).drop_headers,
        ["x-a"]
    );
}
