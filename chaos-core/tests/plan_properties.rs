//! What must hold of every document, however it was made.

#[path = "plan_properties/hostile.rs"]
mod hostile;
mod schema;

use chaos_core::plan::{
    self, Condition, Distribution, Mode, Phase, Plan, Reading, Severity, Trigger, text_at,
};
use schema::{Schemas, Verdict};
use serde_json::{Value, json};

/// `SplitMix64`: the same documents on every run.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).expect("a size")).expect("below a size")
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

const KEYS: &[&str] = &[
    "latency",
    "diskspace",
    "statuscode",
    "exception",
    "timeout",
    "corruption",
    "denylist",
    "deny_list",
    "settings",
    "slow",
    "Latency",
    "",
    "é.[0]",
    "enabled",
    "mode",
    "percentage",
    "match",
    "point",
    "labels",
    "by",
    "phase",
    "every",
    "skip_first",
    "limit",
    "starts_at",
    "expires_at",
    "min_latency",
    "max_latency",
    "timeout_buffer_ms",
    "disk_space",
    "status_code",
    "body",
    "headers",
    "drop_headers",
    "set_headers",
    "exception_msg",
    "exception_type",
    "distribution",
    "mean",
    "sigma",
    "memory_mb",
    "cpu_ms",
    "cpu_threads",
    "exit_code",
    "leave_free",
    "percantage",
    "dry_run",
    "seed",
    "path",
    "operator",
    "value",
    "not",
    "isEnabled",
    "failureMode",
    "rate",
    "minLatency",
    "maxLatency",
    "statusCode",
    "is_enabled",
    "fault_type",
    "delay",
    "error_code",
    "line\nbreak",
    "\u{1b}[31m",
];

const TEXTS: &[&str] = &[
    "",
    "latency",
    "diskspace",
    "exception",
    "statuscode",
    "status_code",
    "panic",
    "before",
    "after",
    "label:",
    "label:tenant",
    "headers.x-debug",
    "eq",
    "exists",
    "startsWith",
    "regex",
    "^a+$",
    "(",
    "(a+)+$",
    "(?!a)",
    "(a)\\1",
    "(a{1000}){1000}",
    "a{99999999999}",
    "\\p{L}",
    "[[:alpha:]&&a]",
    "*",
    "a*b*",
    "2026-12-01T18:00:00Z",
    "0000-01-01T00:00:00+23:59",
    "9999-12-31T23:59:60-23:59",
    "2026-02-30T00:00:00Z",
    "[{\"path\":\"a\"}]",
    "[",
    "{\"a\":[\"b\"]}",
    "\r\n\u{7f}",
    "\u{202e}x",
];

fn scalar(draws: &mut Draws) -> Value {
    match draws.below(12) {
        0 => Value::Null,
        1..=3 => json!(draws.below(2) == 0),
        4 => json!(draws.below(200)),
        5 => json!(f64::from_bits(draws.next())),
        6 => json!(draws.next()),
        7 => json!(draws.next().cast_signed()),
        8 => json!(1e308),
        _ => json!(*draws.one(TEXTS)),
    }
}

fn value(draws: &mut Draws, depth: usize) -> Value {
    match draws.below(10) {
        0..=4 if depth > 0 => object(draws, depth - 1),
        5 if depth > 0 => (0..draws.below(4))
            .map(|_| value(draws, depth - 1))
            .collect(),
        _ => scalar(draws),
    }
}

fn object(draws: &mut Draws, depth: usize) -> Value {
    let entries = (0..draws.below(7)).map(|_| ((*draws.one(KEYS)).to_owned(), value(draws, depth)));
    Value::Object(entries.collect())
}

const MODES: [&str; 13] = [
    "latency",
    "timeout",
    "diskspace",
    "memory",
    "cpu",
    "denylist",
    "statuscode",
    "exception",
    "panic",
    "exit",
    "lost_reply",
    "duplicate",
    "corruption",
];

