//! Whatever a document says, a call of an AWS SDK client is made, is delayed within bounds, or fails
//! as the document says.
#![cfg(all(
    feature = "aws",
    feature = "inject",
    feature = "lambda",
    feature = "ssm"
))]

#[path = "any_document_aws/calls.rs"]
mod calls;
#[path = "plan_properties/generate.rs"]
mod generate;

use std::time::Duration;

use aws_sdk_ssm::error::{ProvideErrorMetadata as _, SdkError};
use calls::{Called, READ_TIMEOUT, Ssm, VALUE};
use chaos_core::testing::{Action, Decision, Scope};
use generate::{Draws, document};
use serde_json::{Value, json};

/// What may be injected without taking anything of the machine that the tests run on.
const MODES: [&str; 8] = [
    "latency",
    "timeout",
    "denylist",
    "statuscode",
    "exception",
    "lost_reply",
    "corruption",
    "duplicate",
];

const TYPES: [&str; 7] = [
    "ParameterNotFound",
    "ThrottlingException",
    "Unheard \u{202e}of",
    "ConnectionReset",
    "ConnectionClosed",
    "DnsFailure",
    "Timeout",
];

/// Documents that are drawn at random seldom ask for anything: this one always does.
fn sound(draws: &mut Draws) -> Value {
    let mut document = json!({});
    for _ in 0..=draws.below(3) {
        let mode = *draws.one(&MODES);
        let mut flag = json!({ "enabled": true, "percentage": draws.one(&[0, 50, 100]),
            "point": draws.one(&["aws.*", "aws.ssm.GetParameter", "aws.*.Get*"]) });
        let mut set = |key: &str, value: Value| flag[key] = value;
        match mode {
            "latency" => set("max_latency", json!(draws.below(900_001))),
            "timeout" => set("timeout_buffer_ms", json!(draws.below(60_000))),
            "denylist" => set("deny_list", json!([*draws.one(&["amazonaws", "nowhere"])])),
            "statuscode" => set("status_code", json!(100 + draws.below(500))),
            "corruption" => set("drop_headers", json!(["content-type"])),
            "exception" if draws.below(4) != 0 => set("exception_type", json!(*draws.one(&TYPES))),
            "lost_reply" if draws.below(2) == 0 => set("exception_type", json!(*draws.one(&TYPES))),
            "exception" | "lost_reply" => set("exception_msg", json!(*draws.one(&["a", "\u{1}<"]))),
            _ => {}
        }
        if draws.below(3) == 0 {
            set(
                "labels",
                json!({ "parameter": *draws.one(&["mine", "*", "other"]) }),
            );
        }
        if draws.below(4) == 0 && !["denylist", "lost_reply", "corruption"].contains(&mode) {
            set("phase", json!("after"));
        }
        document[mode] = flag;
    }
    document
}

/// A document as any other, aimed at the calls.
fn aimed(draws: &mut Draws) -> Value {
    let mut document = document(draws);
    for flag in document
        .as_object_mut()
        .into_iter()
        .flat_map(|map| map.values_mut())
    {
        if flag.is_object() {
            flag["point"] = json!("aws.*");
        }
    }
    document
}

fn of<'a>(injected: &'a [Decision], modes: &'a [&str]) -> impl Iterator<Item = &'a Decision> {
    injected
        .iter()
        .filter(|decision| modes.contains(&decision.mode))
}

/// How long was waited at most, by what was injected.
fn waits(injected: &[Decision]) -> Duration {
    let waits = injected.iter().filter_map(|decision| decision.latency_ms);
    Duration::from_secs_f64(waits.sum::<f64>() / 1000.0)
}

/// What came of the call unless it is the real reply, and whether the document asked for it.
fn outcome(called: &Called, injected: &[Decision]) -> (Option<&'static str>, bool) {
    let any = |modes: &[&str]| of(injected, modes).count() > 0;
    match &called.came {
        Ok(out) if out.parameter().and_then(|own| own.value()) == Some(VALUE) => {
            let failing = any(&["exception", "lost_reply", "denylist", "timeout"]);
            (None, !failing && called.requests == 1)
        }
        Ok(_) => (Some("another reply"), any(&["statuscode", "corruption"])),
        Err(SdkError::ResponseError(_)) => {
            let asked = any(&["statuscode", "corruption"]);
            (Some("a reply that is not understood"), asked)
        }
        Err(SdkError::ServiceError(error)) => {
            let status = error.raw().status().as_u16();
            let (code, message) = (error.err().code(), error.err().message());
            let asked = injected.iter().any(|decision| match decision.mode {
                "statuscode" => decision.status_code == Some(status),
                "exception" => code.is_some() && message == decision.message.as_deref(),
                mode => mode == "corruption",
            });
            (Some("an error of the service"), asked)
        }
        Err(SdkError::DispatchFailure(failure)) => {
            let asked = if failure.is_timeout() {
                any(&["timeout", "latency", "exception", "lost_reply"])
            } else {
                any(&["denylist", "exception", "lost_reply"])
            };
            (Some("a failure of the connection"), asked)
        }
        Err(_) => (Some("anything else"), false),
    }
}

async fn check(ssm: &Ssm, document: &Value) -> Option<&'static str> {
    let (scope, _) = Scope::builder(document).allow(MODES).build_lenient();
    // A panic would end this test: none is allowed.
    let called = ssm.call(&scope).await;
    let decisions = scope.decisions().into_iter();
    let injected: Vec<_> = decisions
        .filter(|own| own.action == Action::Inject)
        .collect();
    let tick = Duration::from_millis(20);
    assert!(
        called.took <= waits(&injected) + tick,
        "{document} {called:?} {injected:?}"
    );
    let bound = ssm.bound();
    assert!(
        called.took <= bound + tick,
        "{document} {called:?} {injected:?}"
    );
    assert!(called.requests <= 1, "{document} {called:?}");
    let lost = of(&injected, &["lost_reply"]).count();
    assert!(lost == 0 || called.requests == 1, "{document} {called:?}");
    let (what, asked) = outcome(&called, &injected);
    assert!(asked, "{what:?} {document} {called:?} {injected:?}");
    what
}

#[tokio::test(start_paused = true)]
async fn a_call_does_nothing_else() {
    let (mut hit, mut drawn) = (0, Draws(7));
    for ssm in [
        Ssm::patient(),
        Ssm::with_read_timeout(true),
        Ssm::in_an_invocation(),
    ] {
        for _ in 0..500 {
            hit += usize::from(check(&ssm, &sound(&mut drawn)).await.is_some());
            hit += usize::from(check(&ssm, &aimed(&mut drawn)).await.is_some());
        }
    }
    assert!(hit > 500, "{hit} were hit: the documents show nothing");
}

/// What a wait has left of the read timeout is what the reply gets.
#[tokio::test(start_paused = true)]
async fn a_wait_and_a_silent_service_share_the_read_timeout() {
    let ssm = Ssm::with_read_timeout(false);
    let scope = Scope::new(&json!({"latency": {"enabled": true, "point": "aws.*",
        "min_latency": 15_000}}));
    let called = ssm.call(&scope).await;
    let late = matches!(&called.came, Err(SdkError::DispatchFailure(why)) if why.is_timeout());
    assert!(late, "{called:?}");
    let over = called.took.checked_sub(READ_TIMEOUT);
    assert!(
        over.is_some_and(|over| over < Duration::from_millis(20)),
        "{called:?}"
    );
    assert_eq!(called.requests, 1);
}
