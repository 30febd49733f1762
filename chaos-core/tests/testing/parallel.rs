//! Two hundred tests at a time do not see one another.

use std::sync::{Arc, Barrier};

use chaos_core::testing::Scope;
use serde_json::{Value, json};

use super::*;

const TESTS: u32 = 200;
const CALLS: usize = 5;

fn document(test: u32) -> Value {
    json!({
        "latency": {"enabled": true, "min_latency": test + 1},
        "mine": {"enabled": true, "mode": "exception", "exception_msg": format!("of {test}")},
    })
}

/// The list has this test's own faults, as often as they were met, and nothing else.
fn assert_own(test: u32, scope: &Scope) {
    let decisions = scope.decisions();
    assert_eq!(decisions.len(), 2 * CALLS);
    for pair in decisions.chunks(2) {
        assert_eq!(pair[0].latency_ms, Some(f64::from(test + 1)), "{}", pair[0]);
        assert_eq!(pair[1].flag, "mine");
        assert_eq!(pair[1].message, Some(format!("of {test}")), "{}", pair[1]);
    }
}

async fn try_one(test: u32, scope: &Scope) {
    for _ in 0..CALLS {
        let error = scope.run(handler()).await.expect_err("its own fault");
        assert_eq!(error.to_string(), format!("of {test}"));
        assert!(handler().await.is_ok(), "outside there is none");
    }
    assert_own(test, scope);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn as_tasks_of_one_runtime() {
    let all_there = Arc::new(tokio::sync::Barrier::new(TESTS as usize));
    let tests: Vec<_> = (0..TESTS)
        .map(|test| {
            let all_there = Arc::clone(&all_there);
            tokio::spawn(async move {
                let scope = Scope::new(&document(test));
                all_there.wait().await;
                try_one(test, &scope).await;
            })
        })
        .collect();
    for test in tests {
        test.await.expect("no test fails");
    }
}

/// Starts all tests at once, each on a thread of its own.
fn on_threads(run: impl Fn(u32) + Sync) {
    let all_there = Barrier::new(TESTS as usize);
    std::thread::scope(|threads| {
        for test in 0..TESTS {
            let (run, all_there) = (&run, &all_there);
            threads.spawn(move || {
                all_there.wait();
                run(test);
            });
        }
    });
}

#[test]
fn as_threads_with_a_runtime_and_a_paused_clock_each() {
    on_threads(|test| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build();
        runtime.expect("a runtime").block_on(async {
            let scope = Scope::new(&document(test));
            let start = tokio::time::Instant::now();
            try_one(test, &scope).await;
            let waited = start.elapsed().as_millis();
            assert_eq!(waited, u128::from(test + 1) * CALLS as u128);
        });
    });
}

#[test]
fn as_threads_that_block() {
    on_threads(|test| {
        let start = std::time::SystemTime::now();
        let scope = Scope::builder(&document(test)).virtual_clock(start).build();
        for _ in 0..CALLS {
            let error = scope.run_blocking(blocking_handler).expect_err("its own");
            assert_eq!(error.to_string(), format!("of {test}"));
            assert!(blocking_handler().is_ok(), "outside there is none");
        }
        assert_own(test, &scope);
    });
}
