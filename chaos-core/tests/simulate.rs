//! What is simulated is what a function injects.
#![cfg(all(feature = "inject", feature = "lambda"))]

use std::time::{Duration, SystemTime};

use chaos_core::plan;
use chaos_core::simulate::{Call, HeldBack, Outcome, Simulation};
use chaos_core::testing::{Action, Decision, Scope};
use chaos_core::{InjectedError, inject_chaos};
use lambda_runtime::{Context, LambdaEvent};
use proptest::prelude::*;
use serde_json::{Value, json};

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, InjectedError> {
    Ok(json!({ "statusCode": 200, "body": event.payload["rawPath"] }))
}

#[inject_chaos(point = "cache.get", labels(tenant))]
async fn cached(tenant: &str) -> Result<String, InjectedError> {
    Ok(tenant.to_owned())
}

/// A flag's name, and for how many milliseconds it made the call wait.
type Strike = (String, Option<f64>);

/// What the scope has injected since `known` decisions ago.
fn injected(scope: &Scope, known: &mut usize) -> Vec<Strike> {
    let decisions = scope.decisions().split_off(*known);
    *known += decisions.len();
    // A second duplicate is an error, and is not injected.
    let expected = |decision: &Decision| match decision.action {
        Action::Inject => true,
        Action::Error => decision.mode == "duplicate",
        _ => false,
    };
    assert!(decisions.iter().all(expected), "{decisions:?}");
    decisions
        .into_iter()
        .filter(|decision| decision.action == Action::Inject)
        .map(|decision| (decision.flag, decision.latency_ms))
        .collect()
}

fn strikes(simulation: &Simulation, call: &Call) -> Vec<Strike> {
    let flags = simulation.flags().iter();
    let strikes = flags.zip(simulation.call(call));
    let strikes = strikes.filter_map(|(flag, outcome)| match outcome {
        Outcome::Strikes { wait } => {
            let wait = wait.map(|wait| wait.as_secs_f64() * 1_000.0);
            Some((flag.name.to_string(), wait))
        }
        _ => None,
    });
    strikes.collect()
}

/// The same strikes in both: in a call those before the work come before those after it.
fn same(mut left: Vec<Strike>, mut right: Vec<Strike>) -> bool {
    let by_name = |one: &Strike, other: &Strike| one.0.cmp(&other.0);
    left.sort_by(by_name);
    right.sort_by(by_name);
    left == right
}

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime")
}

fn simulation(document: &Value) -> Simulation {
    let reading = plan::read_value(document);
    assert_eq!(reading.findings, [], "{document}");
    Simulation::new(reading.plan)
}

/// Invokes a real function and judges the same calls, one after the other.
fn holds_for(document: &Value, calls: usize) -> Result<(), TestCaseError> {
    let simulation = simulation(document);
    let scope = Scope::new(document);
    let mut known = 0;
    paused().block_on(async {
        for nth in 0..calls {
            let event = json!({ "rawPath": if nth % 3 == 0 { "/users" } else { "/orders" },
                                "user": nth % 7 });
            let mut context = Context::default();
            context.deadline = scope.deadline_in(Duration::from_secs(2));
            let now = scope.now();
            let invoked = scope.run(handler(LambdaEvent::new(event.clone(), context)));
            let _outcome = invoked.await;

            let call = Call::handler().event(event).at(now);
            let simulated = strikes(&simulation, &call);
            let injected = injected(&scope, &mut known);
            prop_assert!(
                same(simulated.clone(), injected.clone()),
                "call {nth} of {document}:\nsimulated {simulated:?}\ninjected {injected:?}"
            );
        }
        Ok(())
    })
}

