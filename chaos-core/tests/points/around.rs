//! The invocation that a point is in.

use std::collections::BTreeSet;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use chaos_core::testing::{Decision, Scope};
use chaos_core::{InjectedError, inject_chaos, point};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

fn event(id: &str) -> LambdaEvent<Value> {
    let mut context = Context::default();
    id.clone_into(&mut context.request_id);
    LambdaEvent::new(json!({ "id": id }), context)
}

#[inject_chaos(point = "store.get", labels(key))]
async fn get(key: &str) -> Result<String, InjectedError> {
    sleep(Duration::from_millis(5)).await;
    Ok(key.to_owned())
}

/// Its answer is the key, unless the point fails.
#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let id = event.context.request_id;
    sleep(Duration::from_millis(5)).await;
    let first = get(&id).await;
    sleep(Duration::from_millis(5)).await;
    let second = get(&id).await;
    Ok(json!([first.is_ok(), second.is_ok()]))
}

/// The labels are the request ids as the handler knows them.
fn ids(decisions: Vec<Decision>) -> BTreeSet<String> {
    let ids = decisions.into_iter().map(|made| made.request_id);
    ids.map(|id| id.expect("a known invocation")).collect()
}

fn failing_for(id: &str) -> Value {
    json!({ "exception": {
        "enabled": true, "point": "store.*", "match": [{ "path": "id", "value": id }]
    }})
}

#[tokio::test]
async fn of_invocations_in_one_task_each_point_is_in_its_own() {
    let scope = Scope::new(&failing_for("2"));
    let answers = scope
        .run(async {
            tokio::join!(
                handler(event("1")),
                handler(event("2")),
                handler(event("3"))
            )
        })
        .await;
    assert_eq!(answers.0.expect("an answer"), json!([true, true]));
    assert_eq!(answers.1.expect("an answer"), json!([false, false]));
    assert_eq!(answers.2.expect("an answer"), json!([true, true]));
    assert_eq!(ids(scope.decisions()), BTreeSet::from(["2".to_owned()]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_invocations_in_tasks_of_their_own_too() {
    let scope = Scope::new(&failing_for("7"));
    let mut tasks = JoinSet::new();
    for n in 0..20 {
        let id = n.to_string();
        let answer = scope.run(handler(event(&id)));
        tasks.spawn(async move { (n, answer.await.expect("an answer")) });
    }
    for (n, answer) in tasks.join_all().await {
        assert_eq!(answer, json!([n != 7, n != 7]), "{n}");
    }
    assert_eq!(scope.decisions().len(), 2);
    assert_eq!(ids(scope.decisions()), BTreeSet::from(["7".to_owned()]));
}

#[test]
fn of_invocations_that_block_too() {
    static BOTH: Barrier = Barrier::new(2);
    #[inject_chaos]
    fn blocking(event: LambdaEvent<Value>) -> Result<bool, Error> {
        BOTH.wait();
        let got = point("store.get").run_blocking(|| Ok::<_, InjectedError>(event.payload));
        BOTH.wait();
        Ok(got.is_ok())
    }
    let scope = Scope::new(&failing_for("2"));
    let run = |id| scope.run_blocking(|| blocking(event(id)));
    let answers = std::thread::scope(|threads| {
        let first = threads.spawn(|| run("1"));
        let second = threads.spawn(|| run("2"));
        [first, second].map(|thread| thread.join().expect("no panic").expect("an answer"))
    });
    assert_eq!(answers, [true, false]);
    assert_eq!(ids(scope.decisions()), BTreeSet::from(["2".to_owned()]));
}

/// What is waited for in one invocation is bounded by that one's deadline, not by the earliest.
#[tokio::test(start_paused = true)]
async fn a_wait_is_bounded_by_the_deadline_of_its_own_invocation() {
    let scope = Scope::new(&json!({ "latency": {
        "enabled": true, "min_latency": 60_000, "point": "store.*"
    }}));
    let ending_in = |id, seconds| {
        let mut event = event(id);
        event.context.deadline = scope.deadline_in(Duration::from_secs(seconds));
        event
    };
    let (short, long) = (ending_in("short", 2), ending_in("long", 900));
    scope
        .run(async { tokio::join!(handler(short), handler(long)) })
        .await
        .1
        .expect("an answer");
    let waited = |id: &str| {
        let decisions = scope.decisions().into_iter();
        let mut own = decisions.filter(|made| made.request_id.as_deref() == Some(id));
        own.next().expect("a wait").latency_ms.expect("its length")
    };
    assert!(waited("short") < 2_000.0, "{}", waited("short"));
    assert!(
        (waited("long") - 60_000.0).abs() < 1.0,
        "{}",
        waited("long")
    );
}

#[tokio::test]
async fn a_spawned_task_is_in_the_only_invocation_and_of_several_in_none() {
    #[inject_chaos]
    async fn spawning(
        event: LambdaEvent<Value>,
        both: Arc<tokio::sync::Barrier>,
    ) -> Result<(), Error> {
        both.wait().await;
        let scope = Scope::current().expect("a scope");
        tokio::spawn(scope.run(async { get("k").await })).await??;
        both.wait().await;
        drop(event);
        Ok(())
    }
    let scope = Scope::new(&json!({ "latency": {
        "enabled": true, "min_latency": 1, "point": "store.*"
    }}));
    let alone = Arc::new(tokio::sync::Barrier::new(1));
    scope.run(spawning(event("1"), alone)).await.expect("done");
    let both = Arc::new(tokio::sync::Barrier::new(2));
    let (first, second) = (
        spawning(event("2"), Arc::clone(&both)),
        spawning(event("3"), both),
    );
    let done = scope.run(async { tokio::join!(first, second) }).await;
    assert!(done.0.is_ok() && done.1.is_ok());
    let ids: Vec<_> = scope
        .decisions()
        .into_iter()
        .map(|made| made.request_id)
        .collect();
    assert_eq!(ids, [Some("1".to_owned()), None, None]);
}

#[tokio::test]
async fn outside_of_a_handler_there_is_no_invocation_however_it_ended() {
    #[inject_chaos]
    async fn ending(event: LambdaEvent<Value>) -> Result<(), Error> {
        get("inside").await?;
        if event.context.request_id == "waits" {
            std::future::pending::<()>().await;
        }
        panic!("the handler's own")
    }
    let scope = Scope::new(&json!({ "latency": {
        "enabled": true, "min_latency": 1, "point": "store.*"
    }}));
    let panics = scope.run(ending(event("panics")));
    let panics = futures_catch(panics).await;
    assert!(panics, "the handler's own panic goes through");
    let waits = scope.run(ending(event("waits")));
    assert!(
        tokio::time::timeout(Duration::from_millis(50), waits)
            .await
            .is_err()
    );
    scope.run(get("outside")).await.expect("its own answer");
    let ids = scope.decisions().into_iter().map(|made| made.request_id);
    assert_eq!(
        ids.collect::<Vec<_>>(),
        [Some("panics".to_owned()), Some("waits".to_owned()), None]
    );
}

/// Whether a future panics; on this very thread, so that what it leaves behind would be seen.
async fn futures_catch(future: impl Future) -> bool {
    let mut future = Box::pin(future);
    std::future::poll_fn(move |cx| {
        let poll = std::panic::AssertUnwindSafe(|| future.as_mut().poll(cx));
        match std::panic::catch_unwind(poll) {
            Ok(poll) => poll.map(|_| false),
            Err(_) => std::task::Poll::Ready(true),
        }
    })
    .await
}
