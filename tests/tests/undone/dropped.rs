//! The future of a call is dropped in the middle of every mode.

use std::time::{Duration, Instant};

use chaos_tests::Running;
use chaos_tests::small_disk::SmallDisk;
use serde_json::{Value, json};

use super::{ending, run, taken};

/// Longer than any test runs.
const LONG_MS: u64 = 20_000;

async fn with(document: &Value) -> Option<(SmallDisk, Running)> {
    let disk = SmallDisk::mount()?;
    let function = run(&disk, document).await;
    Some((disk, function))
}

/// Drops a call after so many milliseconds, which ends it at once.
async fn drop_after(ms: u64, function: &Running) {
    let begun = Instant::now();
    let answer = function.answer(json!({"drop_ms": ms})).await;
    assert_eq!(answer, json!({"given_up": true}), "{}", function.story());
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(LONG_MS), "{took:?}");
}

/// `latency` and `timeout`, before the handler and after it, with all taken meanwhile that can be.
#[tokio::test]
async fn while_it_waits() {
    for (mode, phase, runs) in [
        ("latency", "before", 0),
        ("latency", "after", 1),
        ("timeout", "before", 0),
        ("timeout", "after", 1),
    ] {
        let mut document = taken::all();
        document[mode] = json!({"enabled": true, "phase": phase});
        if mode == "latency" {
            document[mode]["min_latency"] = json!(LONG_MS);
        }
        let Some((_disk, function)) = with(&document).await else {
            return;
        };
        let before = function.found().await;
        drop_after(2_000, &function).await;
        let waits = function.line("the wait", |line| {
            line.is_action("inject") && line.field("mode") == mode
        });
        let waited: f64 = waits.await.field("latency_ms").parse().expect("a number");
        assert!(waited > 10_000.0, "{mode}: {waited}");
        taken::assert_back(&before, &function, mode).await;
        assert_eq!(function.found().await.runs, runs, "{mode} {phase}");
        // Before the handler the wait comes first, so that nothing else was taken yet.
        let cleared = if phase == "before" { 0 } else { 4 };
        assert_eq!(
            function.actions("clear").len(),
            cleared,
            "{}",
            function.story()
        );
    }
}

/// What is on its way to be taken, on a thread beside, has nobody who holds it.
#[tokio::test]
async fn while_it_takes() {
    for taking in [taken::disk(), taken::memory()] {
        let Some((_disk, function)) = with(&taking.document()).await else {
            return;
        };
        let before = function.found().await;
        // It is dropped after its first poll. A thread that is quick may have taken all by then.
        let mut dropped = 0;
        for _ in 0..5 {
            let answer = function.answer(json!({"drop_ms": 0})).await;
            dropped += u64::from(answer == json!({"given_up": true}));
        }
        assert!(dropped > 0, "{}", function.story());
        taken::assert_back(&before, &function, taking.mode).await;
        assert_eq!(function.found().await.runs, 5 - dropped);
    }
}

/// Nor does it count: the limit is as before, and the next call has it.
#[tokio::test]
async fn while_it_takes_what_it_may_take_once() {
    let memory = taken::memory();
    let mut document = memory.document();
    document["memory"]["limit"] = json!(1);
    let Some((_disk, function)) = with(&document).await else {
        return;
    };
    let before = function.found().await;
    // So much takes longer than a poll.
    let answer = function.answer(json!({"drop_ms": 0})).await;
    assert_eq!(answer, json!({"given_up": true}), "{}", function.story());
    taken::assert_back(&before, &function, "a drop").await;
    assert_eq!(function.actions("inject").len(), 0, "{}", function.story());

    function.reply(ending("return", "next")).await;
    let meanwhile = function.meanwhile("next").await;
    memory.assert_taken(&before, &meanwhile, &function);
    function.reply(ending("return", "over")).await;
    let over = function.meanwhile("over").await;
    assert!(over.resident < meanwhile.resident, "{over:?}");
    taken::assert_back(&before, &function, "all").await;
}

/// A fault that would come after the handler does not come, and its limit is as before: it hits
/// the next call.
#[tokio::test]
async fn before_what_comes_after_the_handler() {
    for (mode, figures) in [
        ("statuscode", json!({"status_code": 503})),
        ("exception", json!({"exception_msg": "boom"})),
        ("lost_reply", json!({"exception_msg": "boom"})),
        ("panic", json!({"exception_msg": "boom"})),
        ("exit", json!({"exit_code": 7})),
        ("corruption", json!({"body": "spoiled"})),
    ] {
        let mut flag = figures;
        flag["enabled"] = json!(true);
        flag["limit"] = json!(1);
        if !matches!(mode, "lost_reply" | "corruption") {
            flag["phase"] = json!("after");
        }
        let Some((_disk, function)) = with(&json!({ mode: flag })).await else {
            return;
        };
        let process = function.function.pid();
        let before = function.found().await;
        let answer = function.answer(ending("dropped", "dropped")).await;
        assert_eq!(answer, json!({"given_up": true}), "{}", function.story());
        taken::assert_back(&before, &function, mode).await;
        assert_eq!(function.function.pid(), process, "{mode}");
        assert_eq!(function.actions("inject").len(), 0, "{}", function.story());

        let next = function.function.invoke(json!({})).await;
        let is_hit = match (mode, next) {
            ("exit", Err(_)) => true,
            ("statuscode", Ok(reply)) => reply.payload().is_ok_and(|it| it["statusCode"] == 503),
            ("corruption", Ok(reply)) => reply.payload().is_ok_and(|it| it["body"] == "spoiled"),
            (_, Ok(reply)) => reply.failed,
            (_, Err(_)) => false,
        };
        assert!(is_hit, "{mode}\n{}", function.story());
        function
            .line("the fault", |line| line.is_action("inject"))
            .await;
    }
}

/// In its first run, and there is no second; in its second, and there is no third.
#[tokio::test]
async fn while_it_runs_twice() {
    for run in [1, 2] {
        let mut document = taken::all();
        document["duplicate"] = json!({"enabled": true});
        let Some((_disk, function)) = with(&document).await else {
            return;
        };
        let before = function.found().await;
        let event = json!({"end": "dropped", "in_run": run});
        let answer = function.answer(event).await;
        assert_eq!(answer, json!({"given_up": true}), "{}", function.story());
        taken::assert_back(&before, &function, "duplicate").await;
        assert_eq!(function.found().await.runs, run, "{}", function.story());
    }
}
