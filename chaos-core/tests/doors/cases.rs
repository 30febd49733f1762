//! The cases: a document, and what comes of a handler that answers 200 "own".

use std::ops::RangeInclusive;

use serde_json::{Value, json};

/// What the runtime gets from a handler.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// Status, body, and the headers that are looked at.
    Reply(u16, String, Headers),
    Error(String),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Headers {
    pub(crate) content_type: Option<String>,
    /// The flags that fired, as the header that is asked for names them.
    pub(crate) flags: Option<String>,
}

/// The header that names the flags.
pub(crate) const FLAGS: &str = "X-Chaos-Flags";

impl Outcome {
    pub(crate) fn of_json(value: &Value) -> Self {
        let status = value["statusCode"].as_u64().expect("a status code");
        Self::Reply(
            u16::try_from(status).expect("a status code"),
            value["body"].as_str().unwrap_or_default().to_owned(),
            Headers::read(|wanted| {
                let mut headers = value["headers"].as_object()?.iter();
                let found = headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
                Some(found?.1.as_str()?.to_owned())
            }),
        )
    }

    /// An injected response has failure-lambda's content type; the handler's own has none here.
    pub(crate) fn checked(self) -> Self {
        match self {
            Self::Reply(status, body, headers) => {
                let expected = (!is_own(&body)).then_some("application/json");
                assert_eq!(headers.content_type.as_deref(), expected, "{status} {body}");
                let content_type = None;
                Self::Reply(
                    status,
                    body,
                    Headers {
                        content_type,
                        ..headers
                    },
                )
            }
            Self::Error(_) => self,
        }
    }
}

impl Headers {
    pub(crate) fn read(find: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            content_type: find("content-type"),
            flags: find(FLAGS),
        }
    }
}

/// The body of the handler's own answer.
pub(crate) const OWN: &str = "own";

/// Whether a body is the handler's own, be it mangled.
pub(crate) fn is_own(body: &str) -> bool {
    body == OWN || body.ends_with(char::REPLACEMENT_CHARACTER)
}

/// Whether this build can deny names.
const DENIES: bool = cfg!(all(
    feature = "dns",
    target_os = "linux",
    target_env = "gnu",
    not(target_feature = "crt-static")
));

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) document: Value,
    pub(crate) expected: Expected,
    /// The flags that fire, in order.
    pub(crate) injected: Vec<&'static str>,
    /// What has to be allowed by name; nothing else is allowed then.
    pub(crate) allowed: Option<&'static [&'static str]>,
}

impl Case {
    fn allowing(self, modes: &'static [&'static str]) -> Self {
        Self {
            allowed: Some(modes),
            ..self
        }
    }
}

pub(crate) struct Expected {
    pub(crate) outcome: Outcome,
    pub(crate) waited_ms: RangeInclusive<u128>,
}

fn reply(status: u16, body: &str) -> Expected {
    Expected {
        outcome: Outcome::Reply(status, body.to_owned(), Headers::default()),
        waited_ms: 0..=0,
    }
}

fn error(message: &str) -> Expected {
    Expected {
        outcome: Outcome::Error(message.to_owned()),
        waited_ms: 0..=0,
    }
}

impl Expected {
    /// With the header that names these flags, if there is a response.
    pub(crate) fn naming(mut self, flags: &[&str]) -> Self {
        if let Outcome::Reply(_, _, headers) = &mut self.outcome {
            headers.flags = Some(flags.join(", ")).filter(|flags| !flags.is_empty());
        }
        self
    }

    fn after(self, waited_ms: RangeInclusive<u128>) -> Self {
        Self { waited_ms, ..self }
    }
}

