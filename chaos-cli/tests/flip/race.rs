//! Several who write at the same time.

use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinSet;

use crate::shown;
use crate::support::{Bench, NAME, on, read};

const BASE: &str =
    r#"{"latency": {"enabled": true, "min_latency": 5}, "panic": {"enabled": false}}"#;

#[tokio::test]
async fn a_change_that_came_in_between_is_merged_and_shown() {
    let bench = Bench::with(BASE).await;
    let theirs = BASE.replace("true", "false");
    bench.params.put_before("PutParameter", NAME, &theirs);
    shown!(bench.done("enable exception --yes").await, @r###"
    --- standard error
    - {"latency": {"enabled": true, "min_latency": 5}, "panic": {"enabled": false}}
    + {
    +   "latency": {"enabled": true, "min_latency": 5},
    +   "panic": {"enabled": false},
    +   "exception": {
    +     "enabled": true
    +   }
    + }
    warning: version 2 by arn:aws:sts::123456789012:assumed-role/chaos-local/function came in between, and was merged
      {
    -   "latency": {"enabled": true, "min_latency": 5},
    +   "latency": {"enabled": false, "min_latency": 5},
        "panic": {"enabled": false},
        "exception": {
         Enabled exception in parameter /orders/chaos (version 4)
    --- exit code 0
    "###);
    assert_eq!(bench.on(), ["exception"]);
    assert_eq!(bench.params.get(NAME).unwrap().version, 4);
}

#[tokio::test]
async fn off_wins_over_on() {
    let bench = Bench::with(BASE).await;
    let theirs = BASE.replace("true", "false");
    bench.params.put_before("PutParameter", NAME, &theirs);
    let ran = bench.done("enable latency --percentage 5 --yes").await;
    assert!(ran.stderr.contains("off wins over on"), "{ran:?}");
    assert_eq!(bench.on(), [] as [&str; 0]);

    let bench = Bench::with(BASE).await;
    let theirs = BASE.replace('5', "6");
    bench.params.put_before("PutParameter", NAME, &theirs);
    bench.done("disable latency").await;
    assert_eq!(bench.on(), [] as [&str; 0]);
}

#[tokio::test]
async fn all_off_is_all_off_whatever_came_in_between() {
    let bench = Bench::with(BASE).await;
    let theirs = json!({"panic": {"enabled": true}, "exit": {"enabled": true}});
    bench
        .params
        .put_before("PutParameter", NAME, &theirs.to_string());
    bench.done("disable --all").await;
    assert_eq!(bench.on(), [] as [&str; 0]);
    assert!(
        bench.document()["exit"].is_object(),
        "what they wrote is kept"
    );
}

#[tokio::test]
async fn one_interruption_after_the_other_is_merged() {
    let bench = Bench::with(BASE).await;
    let with = |name: &str| {
        let mut document: serde_json::Value = serde_json::from_str(BASE).unwrap();
        document[name] = json!({"enabled": true, "mode": "exception"});
        document.to_string()
    };
    for name in ["a", "b", "c"] {
        bench.params.put_before("PutParameter", NAME, &with(name));
    }
    bench.done("enable exception --yes").await;
    assert_eq!(bench.on(), ["a", "b", "c", "exception", "latency"]);
}

#[tokio::test]
async fn what_is_no_document_does_not_stop_a_write() {
    let bench = Bench::with(BASE).await;
    bench.params.put_before("PutParameter", NAME, "nothing");
    let ran = bench.done("enable exception --yes").await;
    assert!(ran.stderr.contains("gave way"), "{ran:?}");
    assert_eq!(bench.on(), ["exception", "latency"]);
}

#[tokio::test]
async fn without_the_history_it_is_said_what_was_written_over() {
    let bench = Bench::with(BASE).await;
    bench.params.deny(["GetParameterHistory"]);
    bench.params.put_before("PutParameter", NAME, "{}");
    let ran = bench.fails(1, "enable exception --yes").await;
    assert!(
        ran.stderr
            .contains("version 2 of somebody else came in between and was written over"),
        "{ran:?}"
    );
    assert_eq!(bench.on(), ["exception", "latency"]);
}

/// Switches on as many flags at once, each in a process of its own.
async fn all_at_once(bench: &Arc<Bench>, names: &[String], place: &str) {
    let mut runs = JoinSet::new();
    for name in names {
        let arguments = format!("enable exception --name {name} {place} --yes");
        let bench = Arc::clone(bench);
        runs.spawn(async move { bench.run(&arguments).await });
    }
    for ran in runs.join_all().await {
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

fn names() -> Vec<String> {
    (0..8).map(|number| format!("flag-{number}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_loses_anything_however_many_write_at_once() {
    let bench = Arc::new(Bench::with("{}").await);
    all_at_once(&bench, &names(), &format!("--param {NAME}")).await;
    assert_eq!(bench.on(), names(), "{:#?}", bench.history());
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_does_anybody_in_a_file() {
    let bench = Arc::new(Bench::new().await);
    let file = bench.path("chaos.json");
    std::fs::write(&file, "{}").unwrap();
    all_at_once(&bench, &names(), &format!("--file {file}")).await;
    let document = serde_json::from_str(&read(&file)).unwrap();
    assert_eq!(on(&document), names());
}
