//! Every attribute, as it is read.

use super::*;

#[test]
fn every_attribute_is_read() {
    let plan = sound(&json!({
        "settings": { "enabled": true, "dry_run": true, "seed": u64::MAX, "expires_at": "1970-01-01T01:00:10+01:00" },
        "f": {
            "enabled": true, "mode": "statuscode", "percentage": 0.25, "point": ["cache.*", "handler"],
            "labels": { "tenant": ["a", "b"], "lambda.region": "eu-north-1" }, "by": "label:tenant",
            "phase": "before", "every": 3, "skip_first": 2, "limit": 5,
            "starts_at": "1970-01-01T00:00:01Z", "expires_at": "1970-01-01T00:00:02.5Z",
            "match": [{ "path": "a", "operator": "regex", "value": "^b", "not": true }],
            "status_code": 503, "body": { "a": 1 }, "headers": { "Retry-After": "5", "a": "b" }
        }
    }));
    let second = |seconds: f64| SystemTime::UNIX_EPOCH + Duration::from_secs_f64(seconds);

    assert!(plan.settings.dry_run && plan.settings.enabled);
    assert_eq!(plan.settings.seed, Some(u64::MAX));
    assert_eq!(plan.settings.expires_at, Some(second(10.0)));
    assert!(plan.settings.window_open(second(9.0)) && !plan.settings.window_open(second(10.0)));

    let flag = &plan.flags[0];
    assert_eq!(
        (&*flag.name, flag.enabled, flag.phase),
        ("f", true, Phase::Before)
    );
    assert_eq!(flag.trigger.by, Some(By::Label("tenant".to_owned())));
    assert_eq!(
        (
            flag.trigger.every,
            flag.trigger.skip_first,
            flag.trigger.limit
        ),
        (Some(3), 2, Some(5))
    );
    assert!((flag.trigger.percentage - 0.25).abs() < f64::EPSILON);
    assert!(!flag.trigger.window_open(second(0.9)) && flag.trigger.window_open(second(1.0)));
    assert!(flag.trigger.window_open(second(2.4)) && !flag.trigger.window_open(second(2.5)));
    assert!(flag.aim.conditions[0].not);
    assert_eq!(
        flag.aim.labels[0],
        ("lambda.region".to_owned(), vec!["eu-north-1".to_owned()])
    );
    let Mode::StatusCode(status) = &flag.mode else {
        panic!("{flag:?}")
    };
    assert_eq!(
        (status.code, status.keep_reply, status.body_text().as_str()),
        (503, false, r#"{"a":1}"#)
    );
    assert_eq!(
        status.headers,
        [("a".into(), "b".into()), ("Retry-After".into(), "5".into())]
    );
    assert_eq!(flag.mode.row().name, "statuscode");
}