/// A flag that is mostly right, so that what comes after the first check is reached as well.
fn likely_flag(draws: &mut Draws) -> Value {
    let mut flag = json!({ "enabled": draws.below(4) != 0, "mode": *draws.one(&MODES) });
    let attributes = [
        ("percentage", json!(draws.below(102))),
        ("min_latency", json!(draws.below(1000))),
        ("max_latency", json!(draws.below(1000))),
        (
            "distribution",
            json!(*draws.one(&["uniform", "normal", "lognormal"])),
        ),
        ("mean", json!(draws.below(1_000_000))),
        ("sigma", json!(draws.below(1_000_000))),
        ("timeout_buffer_ms", json!(draws.below(1_000_000))),
        ("exit_code", json!(draws.below(300))),
        ("leave_free", json!(draws.below(11_000))),
        ("memory_mb", json!(draws.below(11_000))),
        ("cpu_ms", json!(draws.below(1_000_000))),
        ("cpu_threads", json!(draws.below(70))),
        (
            "deny_list",
            (0..draws.below(6))
                .map(|_| json!(*draws.one(TEXTS)))
                .collect(),
        ),
        ("status_code", json!(draws.below(700))),
        ("disk_space", json!(draws.below(11_000))),
        ("every", json!(draws.below(4))),
        ("phase", json!(*draws.one(&["before", "after"]))),
        ("point", json!([*draws.one(TEXTS)])),
        ("labels", json!({ "tenant": *draws.one(TEXTS) })),
        ("by", json!(*draws.one(TEXTS))),
        ("expires_at", json!(*draws.one(TEXTS))),
        ("headers", json!({ "a": *draws.one(TEXTS), "b": "c" })),
        ("body", json!(*draws.one(TEXTS))),
        ("drop_headers", json!([*draws.one(TEXTS), "b"])),
        ("set_headers", json!({ "a": *draws.one(TEXTS), "b": "c" })),
        (
            "match",
            json!([{ "path": *draws.one(KEYS), "operator": *draws.one(TEXTS), "value": *draws.one(TEXTS) }]),
        ),
    ];
    for _ in 0..draws.below(4) {
        let (key, value) = draws.one(&attributes).clone();
        flag[key] = value;
    }
    flag
}

fn document(draws: &mut Draws) -> Value {
    let mut document = object(draws, 4);
    if draws.below(3) > 0 {
        for name in ["one", "two", "three"] {
            document[name] = likely_flag(draws);
        }
    }
    document
}