fn case(
    name: &'static str,
    document: Value,
    expected: Expected,
    injected: &[&'static str],
) -> Case {
    Case {
        name,
        document,
        expected,
        injected: injected.to_vec(),
        allowed: None,
    }
}

pub(crate) fn cases(sees_event: bool) -> Vec<Case> {
    let mut cases = single();
    cases.extend(corrupted());
    cases.extend(combined());
    cases.extend(aimed(sees_event));
    cases
}

/// With conditions on the event, whose path is `/orders`.
fn aimed(sees_event: bool) -> Vec<Case> {
    let at = |path: &str, not: bool| {
        json!({"exception": {
            "enabled": true,
            "exception_msg": "boom",
            "match": [{"path": "path", "value": path, "not": not}],
        }})
    };
    let hit = |name, document| {
        if sees_event {
            case(name, document, error("boom"), &["exception"])
        } else {
            case(name, document, reply(200, OWN), &[])
        }
    };
    vec![
        hit("a condition that holds", at("/orders", false)),
        hit("a condition turned round", at("/users", true)),
        case(
            "a condition that does not hold",
            at("/users", false),
            reply(200, OWN),
            &[],
        ),
    ]
}

/// One flag at a time.
fn single() -> Vec<Case> {
    let injected_503 = r#"{"message":"Injected status code 503"}"#;
    vec![
        case("nothing", json!({}), reply(200, OWN), &[]),
        case(
            "switched off",
            json!({"exception": {"enabled": false}}),
            reply(200, OWN),
            &[],
        ),
        case(
            "never",
            json!({"exception": {"enabled": true, "percentage": 0}}),
            reply(200, OWN),
            &[],
        ),
        case(
            "for a point",
            json!({"exception": {"enabled": true, "point": "cache.*"}}),
            reply(200, OWN),
            &[],
        ),
        case(
            "latency",
            json!({"latency": {"enabled": true, "min_latency": 300, "max_latency": 400}}),
            reply(200, OWN).after(300..=401),
            &["latency"],
        ),
        case(
            "latency round a mean",
            json!({"latency": {
                "enabled": true, "distribution": "normal", "mean": 300, "sigma": 100,
                "min_latency": 200, "max_latency": 400,
            }}),
            reply(200, OWN).after(200..=401),
            &["latency"],
        ),
        case(
            "timeout without a deadline to wait for",
            json!({"timeout": {"enabled": true, "timeout_buffer_ms": 500}}),
            reply(200, OWN),
            &[],
        ),
        case(
            "exception",
            json!({"exception": {"enabled": true, "exception_msg": "boom"}}),
            error("boom"),
            &["exception"],
        ),
        case(
            "exception with its default message",
            json!({"exception": {"enabled": true}}),
            error("Injected exception"),
            &["exception"],
        ),
        case(
            "status code",
            json!({"statuscode": {"enabled": true, "status_code": 503}}),
            reply(503, injected_503),
            &["statuscode"],
        ),
        case(
            "status code with a body of its own",
            json!({"statuscode": {"enabled": true, "status_code": 418, "body": {"tea": true}}}),
            reply(418, r#"{"tea":true}"#),
            &["statuscode"],
        ),
        case(
            "status code after the handler keeps its body",
            json!({"statuscode": {"enabled": true, "status_code": 502, "phase": "after"}}),
            reply(502, OWN),
            &["statuscode"],
        ),
        case(
            "exception after the handler",
            json!({"exception": {"enabled": true, "exception_msg": "late", "phase": "after"}}),
            error("late"),
            &["exception"],
        ),
        case(
            "what nobody allowed by name",
            json!({
                "panic": {"enabled": true}, "exit": {"enabled": true},
                "memory": {"enabled": true}, "cpu": {"enabled": true},
            }),
            reply(200, OWN),
            &[],
        ),
        case(
            "lost reply",
            json!({"lost_reply": {"enabled": true, "exception_msg": "no reply"}}),
            error("no reply"),
            &["lost_reply"],
        ),
    ]
}

/// The handler's own response, corrupted.
fn corrupted() -> Vec<Case> {
    let injected_503 = r#"{"message":"Injected status code 503"}"#;
    let spoiled = json!({
        "enabled": true, "body": "spoiled",
        "set_headers": {"Content-Type": "application/json"}, "drop_headers": ["x-none"],
    });
    vec![
        case(
            "another body and another header",
            json!({"corruption": spoiled}),
            reply(200, "spoiled"),
            &["corruption"],
        ),
        case(
            "a mangled body, the same each time for a seed",
            json!({"settings": {"seed": 1}, "corruption": {"enabled": true}}),
            reply(200, "o\u{fffd}\u{fffd}"),
            &["corruption"],
        ),
        case(
            "two that corrupt, one after the other",
            json!({
                "corruption": spoiled,
                "z-second": {"enabled": true, "mode": "corruption", "body": "again"},
            }),
            reply(200, "again"),
            &["corruption", "z-second"],
        ),
        case(
            "what was injected is not corrupted",
            json!({"corruption": spoiled, "statuscode": {"enabled": true, "status_code": 503}}),
            reply(503, injected_503),
            &["statuscode"],
        ),
        case(
            "nor is an error",
            json!({
                "corruption": spoiled,
                "exception": {"enabled": true, "exception_msg": "late", "phase": "after"},
            }),
            error("late"),
            &["exception"],
        ),
    ]
}

/// More than one flag, other phases, other formats.
fn combined() -> Vec<Case> {
    let injected_503 = r#"{"message":"Injected status code 503"}"#;
    vec![
        case(
            "latency before, status code next, exception too late",
            json!({
                "exception": {"enabled": true},
                "statuscode": {"enabled": true, "status_code": 503},
                "latency": {"enabled": true, "min_latency": 50},
            }),
            reply(503, injected_503).after(50..=51),
            &["latency", "statuscode"],
        ),
        case(
            "diskspace",
            json!({"diskspace": {"enabled": true, "disk_space": 1}}),
            reply(200, OWN),
            &["diskspace"],
        ),
        case(
            "memory and cores",
            json!({
                "memory": {"enabled": true, "memory_mb": 1},
                "cpu": {"enabled": true, "cpu_threads": 1},
            }),
            reply(200, OWN),
            &["memory", "cpu"],
        )
        .allowing(&["memory", "cpu"]),
        case(
            "names that do not resolve",
            json!({"denylist": {"enabled": true, "deny_list": ["[.]invalid$"]}}),
            reply(200, OWN),
            if DENIES { &["denylist"] } else { &[] },
        ),
        case(
            "two flags of one mode, by name",
            json!({
                "b-slow": {"enabled": true, "mode": "latency", "min_latency": 20},
                "a-slow": {"enabled": true, "mode": "latency", "min_latency": 10},
            }),
            reply(200, OWN).after(30..=33),
            &["a-slow", "b-slow"],
        ),
        case(
            "dry run",
            json!({"settings": {"dry_run": true}, "exception": {"enabled": true}}),
            reply(200, OWN),
            &[],
        ),
        case(
            "chaos-lambda's status code replaces only the code",
            json!({"is_enabled": true, "fault_type": "status_code", "error_code": 404, "rate": 1}),
            reply(404, OWN),
            &["statuscode"],
        ),
        case(
            "failure-lambda 0.x",
            json!({"isEnabled": true, "failureMode": "exception", "rate": 1, "exceptionMsg": "old"}),
            error("old"),
            &["exception"],
        ),
    ]
}
