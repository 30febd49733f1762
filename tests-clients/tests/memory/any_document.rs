//! Whatever a document says, a request and a Redis command are made, are delayed within bounds, or fail
//! as the document says.

use std::time::Duration;

use chaos_core::testing::{Action, Decision, Scope};
use http_body_util::BodyExt as _;
use redis::RedisError;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::clients::{self, BODY, NAME, Upstream};
use crate::generate::{Draws, document};

/// How long a client waits that has a timeout.
const LIMIT: Duration = Duration::from_secs(20);
/// Waits are whole milliseconds, and a call may have several.
const ROUNDED: Duration = Duration::from_millis(50);

/// All modes but those that take something of the machine or end the process. The handler's tests
/// have these.
const MODES: [&str; 8] = [
    "latency",
    "timeout",
    "denylist",
    "statuscode",
    "exception",
    "lost_reply",
    "duplicate",
    "corruption",
];

const POINTS: [&str; 7] = [
    "*",
    "http.*",
    "http.GET",
    "http.POST",
    "redis.*",
    "redis.GET",
    "*.GET",
];

/// A value of some label of one of the calls, or of none.
fn labels(draws: &mut Draws) -> Value {
    let all = [
        json!({}),
        json!({"key": ["user:1", "cart:1"]}),
        json!({"key": "cart:2"}),
        json!({"prefix": "cart"}),
        json!({"command": "GET", "db": "0"}),
        json!({"method": "GET", "path": "/users/42"}),
        json!({"host": ["api.internal", clients::HOST]}),
        json!({"host": "elsewhere"}),
    ];
    draws.one(&all).clone()
}

/// Has most flags of a document aim at the calls.
fn aimed(mut document: Value, draws: &mut Draws) -> Value {
    let flags = document.as_object_mut().into_iter().flatten();
    for flag in flags.filter_map(|(_, flag)| flag.as_object_mut()) {
        if draws.below(4) > 0 {
            flag.insert("point".to_owned(), json!(*draws.one(&POINTS)));
        }
        if draws.below(3) == 0 {
            flag.insert("labels".to_owned(), labels(draws));
        }
    }
    document
}

/// Documents that are drawn at random seldom ask for anything: this one always does.
fn sound(draws: &mut Draws) -> Value {
    let mut document = json!({});
    for _ in 0..=draws.below(3) {
        let mode = *draws.one(&MODES);
        let mut flag = json!({"enabled": true, "percentage": draws.one(&[50, 100])});
        let mut set = |key: &str, value: Value| flag[key] = value;
        match mode {
            "latency" => set("max_latency", json!(draws.below(900_001))),
            "timeout" => set("timeout_buffer_ms", json!(draws.below(60_000))),
            "denylist" => set(
                "deny_list",
                json!([*draws.one(&["internal$", "^api", "."])]),
            ),
            "statuscode" => set("status_code", json!(100 + draws.below(500))),
            "corruption" if draws.below(2) == 0 => set("body", json!("{}")),
            "exception" | "lost_reply" => set("exception_type", exception_type(draws)),
            _ => {}
        }
        let either = !matches!(mode, "denylist" | "duplicate" | "lost_reply" | "corruption");
        if either && draws.below(3) == 0 {
            set("phase", json!("after"));
        }
        document[mode] = flag;
    }
    aimed(document, draws)
}

fn exception_type(draws: &mut Draws) -> Value {
    json!(*draws.one(&[
        "ConnectionRefused",
        "ConnectionReset",
        "ConnectionClosed",
        "DnsFailure",
        "Timeout",
        "LOADING",
        "OOM",
        "NoSuchThing",
        "",
        "\r\n+OK",
    ]))
}

/// What came of a call, whichever it is.
enum Came {
    /// What the server answered, or something else.
    Answer {
        own: bool,
    },
    Failed(Failure),
}

#[derive(Debug, PartialEq, Eq)]
enum Failure {
    TimedOut,
    Other,
}

async fn request(upstream: &Upstream, timeout: Option<Duration>) -> Came {
    match clients::tower(upstream, timeout).await {
        Ok(response) => {
            let own = response.status() == 200 && response.headers().get("x-own").is_some();
            let body = response.into_body().collect().await;
            let body = body.expect("a body").to_bytes();
            Came::Answer {
                own: own && body == BODY,
            }
        }
        Err(error) if error.is_timeout() => Came::Failed(Failure::TimedOut),
        Err(_) => Came::Failed(Failure::Other),
    }
}

