//! Several invocations in one process at once, as `run_concurrent` takes them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chaos_tests::document::is_on;
use chaos_tests::function;
use serde_json::json;
use tokio::task::JoinSet;

/// How many the process takes at once.
const AT_ONCE: usize = 8;
const INVOCATIONS: usize = 48;
/// What the handler takes for itself.
const HANDLER: Duration = Duration::from_millis(100);

/// A limit is one for the whole process, and each invocation has an answer of its own.
#[tokio::test]
async fn a_limit_holds_for_all_of_them_together() {
    let document = json!({"statuscode": {"enabled": true, "status_code": 503, "limit": 20}});
    let function = function!("concurrent")
        .env("AWS_LAMBDA_MAX_CONCURRENCY", AT_ONCE.to_string())
        .document(&document)
        .start()
        .await;
    let function = Arc::new(function);
    let begun = Instant::now();
    let mut invoked: JoinSet<bool> = (0..INVOCATIONS)
        .map(|_| Arc::clone(&function))
        .map(|function| async move { is_on(&function.answer(json!({})).await) })
        .collect();
    let mut hits = 0;
    while let Some(hit) = invoked.join_next().await {
        hits += usize::from(hit.expect("the invocation is answered"));
    }
    assert_eq!(hits, 20, "{}", function.story());

    let took = begun.elapsed();
    let one_by_one = HANDLER * u32::try_from(INVOCATIONS - hits).expect("a few");
    assert!(
        took < one_by_one,
        "{took:?} is not at once\n{}",
        function.story()
    );
}
