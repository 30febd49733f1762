//! Documents drawn from what documents are made of, right and wrong.

use serde_json::{Value, json};

/// `SplitMix64`: the same documents on every run.
pub(crate) struct Draws(pub(crate) u64);

impl Draws {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).expect("a size")).expect("below a size")
    }

    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
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

pub(crate) fn document(draws: &mut Draws) -> Value {
    let mut document = object(draws, 4);
    if draws.below(3) > 0 {
        for name in ["one", "two", "three"] {
            document[name] = likely_flag(draws);
        }
    }
    document
}
