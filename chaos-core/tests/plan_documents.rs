//! Documents in this project's own format: what is read, what is refused and how it is said.

use std::borrow::Cow;
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

#[test]
fn defaults_are_those_of_failure_lambda() {
    let plan = sound(&json!({
        "timeout": { "enabled": true },
        "diskspace": { "enabled": true },
        "full": { "enabled": true, "mode": "diskspace", "leave_free": 0 },
        "memory": { "enabled": true },
        "cpu": { "enabled": true },
        "statuscode": { "enabled": true },
        "exception": { "enabled": true },
        "panic": { "enabled": true },
        "exit": { "enabled": true },
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
            "StatusCode(StatusCode { code: 500, body: None, headers: [], keep_reply: false })",
            "Exception(Exception { message: \"Injected exception\", error_type: None })",
            "Panic(Panic { message: \"Injected panic\" })",
            "Exit(Exit { code: 1 })",
        ],
    );
    assert!(
        plan.flags
            .iter()
            .all(|flag| flag.trigger == Trigger::default() && flag.aim.point.is_none())
    );
    let Mode::StatusCode(status) = &plan.flags[8].mode else {
        panic!("{plan:?}")
    };
    assert_eq!(
        status.body_text(),
        r#"{"message":"Injected status code 500"}"#
    );
    assert_eq!(status.default_content_type(), "application/json");
}

/// The whole line that a user reads, for one document of each kind of mistake.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn findings_say_where_what_and_what_to_write() {
    let cases = [
        (
            json!({"exception": {}}),
            "exception.enabled: is missing; write true or false",
        ),
        (
            json!({"exception": {"enabled": "true"}}),
            "exception.enabled: \"true\" is a text; write true or false",
        ),
        (
            json!({"exception": []}),
            "exception: a list stands here; write an object, as {\"enabled\": true}",
        ),
        (
            flag(&json!({"percentage": 101})),
            "f.percentage: 101 is out of range; write a number from 0 to 100",
        ),
        (
            flag(&json!({"percentage": "50"})),
            "f.percentage: \"50\" is a text; write a number from 0 to 100",
        ),
        (
            json!({"latency": {"enabled": true, "min_latency": 500, "max_latency": 100}}),
            "latency.max_latency: 100 is less than min_latency (500); write at least 500",
        ),
        (
            json!({"latency": {"enabled": true, "min_latency": -1}}),
            "latency.min_latency: -1 is out of range; write a number from 0 to 900000 ms",
        ),
        (
            json!({"latency": {"enabled": true}}),
            "latency.min_latency: without it and max_latency the wait is 0; write how many ms to wait",
        ),
        (
            json!({"latency": {"enabled": true, "distribution": "pareto"}}),
            "latency.distribution: \"pareto\" cannot be meant; write \"uniform\" or \"normal\" or \"lognormal\"",
        ),
        (
            json!({"latency": {"enabled": true, "distribution": "normal", "mean": 5}}),
            "latency.sigma: is missing; write a number from 0 to 900000 ms",
        ),
        (
            json!({"latency": {"enabled": true, "distribution": "lognormal", "mean": 0, "sigma": 1}}),
            "latency.mean: no lognormal distribution has a mean of 0; write a greater number",
        ),
        (
            json!({"latency": {"enabled": true, "distribution": "normal", "mean": 900_001, "sigma": 1}}),
            "latency.mean: 900001 is out of range; write a number from 0 to 900000 ms",
        ),
        (
            json!({"latency": {"enabled": true, "min_latency": 1, "mean": 5}}),
            "latency.mean: the uniform distribution has none; write \"distribution\": \"normal\" or \"lognormal\", or leave it out",
        ),
        (
            json!({"timeout": {"enabled": true, "timeout_buffer_ms": -1}}),
            "timeout.timeout_buffer_ms: -1 is out of range; write a number from 0 to 900000 ms",
        ),
        (
            json!({"diskspace": {"enabled": true, "disk_space": 1.5}}),
            "diskspace.disk_space: 1.5 is no whole number; write a whole number from 1 to 10240 MB",
        ),
        (
            json!({"lost_reply": {"enabled": true, "phase": "before"}}),
            "lost_reply.phase: lost_reply comes after the work by its nature; write \"after\", or leave it out",
        ),
        (
            json!({"lost_reply": {"enabled": true, "exception_msg": 7}}),
            "lost_reply.exception_msg: a number stands here; write a text",
        ),
        (
            json!({"memory": {"enabled": true, "memory_mb": 10_241}}),
            "memory.memory_mb: 10241 is out of range; write a whole number from 1 to 10240 MB",
        ),
        (
            json!({"memory": {"enabled": true, "phase": "after"}}),
            "memory.phase: memory after the work would change nothing; write \"before\", or leave it out",
        ),
        (
            json!({"cpu": {"enabled": true, "cpu_ms": 0}}),
            "cpu.cpu_ms: 0 is out of range; write a whole number from 1 to 900000 ms",
        ),
        (
            json!({"cpu": {"enabled": true, "cpu_threads": 65}}),
            "cpu.cpu_threads: 65 is out of range; write a whole number from 1 to 64",
        ),
        (
            json!({"panic": {"enabled": true, "exception_msg": null}}),
            "panic.exception_msg: null is no value; write a text",
        ),
        (
            json!({"exit": {"enabled": true, "exit_code": 256}}),
            "exit.exit_code: 256 is out of range; write a whole number from 0 to 255",
        ),
        (
            json!({"diskspace": {"enabled": true, "phase": "after"}}),
            "diskspace.phase: diskspace after the work would change nothing; write \"before\", or leave it out",
        ),
        (
            json!({"diskspace": {"enabled": true, "disk_space": 5, "leave_free": 5}}),
            "diskspace.leave_free: cannot hold beside disk_space; leave one out",
        ),
        (
            json!({"diskspace": {"enabled": true, "leave_free": 10_241}}),
            "diskspace.leave_free: 10241 is out of range; write a whole number from 0 to 10240 MB",
        ),
        (
            json!({"exception": {"enabled": true, "leave_free": 5}}),
            "exception.leave_free: belongs to diskspace, and exception ignores it; leave it out",
        ),
        (
            flag(&json!({"percantage": 5})),
            "f.percantage: is no attribute; did you mean \"percentage\"?",
        ),
        (
            flag(&json!({"rate": 0.5})),
            "f.rate: is no attribute; did you mean \"percentage\"?",
        ),
        (
            flag(&json!({"mode": "latencie"})),
            "f.mode: \"latencie\" is no mode; write \"latency\"",
        ),
        (
            flag(&json!({"mode": 7})),
            "f.mode: 7 is a number; write one of latency, timeout, diskspace, memory, cpu, statuscode, exception, panic, exit and lost_reply",
        ),
        (
            json!({"denylist": {"enabled": true}}),
            "denylist: this version does not have the mode denylist; it has latency, timeout, diskspace, memory, cpu, statuscode, exception, panic, exit and lost_reply",
        ),
        (
            json!({"Latency": {"enabled": true}}),
            "Latency: names no mode, and nothing of it is applied; did you mean \"latency\"?",
        ),
        (
            json!({"slow": {"enabled": true}}),
            "slow: names no mode, and nothing of it is applied; write the \"mode\" that it has, one of latency, timeout, diskspace, memory, cpu, statuscode, exception, panic, exit and lost_reply",
        ),
        (
            json!({"x-note": "hello"}),
            "x-note: is no flag and is ignored; leave it out",
        ),
        (
            flag(&json!({"phase": "later"})),
            "f.phase: \"later\" cannot be meant; write \"before\" or \"after\"",
        ),
        (
            flag(&json!({"every": 0})),
            "f.every: 0 is out of range; write a whole number of at least 1",
        ),
        (
            flag(&json!({"by": "label:"})),
            "f.by: \"label:\" names no label; write its name after the colon",
        ),
        (
            flag(&json!({"expires_at": "tomorrow"})),
            "f.expires_at: \"tomorrow\" is no point in time; write it as RFC 3339 has it, as \"2026-12-01T18:00:00Z\"",
        ),
        (
            flag(
                &json!({"starts_at": "2026-12-01T18:00:00Z", "expires_at": "2026-12-01T18:00:00+01:00"}),
            ),
            "f.expires_at: is not after starts_at; write a later time",
        ),
        (
            flag(&json!({"point": []})),
            "f.point: an empty list matches nothing; write a glob, as \"cache.*\", or a list of globs, or leave it out",
        ),
        (
            flag(&json!({"labels": {"t": [1]}})),
            "f.labels.t[0]: 1 is a number; write a text that is not empty",
        ),
        (
            flag(&json!({"match": [{"path": "a", "operator": "contains", "value": "b"}]})),
            "f.match[0].operator: \"contains\" is no operator; write \"eq\", \"exists\", \"startsWith\" or \"regex\"",
        ),
        (
            flag(&json!({"match": [{"value": "b"}]})),
            "f.match[0].path: is missing; write where to look in the event, as \"headers.x-debug\"",
        ),
        (
            json!({"statuscode": {"enabled": true, "headers": {"A": "1", "a": "2"}}}),
            "statuscode.headers.a: is there twice; write it once",
        ),
        (
            json!({"statuscode": {"enabled": true, "headers": {"a b": "1"}}}),
            "statuscode.headers.a b: is no name of an HTTP header; write letters, digits and hyphens",
        ),
        (
            json!({"statuscode": {"enabled": true, "phase": "after", "body": "x"}}),
            "statuscode.body: with phase after the response keeps its own; leave it out",
        ),
        (
            json!({"settings": {"dry_runn": true}}),
            "settings.dry_runn: is no setting, and so the document is not used; did you mean \"dry_run\"?",
        ),
        (
            json!({"settings": {"seed": -1}}),
            "settings.seed: -1 is out of range; write a whole number of at least 0",
        ),
        (
            json!({"isEnabled": true, "failureMode": "latency", "rate": 1, "minLatency": 5, "maxLatency": 1}),
            "maxLatency: 1 is less than minLatency (5); write at least 5",
        ),
        (
            json!({"failureMode": "latency", "rate": 1, "minLatency": 5}),
            "isEnabled: is missing; write true or false",
        ),
        (
            json!({"isEnabled": true, "failureMode": "latency", "minLatency": 5}),
            "rate: is missing, and so nothing is injected; write a number from 0 to 1",
        ),
        (
            json!({"is_enabled": true, "fault_type": "latency", "delay": 1.5}),
            "delay: 1.5 cannot be meant, and so nothing is injected; write a whole number of ms from 1 to 900000",
        ),
        (
            json!({"is_enabled": true, "fault_type": "status_code", "error_code": 900}),
            "error_code: 900 is out of range; write a whole number from 100 to 599",
        ),
        (
            json!([]),
            "a list stands here; write an object, one key a flag",
        ),
    ];
    for (document, line) in cases {
        assert_eq!(said(&document), [line], "{document}");
    }
}

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

