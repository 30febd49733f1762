//! What a mode says of itself.

use super::*;

fn mode(flag: &Value) -> Mode {
    let plan = sound(&json!({ "f": flag }));
    plan.flags[0].mode.clone()
}

#[test]
fn what_ends_or_starves_the_process_is_allowed_by_name_only() {
    let modes = [
        (
            json!({"enabled": true, "mode": "latency", "min_latency": 1}),
            false,
            false,
        ),
        (json!({"enabled": true, "mode": "exception"}), false, false),
        (json!({"enabled": true, "mode": "diskspace"}), true, false),
        (
            json!({"enabled": true, "mode": "denylist", "deny_list": ["x"]}),
            true,
            false,
        ),
        (
            json!({"enabled": true, "mode": "memory", "memory_mb": 1}),
            true,
            true,
        ),
        (
            json!({"enabled": true, "mode": "cpu", "cpu_ms": 1}),
            true,
            true,
        ),
        (json!({"enabled": true, "mode": "panic"}), false, true),
        (json!({"enabled": true, "mode": "exit"}), false, true),
    ];
    for (flag, process_wide, by_name_only) in modes {
        let mode = mode(&flag);
        assert_eq!(mode.is_process_wide(), process_wide, "{flag}");
        assert_eq!(mode.is_allowed_by_name_only(), by_name_only, "{flag}");
    }
}

#[test]
fn a_body_that_is_no_json_is_plain_text() {
    let content_type = |body: &Value| {
        let flag = json!({"enabled": true, "mode": "statuscode", "body": body});
        let Mode::StatusCode(status) = mode(&flag) else {
            panic!("{flag}");
        };
        status.default_content_type()
    };
    for body in [json!({}), json!("{}"), json!("7"), json!("\"a\"")] {
        assert_eq!(content_type(&body), "application/json", "{body}");
    }
    for body in [json!(""), json!("sorry"), json!("{} {")] {
        assert_eq!(content_type(&body), "text/plain; charset=utf-8", "{body}");
    }
}

#[test]
fn a_corruption_of_headers_alone_leaves_the_body() {
    for (attributes, headers, mangles) in [
        (json!({}), false, true),
        (json!({"drop_headers": "a"}), true, false),
        (json!({"set_headers": {"a": "b"}}), true, false),
        (json!({"body": "x"}), false, false),
    ] {
        let mut flag = json!({"enabled": true, "mode": "corruption"});
        let attributes = attributes.as_object().expect("an object").clone();
        flag.as_object_mut().expect("an object").extend(attributes);
        let Mode::Corruption(corruption) = mode(&flag) else {
            panic!("{flag}");
        };
        assert_eq!(corruption.concerns_headers(), headers, "{flag}");
        assert_eq!(corruption.mangles(), mangles, "{flag}");
    }
}