fn failed(error: &RedisError) -> Came {
    Came::Failed(if error.is_timeout() {
        Failure::TimedOut
    } else {
        Failure::Other
    })
}

async fn command(upstream: &Upstream, timeout: Option<Duration>) -> Came {
    match clients::command(upstream, timeout).await {
        Ok(name) => Came::Answer { own: name == NAME },
        Err(error) => failed(&error),
    }
}

async fn pipeline(upstream: &Upstream, timeout: Option<Duration>) -> Came {
    match clients::pipeline(upstream, timeout).await {
        Ok((one, other)) => Came::Answer {
            own: one == NAME && other == NAME,
        },
        Err(error) => failed(&error),
    }
}

/// What a document made of a call.
struct Tried<'a> {
    document: &'a Value,
    decisions: Vec<Decision>,
    took: Duration,
    asked: usize,
}

impl Tried<'_> {
    fn injected(&self, modes: &[&str]) -> bool {
        let mut injected = self.decisions.iter();
        injected.any(|own| own.action == Action::Inject && modes.contains(&own.mode))
    }

    /// Whether it was hit.
    fn check(&self, came: &Came, timeout: Option<Duration>) -> bool {
        let Self {
            document,
            took,
            asked,
            ..
        } = self;
        let hit = self
            .decisions
            .iter()
            .any(|own| own.action == Action::Inject);
        let waits = self.decisions.iter().filter_map(|own| own.latency_ms);
        let waits: Vec<Duration> = waits
            .map(|ms| Duration::from_secs_f64(ms / 1_000.0))
            .collect();
        assert!(
            waits.iter().all(|wait| *wait <= Duration::from_mins(15)),
            "{document}: {waits:?}"
        );
        let longest = waits
            .iter()
            .sum::<Duration>()
            .min(timeout.unwrap_or(Duration::MAX));
        assert!(
            *took <= longest + ROUNDED,
            "{document}: {took:?}, {waits:?}"
        );
        assert!(*asked <= 1, "{document}: it was made {asked} times");
        if !hit {
            assert!(
                matches!(came, Came::Answer { own: true }),
                "{document}: nothing was injected"
            );
            assert_eq!(
                (*took, *asked),
                (Duration::ZERO, 1),
                "{document}: nothing was injected"
            );
        }
        match came {
            Came::Answer { own: true } => {}
            Came::Answer { own: false } => {
                let says = self.injected(&["statuscode", "corruption"]);
                assert!(says, "{document}: another answer");
            }
            Came::Failed(Failure::TimedOut) => {
                let late = timeout.is_some() && self.injected(&["latency"]);
                let says = self.injected(&["timeout", "exception", "lost_reply"]);
                assert!(late || says, "{document}: a timeout");
            }
            Came::Failed(Failure::Other) => {
                let says = self.injected(&["exception", "lost_reply", "denylist"]);
                assert!(says, "{document}: an error");
            }
        }
        hit
    }
}

/// Whether the call was hit. A panic would end the test: none is allowed.
async fn is_hit(
    document: &Value,
    timeout: Option<Duration>,
    call: impl AsyncFn(&Upstream, Option<Duration>) -> Came,
) -> bool {
    let builder = Scope::builder(document).allow(MODES);
    let (scope, _) = builder.build_lenient();
    let upstream = Upstream::default();
    let begun = Instant::now();
    let came = scope.run(call(&upstream, timeout)).await;
    let tried = Tried {
        document,
        decisions: scope.decisions(),
        took: begun.elapsed(),
        asked: upstream.asked(),
    };
    tried.check(&came, timeout)
}

#[tokio::test(start_paused = true)]
async fn calls_of_clients_do_nothing_else() {
    let mut draws = Draws(4);
    let mut hit = [0; 3];
    for round in 0..2_000 {
        let any = document(&mut draws);
        let timeout = Some(LIMIT).filter(|_| round % 2 == 0);
        for document in [sound(&mut draws), aimed(any, &mut draws)] {
            hit[0] += usize::from(is_hit(&document, timeout, request).await);
            hit[1] += usize::from(is_hit(&document, timeout, command).await);
            hit[2] += usize::from(is_hit(&document, timeout, pipeline).await);
        }
    }
    let often = hit.iter().all(|hit| *hit > 500);
    assert!(often, "{hit:?} were hit: the documents show nothing");
}
