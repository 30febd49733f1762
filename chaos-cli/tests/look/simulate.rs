//! `cargo chaos simulate`.

use std::collections::BTreeMap;

use chaos_local::{Function, ParameterStore};
use serde_json::{Value, json};

use crate::support::{Folder, Ran, command, finish, quickstart, run, run_with};

/// Something of everything that can hold a flag back.
const DOCUMENT: &str = r#"{
  "settings": { "seed": 7 },
  "latency": { "enabled": true, "percentage": 30, "min_latency": 100, "max_latency": 400 },
  "tail": { "enabled": true, "mode": "latency", "distribution": "lognormal", "mean": 200,
            "sigma": 150, "skip_first": 100, "every": 2, "limit": 300,
            "labels": { "tenant": ["a", "b"] } },
  "timeout": { "enabled": true, "percentage": 1 },
  "off": { "enabled": false, "mode": "timeout" },
  "statuscode": { "enabled": true, "status_code": 503, "percentage": 50, "match": [
      { "path": "rawPath", "operator": "startsWith", "value": "/api/" },
      { "path": "headers.x-no-chaos", "operator": "exists", "not": true } ] },
  "exception": { "enabled": true, "by": "user", "percentage": 60 },
  "after": { "enabled": true, "mode": "exception", "phase": "after" },
  "panic": { "enabled": true, "point": "cache.*" },
  "twice": { "enabled": true, "mode": "duplicate", "labels": { "tenant": "c" } },
  "old": { "enabled": true, "mode": "corruption", "expires_at": "2020-01-01T00:00:00Z" }
}"#;

const EVENT: &str = r#"{ "rawPath": "/api/orders", "user": 7, "headers": { "accept": "*/*" } }"#;

fn simulated(more: &[&str]) -> Ran {
    let folder = Folder::new();
    let config = folder.file("chaos.json", DOCUMENT);
    let event = folder.file("event.json", EVENT);
    let mut command = command();
    command
        .args(["simulate", "--config"])
        .arg(config)
        .arg("--event")
        .arg(event)
        .args(["--label", "tenant=a", "--at", "2026-12-01T12:00:00Z"])
        .args(more);
    finish(&mut command, None)
}

#[test]
fn each_flag_says_how_often_it_fires_and_why_it_does_not() {
    let ran = simulated(&[]);
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!("simulated", ran.shown());
}

#[test]
fn the_same_as_one_object() {
    let ran = simulated(&["--json", "--deadline", "3000"]);
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!("simulated_as_json", ran.shown());
}

#[test]
fn fired_and_held_back_are_all_calls() {
    let json = simulated(&["--json", "--count", "777"]).json();
    assert_eq!(json["calls"], 777);
    let flags = json["flags"].as_object().expect("an object");
    assert_eq!(flags.len(), 10);
    for (name, flag) in flags {
        let held_back = flag["held_back"].as_object().expect("an object");
        let counts = held_back.values().filter_map(Value::as_u64);
        let fired = flag["fired"].as_u64().expect("a number");
        assert_eq!(fired + counts.sum::<u64>(), 777, "{name}: {flag}");
    }
}

#[test]
fn a_seed_makes_it_the_same_each_time() {
    let with = |seed: &str| simulated(&["--json", "--seed", seed]).stdout;
    assert_eq!(with("1"), with("1"));
    assert_ne!(with("1"), with("2"));
    assert_eq!(with("7"), simulated(&["--json"]).stdout, "the document's");

    let document = r#"{ "latency": { "enabled": true, "min_latency": 1, "max_latency": 900 } }"#;
    let anew = || run_with(&["simulate", "--config", "-", "--json"], document).stdout;
    assert_ne!(anew(), anew());
}

#[test]
fn a_point_is_called_with_its_labels() {
    let json = simulated(&["--json", "--point", "cache.get"]).json();
    assert_eq!(json["flags"]["panic"]["fired"], 1_000);
    assert_eq!(json["flags"]["latency"]["held_back"]["point"], 1_000);
    let json = simulated(&["--json", "--label", "tenant=c"]).json();
    assert_eq!(
        json["flags"]["tail"]["labels"][0]["found"], "a",
        "the first one counts"
    );
}

#[test]
fn it_can_be_another_time() {
    let json = simulated(&["--json", "--at", "2019-12-31T23:59:59Z"]);
    assert_eq!(json.code, 2, "given twice: {json:?}");
    let document = r#"{ "exception": { "enabled": true, "starts_at": "2026-12-01T18:00:00Z" } }"#;
    let fired = |at: &str| {
        let ran = run_with(
            &["simulate", "--config", "-", "--json", "--at", at],
            document,
        );
        ran.json()["flags"]["exception"]["fired"].clone()
    };
    assert_eq!(fired("2026-12-01T17:59:59Z"), 0);
    assert_eq!(fired("2026-12-01T19:00:00+01:00"), 1_000);
}

