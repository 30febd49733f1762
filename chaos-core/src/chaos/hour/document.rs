//! What the documents say: each bears its version, so that whatever comes of an invocation tells which
//! one was in force.

use std::time::Duration;

use lambda_runtime::Error;
use serde_json::{Value, json};

use super::LEFT;

/// What came of an invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The handler's own, to this invocation.
    Own(u64),
    Error(String),
    Status(String),
    /// What nobody asked for.
    Other(String),
}

impl Answer {
    pub(super) fn of(answer: Result<Value, Error>) -> Self {
        let value = match answer {
            Ok(value) => value,
            Err(error) => return Self::Error(error.to_string()),
        };
        let body = value["body"].as_str().unwrap_or_default();
        match (value["statusCode"].as_u64(), body.parse()) {
            (Some(200), Ok(n)) => Self::Own(n),
            (Some(503), _) => Self::Status(body.to_owned()),
            _ => Self::Other(value.to_string()),
        }
    }
}

/// What a document does to an invocation.
#[derive(Debug)]
pub(super) struct Effect {
    pub(super) answer: Answer,
    pub(super) delay: Duration,
    /// Whether the handler runs.
    pub(super) runs: bool,
}

impl Effect {
    pub(super) fn none(n: u64) -> Self {
        Self {
            answer: Answer::Own(n),
            delay: Duration::ZERO,
            runs: true,
        }
    }

    fn delayed(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    fn answers(answer: Answer) -> Self {
        Self {
            answer,
            delay: Duration::ZERO,
            runs: false,
        }
    }
}

/// The event of the n-th invocation.
pub(super) fn event(n: u64) -> Value {
    json!({
        "n": n,
        "parity": if n.is_multiple_of(2) { "even" } else { "odd" },
        "luck": if is_unlucky(n) { "bad" } else { "good" },
    })
}

fn is_unlucky(n: u64) -> bool {
    n.is_multiple_of(64)
}

/// How many kinds of document there are.
pub(super) const KINDS: u32 = 12;

/// The text of the document of that version.
pub(super) fn text(version: u32) -> String {
    let mark = mark(version);
    let error = json!({ "enabled": true, "exception_msg": mark });
    let status = json!({ "enabled": true, "status_code": 503, "body": mark });
    let ms = milliseconds(version);
    let latency = json!({ "enabled": true, "min_latency": ms, "max_latency": ms });
    let with = |flag: &Value, key: &str, value: Value| {
        let mut flag = flag.clone();
        flag[key] = value;
        flag
    };
    let only = |path: &str, value: &str| json!([{ "path": path, "value": value }]);
    let document = match version % KINDS {
        0 => json!({ "exception": with(&error, "enabled", json!(false)) }),
        1 => json!({ "exception": error }),
        2 => json!({ "statuscode": status }),
        3 => json!({ "latency": latency }),
        4 => json!({ "latency": {
            "enabled": true, "min_latency": 900_000, "match": only("luck", "bad") } }),
        5 => json!({ "exception": with(&error, "phase", json!("after")) }),
        6 => json!({ "exception": with(&error, "match", only("parity", "odd")) }),
        7 => json!({ "exception": with(&error, "percentage", json!(50)) }),
        8 => return format!("{mark} is no document"),
        9 => json!({ "settings": { "enabled": false }, "exception": error }),
        10 => json!({ "exception": with(&error, "percentgae", json!(1)), "latency": latency }),
        _ => json!({ "latency": latency, "statuscode": status }),
    };
    document.to_string()
}

/// What it may do to the n-th invocation: one thing, but where it is rolled.
pub(super) fn does(version: u32, n: u64) -> Vec<Effect> {
    let none = || Effect::none(n);
    let error = || Effect::answers(Answer::Error(mark(version)));
    let status = || Effect::answers(Answer::Status(mark(version)));
    let latency = Duration::from_millis(milliseconds(version));
    let if_hit = |hit: bool, effect: Effect| if hit { effect } else { none() };
    match version % KINDS {
        1 => vec![error()],
        2 => vec![status()],
        3 | 10 => vec![none().delayed(latency)],
        4 => vec![if_hit(is_unlucky(n), none().delayed(LEFT))],
        5 => vec![Effect {
            runs: true,
            ..error()
        }],
        6 => vec![if_hit(n % 2 == 1, error())],
        7 => vec![error(), none()],
        11 => vec![status().delayed(latency)],
        _ => vec![none()],
    }
}

fn mark(version: u32) -> String {
    format!("version {version}")
}

/// Short ones, of a length that goes with the version.
fn milliseconds(version: u32) -> u64 {
    u64::from(version % 97) + 3
}