/// The document with its keys in order, or the other way round.
fn written(value: &Value, reversed: bool) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            if reversed {
                keys.reverse();
            }
            let entries = keys
                .into_iter()
                .map(|key| format!("{}: {}", json!(key), written(&map[key], reversed)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Array(list) => {
            let entries = list.iter().map(|entry| written(entry, reversed));
            format!("[{}]", entries.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}

fn check(text: &str) -> Reading {
    let reading = plan::read(text);
    if !reading.usable {
        assert_eq!(reading.plan, Plan::default(), "{text}");
        assert!(
            reading
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Error),
            "{text}"
        );
    }
    assert!(reading.findings.len() <= 101, "{text}");
    for finding in &reading.findings {
        let line = finding.to_string();
        assert!(
            !finding.message.is_empty() && line.chars().count() < 800,
            "{text}: {line}"
        );
        assert!(!line.chars().any(char::is_control), "{text}: {line:?}");
    }
    let order = |flag: &plan::Flag| {
        let place = plan::MODES
            .iter()
            .position(|row| row.name == flag.mode.name());
        (place, flag.name.clone())
    };
    assert!(reading.plan.flags.is_sorted_by_key(order), "{text}");
    for flag in &reading.plan.flags {
        check_flag(flag, text);
    }
    reading
}

fn check_flag(flag: &plan::Flag, text: &str) {
    assert!((0.0..=100.0).contains(&flag.trigger.percentage), "{text}");
    assert!(
        flag.trigger.every != Some(0) && flag.trigger.limit != Some(0),
        "{text}"
    );
    assert!(
        (0.0..1.0).contains(&Trigger::pinned_draw(&flag.name, text)),
        "{text}"
    );
    let row = flag.mode.row();
    assert_eq!(row.name, flag.mode.name());
    assert!(
        if flag.phase == Phase::After {
            row.after
        } else {
            row.before
        },
        "{text}"
    );
    match &flag.mode {
        Mode::Latency(latency) => {
            assert!(
                0.0 <= latency.min_ms
                    && latency.min_ms <= latency.max_ms
                    && latency.max_ms <= 900_000.0,
                "{text}"
            );
            if let Distribution::Normal(spread) | Distribution::LogNormal(spread) =
                latency.distribution
            {
                assert!((0.0..=900_000.0).contains(&spread.mean_ms), "{text}");
                assert!((0.0..=900_000.0).contains(&spread.sigma_ms), "{text}");
            }
        }
        Mode::Timeout(timeout) => {
            assert!((0.0..=900_000.0).contains(&timeout.buffer_ms), "{text}");
        }
        Mode::DiskSpace(disk) => {
            assert!((1..=10_240).contains(&disk.megabytes), "{text}");
            assert!(disk.leave_free.is_none_or(|left| left <= 10_240), "{text}");
        }
        Mode::Memory(memory) => assert!((1..=10_240).contains(&memory.megabytes), "{text}"),
        Mode::DenyList(list) => {
            assert!(list.hosts.len() <= 64, "{text}");
            for host in &*list.hosts {
                assert!(!host.found_in_host(&"a".repeat(254)), "{text}");
            }
        }
        Mode::Cpu(cpu) => {
            assert!((1..=900_000).contains(&cpu.ms), "{text}");
            assert!(
                cpu.threads
                    .is_none_or(|threads| (1..=64).contains(&threads)),
                "{text}"
            );
        }
        Mode::StatusCode(status) => {
            assert!((100..=599).contains(&status.code), "{text}");
            assert!(
                status
                    .headers
                    .is_sorted_by_key(|(name, _)| name.to_ascii_lowercase()),
                "{text}"
            );
        }
        Mode::Corruption(fault) => {
            assert!(
                fault.drop_headers.len() <= 50 && fault.set_headers.len() <= 50,
                "{text}"
            );
            assert!(fault.drop_headers.is_sorted(), "{text}");
            assert_eq!(flag.phase, Phase::After, "{text}");
        }
        _ => {}
    }
    for event in [
        Value::Null,
        json!({ "headers": { "x-debug": ["a"] }, "": { "a": 1 } }),
        json!([[]]),
    ] {
        Condition::all_hold(&flag.aim.conditions, &event);
        text_at(&event, text);
    }
    flag.aim.concerns_point(text);
}

#[test]
fn generated_documents_keep_every_bound_whatever_the_order_of_their_keys() {
    let mut draws = Draws(1);
    let (mut kept, mut unusable) = (0, 0);
    for _ in 0..4_000 {
        let document = document(&mut draws);
        let reading = check(&written(&document, false));
        assert_eq!(reading, check(&written(&document, true)), "{document}");
        let parsed = serde_json::from_str(&written(&document, false)).expect("JSON");
        assert_eq!(reading, plan::read_value(&parsed), "{document}");
        kept += reading.plan.flags.len();
        unusable += usize::from(!reading.usable);
    }
    // Otherwise the documents above would show nothing.
    assert!(kept > 1_000 && unusable > 100, "{kept} {unusable}");
}

/// Holds the schema against documents, and against each of their entries alone, so that one wrong
/// flag does not hide the others. At least so many are accepted, and so many refused.
fn agree(documents: impl Iterator<Item = Value>, least: usize) {
    let schemas = Schemas::new();
    let (mut accepted, mut refused) = (0, 0);
    for document in documents {
        let entries = document.as_object().expect("an object");
        let alone = entries.iter().map(|(key, value)| json!({ key: value }));
        for document in alone.chain([document.clone()]) {
            match schemas.check(&document) {
                Some(Verdict::Accepted) => accepted += 1,
                Some(Verdict::Refused) => refused += 1,
                Some(Verdict::Inexpressible(_)) | None => {}
            }
        }
    }
    // Otherwise the documents would show nothing.
    assert!(
        accepted >= least && refused >= least,
        "{accepted} accepted, {refused} refused"
    );
}

#[test]
fn the_schema_agrees_on_generated_documents() {
    let mut draws = Draws(3);
    agree((0..1_000).map(|_| document(&mut draws)), 1_000);
}