/// One flag of a mode that a test may have injected, with anything that decides when it strikes.
fn flag() -> impl Strategy<Value = Value> {
    let modes = prop::sample::select(vec![
        json!({ "mode": "latency", "min_latency": 10, "max_latency": 90 }),
        json!({ "mode": "latency", "distribution": "normal", "mean": 50, "sigma": 20,
                "max_latency": 100 }),
        json!({ "mode": "latency", "distribution": "lognormal", "mean": 50, "sigma": 20,
                "max_latency": 100, "phase": "after" }),
        json!({ "mode": "statuscode", "status_code": 503 }),
        json!({ "mode": "statuscode", "status_code": 418, "phase": "after" }),
        json!({ "mode": "exception" }),
        json!({ "mode": "exception", "phase": "after" }),
        json!({ "mode": "lost_reply" }),
        json!({ "mode": "duplicate" }),
        json!({ "mode": "corruption" }),
    ]);
    let when = prop::sample::select(vec![
        json!({}),
        json!({ "percentage": 30 }),
        json!({ "percentage": 70, "limit": 3 }),
        json!({ "skip_first": 2, "every": 3 }),
        json!({ "percentage": 50, "by": "user" }),
        json!({ "percentage": 50, "match": [{ "path": "rawPath", "value": "/orders" }] }),
        json!({ "labels": { "tenant": "a" } }),
        json!({ "point": "cache.*" }),
        json!({ "enabled": false }),
    ]);
    (modes, when).prop_map(|(mut flag, when)| {
        flag["enabled"] = json!(true);
        let when = when.as_object().expect("an object").clone();
        flag.as_object_mut().expect("an object").extend(when);
        flag
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_function_injects_what_is_simulated_call_by_call(
        flags in prop::collection::vec(flag(), 1..6),
        seed: u64,
    ) {
        let named = flags.into_iter().enumerate();
        let mut document: Value = named.map(|(at, flag)| (format!("flag-{at}"), flag)).collect();
        document["settings"] = json!({ "seed": seed });
        holds_for(&document, 30)?;
    }
}

#[test]
fn so_does_a_point() {
    let document = json!({
        "settings": { "seed": 42 },
        "slow": { "enabled": true, "mode": "latency", "min_latency": 5, "max_latency": 50,
                  "percentage": 60, "point": "cache.*", "labels": { "tenant": "a" } },
        "down": { "enabled": true, "mode": "exception", "percentage": 20, "point": "cache.get" },
    });
    let simulation = simulation(&document);
    let scope = Scope::new(&document);
    let mut known = 0;
    paused().block_on(async {
        for tenant in ["a", "b"].into_iter().cycle().take(60) {
            let _outcome = scope.run(cached(tenant)).await;
            let call = Call::point("cache.get").label("tenant", tenant);
            let simulated = strikes(&simulation, &call);
            assert!(same(simulated, injected(&scope, &mut known)));
        }
    });
}

/// What the flags of a document do at one call, by name.
fn outcomes(document: &Value, call: &Call) -> Vec<(String, Outcome)> {
    let simulation = simulation(document);
    let flags = simulation.flags().iter().map(|flag| flag.name.to_string());
    flags.zip(simulation.call(call)).collect()
}

fn outcomes_of(document: &Value, call: &Call) -> Vec<Outcome> {
    let outcomes = outcomes(document, call).into_iter();
    outcomes.map(|(_, outcome)| outcome).collect()
}

fn only(document: &Value, call: &Call) -> Outcome {
    let outcomes = outcomes_of(document, call);
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    outcomes[0]
}

#[test]
fn each_reason_is_told() {
    let cases = [
        (json!({ "enabled": false }), HeldBack::Disabled),
        (
            json!({ "starts_at": "2999-01-01T00:00:00Z" }),
            HeldBack::Window,
        ),
        (
            json!({ "expires_at": "2001-01-01T00:00:00Z" }),
            HeldBack::Window,
        ),
        (json!({ "point": "cache.*" }), HeldBack::Point),
        (json!({ "labels": { "tenant": "b" } }), HeldBack::Label),
        (
            json!({ "match": [{ "path": "a", "value": "2" }] }),
            HeldBack::Condition,
        ),
        (json!({ "percentage": 0 }), HeldBack::Percentage),
        (json!({ "by": "absent" }), HeldBack::Percentage),
        (json!({ "skip_first": 1 }), HeldBack::SkipFirst),
        (json!({ "every": 2 }), HeldBack::Every),
        (
            json!({ "skip_first": 1, "percentage": 0 }),
            HeldBack::SkipFirst,
        ),
    ];
    for (when, expected) in cases {
        let mut flag = when.clone();
        flag["enabled"] = when.get("enabled").unwrap_or(&json!(true)).clone();
        let call = Call::handler()
            .label("tenant", "a")
            .event(json!({ "a": "1" }));
        let outcome = only(&json!({ "exception": flag }), &call);
        assert_eq!(outcome, Outcome::HeldBack(expected), "{when}");
    }
}

#[test]
fn settings_hold_all_back() {
    let call = Call::handler();
    for (settings, expected) in [
        (json!({ "enabled": false }), HeldBack::Disabled),
        (
            json!({ "expires_at": "2001-01-01T00:00:00Z" }),
            HeldBack::Window,
        ),
    ] {
        let document = json!({ "settings": settings, "exception": { "enabled": true } });
        assert_eq!(only(&document, &call), Outcome::HeldBack(expected));
    }
}

#[test]
fn a_flag_that_looks_at_the_event_needs_one() {
    let document = json!({ "exception": { "enabled": true,
        "match": [{ "path": "a", "operator": "exists", "not": true }] } });
    let outcome = only(&document, &Call::handler());
    assert_eq!(outcome, Outcome::HeldBack(HeldBack::Condition));
    let outcome = only(&document, &Call::handler().event(json!({})));
    assert_eq!(outcome, Outcome::Strikes { wait: None });
}

#[test]
fn what_comes_after_an_answer_does_not_strike_and_does_not_count() {
    let document = json!({
        "latency": { "enabled": true, "min_latency": 10, "phase": "after" },
        "statuscode": { "enabled": true, "limit": 1 },
        "exception": { "enabled": true, "limit": 1 },
    });
    let simulation = simulation(&document);
    let answered = Outcome::HeldBack(HeldBack::Answered);
    let strikes = Outcome::Strikes { wait: None };
    let call = Call::handler();
    assert_eq!(simulation.call(&call), [answered, strikes, answered]);
    let over = Outcome::HeldBack(HeldBack::Limit);
    assert_eq!(simulation.call(&call), [answered, over, strikes]);
    let waits = Outcome::Strikes {
        wait: Some(Duration::from_millis(10)),
    };
    assert_eq!(simulation.call(&call), [waits, over, over]);
}

#[test]
fn a_handler_is_run_twice_once_and_a_point_never() {
    let twice = json!({ "enabled": true, "mode": "duplicate" });
    let document = json!({ "duplicate": twice, "more": twice });
    let simulation = simulation(&document);
    let impossible = Outcome::HeldBack(HeldBack::Impossible);
    let outcomes = simulation.call(&Call::handler());
    assert_eq!(outcomes, [Outcome::Strikes { wait: None }, impossible]);
    let mut document = document;
    document["duplicate"]["point"] = json!("cache.get");
    assert_eq!(
        outcomes_of(&document, &Call::point("cache.get")),
        [impossible, Outcome::HeldBack(HeldBack::Point)]
    );
}

#[test]
fn no_latency_goes_past_the_deadline_and_a_timeout_goes_up_to_it() {
    let document = json!({
        "latency": { "enabled": true, "min_latency": 700 },
        "more": { "enabled": true, "mode": "latency", "min_latency": 700 },
        "timeout": { "enabled": true, "timeout_buffer_ms": 100 },
    });
    let waits = |call: &Call| {
        let outcomes = outcomes(&document, call).into_iter();
        let waits = outcomes.map(|(name, outcome)| match outcome {
            Outcome::Strikes { wait } => wait.map(|wait| wait.as_millis()),
            other => panic!("{name}: {other:?}"),
        });
        waits.collect::<Vec<_>>()
    };
    let at = SystemTime::now();
    let call = Call::handler().at(at).remaining(Duration::from_secs(1));
    assert_eq!(waits(&call), [Some(700), Some(300), Some(0)]);
    let call = Call::handler().at(at).remaining(Duration::from_secs(3));
    assert_eq!(waits(&call), [Some(700), Some(700), Some(1_500)]);
    assert_eq!(waits(&Call::handler().at(at)), [Some(700), Some(700), None]);
}

#[test]
fn another_event_is_asked_for_itself() {
    let document = json!({
        "exception": { "enabled": true, "point": "cache.*",
                       "match": [{ "path": "user", "value": "1" }] },
    });
    let simulation = simulation(&document);
    let strike = Outcome::Strikes { wait: None };
    let call = Call::point("cache.get").event(json!({ "user": 1 }));
    assert_eq!(simulation.call(&call), [strike]);
    assert_eq!(simulation.call(&call), [strike]);
    let call = call.event(json!({ "user": 2 }));
    let condition = Outcome::HeldBack(HeldBack::Condition);
    assert_eq!(simulation.call(&call), [condition]);
}