#[test]
fn what_is_wrong_with_the_document_is_said_and_the_rest_is_simulated() {
    let document =
        r#"{ "latency": { "enabled": true, "percantage": 1 }, "exception": { "enabled": true } }"#;
    let ran = run_with(&["simulate", "--config", "-", "--json"], document);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr
            .contains("<stdin>:1:33: error: latency.percantage"),
        "{ran:?}"
    );
    assert_eq!(ran.json()["flags"]["exception"]["fired"], 1_000);
    assert_eq!(ran.json()["flags"]["latency"], Value::Null);
}

#[test]
fn what_cannot_be_read_is_exit_code_2() {
    for arguments in [
        &["simulate", "--config", "/no/such.json"][..],
        &["simulate", "--config", "-", "--event", "/no/such.json"],
        &["simulate", "--config", "-", "--event", "-"],
        &["simulate", "--config", "-", "--count", "0"],
        &["simulate", "--config", "-", "--label", "tenant"],
        &["simulate", "--config", "-", "--at", "noon"],
    ] {
        let ran = run_with(arguments, "{}");
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{arguments:?}");
        assert!(ran.stderr.starts_with("error: "), "{ran:?}");
    }
    let ran = run_with(&["simulate", "--config", "-"], "{");
    assert_eq!((ran.code, &*ran.stdout), (2, ""));
    let ran = run(&["simulate"]);
    assert_eq!(ran.code, 2);
}

#[test]
fn what_holds_for_all_flags_is_said() {
    for (settings, expected) in [
        (r#"{"enabled": false}"#, "settings.enabled is false"),
        (r#"{"dry_run": true}"#, "settings.dry_run is on"),
        (
            r#"{"expires_at": "2020-01-01T00:00:00Z"}"#,
            "settings.expires_at has come",
        ),
    ] {
        let document = format!(r#"{{ "settings": {settings}, "exception": {{"enabled": true}} }}"#);
        let ran = run_with(&["simulate", "--config", "-"], &document);
        assert!(ran.stderr.contains(expected), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_is_simulated_where_it_is() {
    let store = ParameterStore::start().await.expect("a store");
    store.put("/orders/chaos", DOCUMENT).expect("it is put");
    let mut asked = command();
    asked.envs(store.env());
    asked.args(["simulate", "--param", "/orders/chaos", "--json"]);
    let ran = finish(&mut asked, None);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.json()["flags"]["latency"]["mode"], "latency");
}

/// What a function that runs as a process of its own injects with a seed is what is simulated.
#[tokio::test(flavor = "multi_thread")]
async fn a_real_function_injects_what_is_simulated() {
    const CALLS: u64 = 60;
    let document = json!({
        "settings": { "seed": 42 },
        "latency": { "enabled": true, "percentage": 50, "min_latency": 1, "max_latency": 20 },
        "often": { "enabled": true, "mode": "latency", "min_latency": 1, "max_latency": 9,
                   "skip_first": 5, "every": 3, "limit": 7 },
        "statuscode": { "enabled": true, "percentage": 25 },
        "exception": { "enabled": true, "percentage": 40 },
    })
    .to_string();
    let function = Function::builder("quickstart")
        .env("CHAOS_CONFIG", &document)
        .start(quickstart())
        .await
        .expect("it starts");
    let event: Value =
        serde_json::from_str(include_str!("../../src/tour/event.json")).expect("JSON");
    for _ in 0..CALLS {
        let _reply = function.invoke(event.clone()).await.expect("it answers");
    }
    // Lines may come a moment after the reply.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let mut injected: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in function.logs() {
        let line: Value = serde_json::from_str(&line).unwrap_or_default();
        if line["action"] == "inject" {
            let flag = line["flag"].as_str().expect("a flag").to_owned();
            injected
                .entry(flag)
                .or_default()
                .push(line["latency_ms"].clone());
        }
    }
    function.stop().await;

    let count = CALLS.to_string();
    let ran = run_with(
        &["simulate", "--config", "-", "--json", "--count", &count],
        &document,
    );
    let flags = ran.json()["flags"].clone();
    for (name, flag) in flags.as_object().expect("an object") {
        let injected = injected.remove(name).unwrap_or_default();
        assert_eq!(flag["fired"], injected.len(), "{name}");
        assert!(!injected.is_empty(), "{name}");
        let waits = injected.iter().filter_map(Value::as_f64);
        let mut waits: Vec<f64> = waits.collect();
        waits.sort_by(f64::total_cmp);
        for (at, wait) in [("min", waits.first()), ("max", waits.last())] {
            let simulated = flag["latency_ms"][at].as_f64();
            let near = match (simulated, wait) {
                (Some(simulated), Some(wait)) => (simulated - wait).abs() < 0.001,
                (None, None) => true,
                _ => false,
            };
            assert!(near, "{name} {at}: {simulated:?} {wait:?}");
        }
    }
    assert!(injected.is_empty(), "{injected:?}");
}
