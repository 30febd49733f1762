//! How large a document may be, and what of it.

use super::*;

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
fn texts_have_at_most_4096_characters() {
    let long = |characters: usize| "ä".repeat(characters);
    let texts = |text: &str| {
        [
            ("exception", "exception_msg", json!(text)),
            ("exception", "exception_type", json!(text)),
            ("lost_reply", "exception_msg", json!(text)),
            ("lost_reply", "exception_type", json!(text)),
            ("panic", "exception_msg", json!(text)),
            ("exception", "by", json!(text)),
            ("exception", "point", json!(text)),
            ("exception", "point[0]", json!([text])),
            ("exception", "labels.a", json!({ "a": text })),
            ("exception", "labels.a[1]", json!({ "a": ["b", text] })),
            (
                "exception",
                "match[0].path",
                json!([{ "path": text, "operator": "exists" }]),
            ),
            (
                "exception",
                "match[0].value",
                json!([{ "path": "a", "value": text }]),
            ),
        ]
    };
    let document = |mode: &str, field: &str, value: Value| {
        let key = field.split(['.', '[']).next().expect("a key");
        json!({ mode: { "enabled": true, key: value } })
    };
    for (mode, field, value) in texts(&long(4096)) {
        sound(&document(mode, field, value));
    }
    for (mode, field, value) in texts(&long(4097)) {
        assert_eq!(
            said(&document(mode, field, value)),
            [format!(
                "{mode}.{field}: 4097 characters are too many; write at most 4096"
            )]
        );
    }
    // whether it would compile does not matter then
    let expression =
        json!({ "denylist": { "enabled": true, "deny_list": ["a", "(".repeat(4097)] } });
    assert_eq!(
        said(&expression),
        ["denylist.deny_list[1]: 4097 characters are too many; write at most 4096"]
    );
}

#[test]
fn a_body_has_at_most_262144_characters_also_as_json() {
    let with = |body: Value| json!({ "statuscode": { "enabled": true, "body": body } });
    // the list is written with two brackets and two quotation marks round its text
    for (characters, sign) in [(262_144, "ä"), (262_140, "a")] {
        let text = sign.repeat(characters);
        let body = |more: &str| {
            if characters == 262_144 {
                json!(format!("{text}{more}"))
            } else {
                json!([format!("{text}{more}")])
            }
        };
        sound(&with(body("")));
        assert_eq!(
            said(&with(body("a"))),
            ["statuscode.body: 262145 characters are too many; write at most 262144"]
        );
    }
    assert_eq!(
        said(&with(Value::Null)),
        [
            "statuscode.body: null is no value; write a text of at most 262144 characters, or any JSON but null that is no longer"
        ]
    );
}

#[test]
fn lists_have_at_most_64_entries_and_names_of_labels_256_characters() {
    let labels = |count: usize| -> Value {
        let entry = |n| (format!("label-{n}"), json!("a"));
        (0..count).map(entry).collect()
    };
    let condition = json!({ "path": "a", "value": "b" });
    let lists = |count: usize| {
        [
            ("point", "point", json!(vec!["a"; count])),
            ("labels", "labels", labels(count)),
            ("labels", "labels.a", json!({ "a": vec!["b"; count] })),
            ("match", "match", json!(vec![condition.clone(); count])),
        ]
    };
    for (key, _, list) in lists(64) {
        sound(&flag(&json!({ key: list })));
    }
    for (key, field, list) in lists(65) {
        assert_eq!(
            said(&flag(&json!({ key: list }))),
            [format!("f.{field}: 65 are too many; write at most 64")]
        );
    }
    let named = |characters: usize| flag(&json!({ "labels": { "ä".repeat(characters): "a" } }));
    sound(&named(256));
    assert_eq!(
        said(&named(257)),
        [format!(
            "f.labels.{}…: 257 characters are too many; write at most 256",
            "ä".repeat(40)
        )]
    );
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
fn a_document_of_the_greatest_size_is_read() {
    let largest = format!("{{}}{}", " ".repeat(plan::MAX_DOCUMENT_BYTES - 2));
    assert!(plan::read(&largest).usable);
    let larger = plan::read(&format!("{largest} "));
    assert!(!larger.usable);
    assert!(larger.findings[0].to_string().contains("are too many"));
}

#[test]
fn a_hundred_findings_are_listed_and_the_others_counted() {
    let lines = |count: u32| {
        let flags = (0..count).map(|n| (format!("f{n}"), json!({ "mode": "exception" })));
        said(&Value::Object(flags.collect()))
    };
    let hundred = lines(100);
    assert_eq!(hundred.len(), 100);
    assert!(hundred.iter().all(|line| line.contains("is missing")));
    let more = lines(103);
    assert_eq!(more.len(), 101);
    assert_eq!(
        more[100],
        "3 more findings are not listed; correct these first"
    );
}