#[test]
fn findings_show_forty_characters_of_a_value() {
    let long = "x".repeat(41);
    let shown = format!("\"{}…\" ", "x".repeat(40));
    let documents = [
        flag(&json!({ "percentage": long })),
        flag(&json!({ "mode": long })),
        flag(&json!({ "phase": long })),
        flag(&json!({ "expires_at": long })),
        flag(&json!({ "labels": long })),
        flag(&json!({ "match": [{ "path": "a", "operator": long }] })),
    ];
    for document in documents {
        let lines = said(&document);
        assert!(lines[0].contains(&shown), "{lines:?}");
    }
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
fn regular_expressions_are_bounded_in_size_in_number_and_in_what_they_search() {
    let regex = |value: &str| json!({ "path": "a", "operator": "regex", "value": value });
    let matching = |conditions: &[Value]| flag(&json!({ "match": conditions }));

    sound(&matching(&[regex(
        "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    )]));
    sound(&matching(&[regex(&"a".repeat(100))]));
    for large in ["a".repeat(140), "(a?){40}Z".to_owned(), ".*".repeat(80)] {
        assert_eq!(
            said(&matching(&[regex(&large)])),
            [
                "f.match[0].value: the expression is too large; write one with fewer or smaller repetitions"
            ]
        );
    }

    sound(&matching(&vec![regex("a"); 16]));
    let reading = read(&json!({
        "a": { "enabled": true, "mode": "exception", "match": vec![regex("a"); 10] },
        "b": { "enabled": true, "mode": "exception", "match": vec![regex("a"); 7] },
        "c": { "enabled": true, "mode": "exception" }
    }));
    let names: Vec<&str> = reading.plan.flags.iter().map(|flag| &*flag.name).collect();
    assert_eq!(names, ["a", "c"]);
    assert_eq!(
        reading.findings[0].to_string(),
        "b.match[6].value: more than 16 regular expressions in one document; write \"startsWith\" or \"eq\" where that is enough"
    );

    for not in [false, true] {
        let plan = sound(&matching(&[
            json!({ "path": "a", "operator": "regex", "value": if not { "b" } else { "a" }, "not": not }),
        ]));
        let holds = |length: usize| {
            plan.flags[0].aim.conditions[0].holds(&json!({ "a": "a".repeat(length) }))
        };
        assert!(holds(4 * 1024) && !holds(4 * 1024 + 1), "{not}");
    }
}

#[test]
fn a_document_has_at_most_256_flags() {
    let flags = |count: usize| -> Value {
        let entry = |n| {
            (
                format!("f{n:03}"),
                json!({ "enabled": true, "mode": "exception" }),
            )
        };
        (0..count).map(entry).collect()
    };
    let mut full = flags(256);
    full["settings"] = json!({ "dry_run": true });
    assert_eq!(sound(&full).flags.len(), 256);

    let mut more = flags(259);
    more["f000"] = json!({ "enabled": 1, "mode": "exception" });
    let reading = read(&more);
    assert!(reading.usable);
    assert_eq!(reading.plan.flags.len(), 255, "an invalid one counts");
    assert_eq!(&*reading.plan.flags[254].name, "f255");
    assert_eq!(reading.findings.len(), 2);
    assert_eq!(
        (
            reading.findings[0].severity,
            reading.findings[0].message.as_str()
        ),
        (
            Severity::Error,
            "259 flags are too many, and those after the first 256 by name are skipped, 3 in all; write at most 256"
        )
    );
}

#[test]
fn a_document_that_is_invalid_as_a_whole_means_no_chaos() {
    let nested = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let large = format!(r#"{{ "x": "{}" }}"#, "x".repeat(plan::MAX_DOCUMENT_BYTES));
    let with_a_flag = r#"{ "settings": { "dry_run": 1 }, "exception": { "enabled": true } }"#;
    for text in [
        "",
        "  ",
        "nonsense",
        "{",
        "null",
        "7",
        "\"text\"",
        "[]",
        with_a_flag,
        &nested,
        &large,
    ] {
        let reading = plan::read(text);
        assert!(!reading.usable, "{text:.80}");
        assert_eq!(reading.plan, Plan::default(), "{text:.80}");
        assert_eq!(reading.findings[0].severity, Severity::Error, "{text:.80}");
    }
    assert!(plan::read("{}").usable);
    assert!(
        plan::read("\u{feff}{}").usable,
        "an editor's byte order mark is no mistake"
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
    let twice: String = (0..200).map(|n| format!("\"{n}\": {flag}, ")).collect();
    let text = format!("{{ {twice} \"exception\": {{ \"enabled\": 1 }} }}");
    let reading = plan::read(&text);
    let path = |finding: &plan::Finding| finding.path.clone();
    assert!(
        reading
            .findings
            .iter()
            .map(path)
            .any(|path| path == "exception.enabled")
    );
}

#[test]
fn settings_can_switch_everything_off() {
    let plan =
        sound(&json!({ "settings": { "enabled": false }, "exception": { "enabled": true } }));
    assert_eq!((plan.flags.len(), plan.active().count()), (1, 0));
}

#[test]
fn aims() {
    let aim = |attributes: Value| sound(&flag(&attributes)).flags[0].aim.clone();

    let handler = aim(json!({}));
    assert!(handler.concerns_point("handler") && !handler.concerns_point("cache.get"));
    for point in [json!("*"), json!("handler"), json!(["x", "hand*"])] {
        assert!(aim(json!({ "point": point })).concerns_point("handler"));
    }
    assert!(!aim(json!({ "point": "cache.*" })).concerns_point("handler"));

    let labelled = aim(json!({ "labels": { "tenant": ["a", "b"], "table": "orders" } }));
    let holds = |tenant: &'static str, table: Option<&'static str>| {
        labelled.labels_hold(|name| match name {
            "tenant" => Some(Cow::Borrowed(tenant)),
            "table" => table.map(Cow::Borrowed),
            _ => None,
        })
    };
    assert!(holds("b", Some("orders")));
    assert!(!holds("c", Some("orders")) && !holds("a", Some("users")) && !holds("a", None));
    assert!(aim(json!({})).labels_hold(|_| None));
}

#[test]
fn calls_are_counted_after_the_first() {
    let counted = |attributes: Value| -> Vec<u64> {
        let trigger = sound(&flag(&attributes)).flags[0].trigger.clone();
        (0..=9).filter(|nth| trigger.counts(*nth)).collect()
    };
    assert_eq!(counted(json!({})), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(counted(json!({ "skip_first": 7 })), [8, 9]);
    assert_eq!(counted(json!({ "every": 4 })), [4, 8]);
    assert_eq!(counted(json!({ "every": 3, "skip_first": 2 })), [5, 8]);
    assert_eq!(
        counted(json!({ "skip_first": u64::MAX })),
        Vec::<u64>::new()
    );
}

#[test]
fn zero_never_hits_and_a_hundred_always() {
    let trigger = |percentage: f64| {
        sound(&flag(&json!({ "percentage": percentage }))).flags[0]
            .trigger
            .clone()
    };
    let greatest = 1.0 - f64::EPSILON / 2.0;
    assert!(!trigger(0.0).hits(0.0));
    assert!(trigger(100.0).hits(greatest));
    assert!(trigger(0.001).hits(0.000_009) && !trigger(0.001).hits(0.000_011));
}

/// The hash is part of the format: these numbers never change.
#[test]
fn pinned_draws_stay_as_they_are() {
    let draws = [
        (Trigger::pinned_draw("latency", "customer-1"), PINNED[0]),
        (Trigger::pinned_draw("latency", ""), PINNED[1]),
        (Trigger::pinned_draw("", "grün"), PINNED[2]),
    ];
    for (draw, expected) in draws {
        assert_eq!(draw.to_bits(), expected, "{draw} {:#x}", draw.to_bits());
    }
    assert_ne!(
        Trigger::pinned_draw("ab", "c").to_bits(),
        Trigger::pinned_draw("a", "bc").to_bits(),
        "where the name ends matters",
    );
}

/// The bits of the draws, computed apart from this code.
const PINNED: [u64; 3] = [
    0x3fd5_585b_eeb5_c498,
    0x3fe2_3555_3596_2ee6,
    0x3fbb_eecf_77e0_75c0,
];

#[test]
fn pinned_draws_are_spread_evenly_and_flags_are_independent() {
    let keys: Vec<String> = (0..100_000).map(|n| format!("customer-{n}")).collect();
    let share = |hit: &dyn Fn(&str) -> bool| {
        let hits = keys.iter().filter(|key| hit(key)).count();
        f64::from(u32::try_from(hits).expect("a count")) / 1_000.0
    };
    for percent in [1.0, 5.0, 50.0, 95.0] {
        let hit = share(&|key| Trigger::pinned_draw("latency", key) * 100.0 < percent);
        assert!((hit - percent).abs() < 0.5, "{percent} % are {hit} %");
    }
    let both = share(&|key| {
        ["a", "b"]
            .iter()
            .all(|flag| Trigger::pinned_draw(flag, key) < 0.05)
    });
    assert!((both - 0.25).abs() < 0.1, "two flags at 5 % share {both} %");
}
