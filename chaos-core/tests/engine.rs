//! How flags decide, what they remember, and that faults undo themselves.
#![cfg(all(feature = "inject", feature = "lambda"))]

#[path = "taken/disk.rs"]
mod disk;
mod log;

use std::time::Duration;

use chaos_core::testing::{Action, Scope};
use chaos_core::{InjectedError, inject_chaos};
use lambda_runtime::{Context, Error, LambdaEvent};
use log::Log;
use serde_json::{Value, json};

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

#[inject_chaos(point = "dependency.call")]
async fn dependency() -> Result<(), InjectedError> {
    Ok(())
}

fn event(payload: Value) -> LambdaEvent<Value> {
    LambdaEvent::new(payload, Context::default())
}

async fn fails(scope: &Scope) -> bool {
    scope.run(handler(event(json!({})))).await.is_err()
}

#[tokio::test]
async fn a_code_that_cannot_be_carried_leaves_the_rest_to_come() {
    #[inject_chaos]
    async fn worker() -> Result<(), InjectedError> {
        Ok(())
    }
    let document = json!({
        "statuscode": {"enabled": true, "phase": "after"}, "lost_reply": {"enabled": true},
    });
    let scope = Scope::new(&document);
    scope.run(worker()).await.expect_err("its reply is lost");
    let decisions = scope.decisions();
    let actions: Vec<_> = decisions.iter().map(|one| (one.action, one.mode)).collect();
    assert_eq!(
        actions,
        [
            (Action::Error, "statuscode"),
            (Action::Inject, "lost_reply")
        ]
    );
}

#[tokio::test]
async fn conditions_look_at_the_event() {
    let scope = Scope::new(&json!({"exception": {
        "enabled": true, "match": [{"path": "headers.x-test", "value": "1"}],
    }}));
    let result = |payload| scope.run(handler(event(payload)));
    assert!(result(json!({"headers": {"X-Test": "1"}})).await.is_err());
    assert!(result(json!({"headers": {"X-Test": "2"}})).await.is_ok());
    assert!(result(json!(null)).await.is_ok());
}

#[tokio::test]
async fn an_event_that_cannot_be_looked_at_is_reported_and_spared() {
    struct Unseen;
    #[inject_chaos]
    async fn blind(event: LambdaEvent<Unseen>) -> Result<(), Error> {
        let Unseen = event.payload;
        Ok(())
    }
    let scope = Scope::new(&json!({"exception": {
        "enabled": true, "match": [{"path": "a", "operator": "exists"}],
    }}));
    let event = LambdaEvent::new(Unseen, Context::default());
    assert!(scope.run(blind(event)).await.is_ok());
    assert_eq!(scope.decisions()[0].action, Action::Error);
}

/// An invocation that ends in three seconds, by the scope's clock.
fn ending_soon(scope: &Scope) -> LambdaEvent<Value> {
    let mut soon = event(json!({"path": "/orders"}));
    "7".clone_into(&mut soon.context.request_id);
    soon.context.deadline = scope.deadline_in(Duration::from_secs(3));
    soon
}

/// All of those three seconds: the deadline is in whole milliseconds, and so are timers.
fn assert_three_seconds(waited: Duration) {
    let three = Duration::from_millis(2_998)..=Duration::from_millis(3_001);
    assert!(three.contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_function_without_an_event_keeps_the_deadline_of_its_invocation() {
    #[inject_chaos]
    async fn inner() -> Result<(), InjectedError> {
        Ok(())
    }
    #[inject_chaos]
    async fn outer(client: &str, event: LambdaEvent<Value>) -> Result<Value, Error> {
        inner().await?;
        Ok(json!([client, event.payload]))
    }
    let scope = Scope::new(&json!({"latency": {"enabled": true, "min_latency": 600_000}}));
    let start = tokio::time::Instant::now();
    scope
        .run(outer("c", ending_soon(&scope)))
        .await
        .expect("an answer");
    // Both are hit, and the second has no time left.
    assert_three_seconds(start.elapsed());
    let ids = scope.decisions().into_iter().map(|made| made.request_id);
    assert_eq!(
        ids.collect::<Vec<_>>(),
        [Some("7".to_owned()), Some("7".to_owned())]
    );
}

#[tokio::test]
async fn an_invocation_that_is_wrapped_twice_is_one() {
    #[inject_chaos]
    async fn inner(event: LambdaEvent<Value>) -> Result<Value, Error> {
        dependency().await?;
        Ok(event.payload)
    }
    let scope = Scope::new(&json!({"exception": {
        "enabled": true,
        "point": "dependency.*",
        "match": [{"path": "path", "value": "/orders"}],
    }}));
    let outer = chaos_core::wrap(inner);
    let error = scope.run(outer(ending_soon(&scope))).await;
    assert_eq!(
        error.expect_err("an error").to_string(),
        "Injected exception"
    );
}

#[tokio::test]
async fn what_cannot_be_injected_is_said_once_and_recorded_each_time() {
    #[inject_chaos]
    async fn worker(event: LambdaEvent<Value>) -> Result<(), Error> {
        drop(event);
        Ok(())
    }
    let scope = Scope::new(&json!({"statuscode": {"enabled": true}}));
    for _ in 0..3 {
        scope
            .run(worker(event(json!({}))))
            .await
            .expect("its own answer");
    }
    let actions: Vec<_> = scope
        .decisions()
        .into_iter()
        .map(|made| made.action)
        .collect();
    assert_eq!(actions, [Action::Error; 3]);
    let opaque = chaos_core::wrap_opaque(worker);
    let own = scope
        .run(opaque(event(json!({}))))
        .await
        .expect("its own answer");
    assert_eq!(
        own.into_own(),
        Some(()),
        "no queue is told that its batch was done"
    );
}

#[tokio::test]
async fn what_panics_when_it_is_asked_is_not_the_handlers_panic() {
    struct Bad;
    impl std::fmt::Display for Bad {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("a label that cannot be shown")
        }
    }
    #[inject_chaos(point = "with.bad_label", labels(bad = Bad))]
    async fn labelled() -> Result<u8, InjectedError> {
        Ok(1)
    }
    let scope = Scope::new(&json!({"exception": {"enabled": true, "point": "with.*"}}));
    assert_eq!(scope.run(async { labelled().await }).await, Ok(1));
}

#[tokio::test]
async fn an_event_that_panics_when_it_is_looked_at_harms_nobody() {
    struct Bad;
    impl serde::Serialize for Bad {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("an event that cannot be shown")
        }
    }
    #[inject_chaos]
    async fn handles(_: LambdaEvent<Bad>) -> Result<u8, Error> {
        Ok(1)
    }
    let scope = Scope::new(&json!({"exception": {
        "enabled": true, "match": [{"path": "a", "operator": "exists"}],
    }}));
    let (log, _guard) = Log::collect(tracing::Level::ERROR);
    let event = LambdaEvent::new(Bad, Context::default());
    let answer = scope.run(async { handles(event).await }).await;
    assert_eq!(answer.expect("its own answer"), 1);
    let said = log.take();
    let message = said[0]["message"].as_str().expect("a message");
    assert!(message.contains("panicked"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn a_wait_never_passes_the_deadline() {
    let scope = Scope::new(&json!({"latency": {"enabled": true, "min_latency": 600_000}}));
    let start = tokio::time::Instant::now();
    scope
        .run(handler(ending_soon(&scope)))
        .await
        .expect("an answer");
    assert_three_seconds(start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_point_keeps_the_deadline_of_its_invocation() {
    #[inject_chaos]
    async fn calls_on(event: LambdaEvent<Value>) -> Result<Value, Error> {
        dependency().await?;
        Ok(event.payload)
    }
    let scope = Scope::new(&json!({"latency": {
        "enabled": true, "min_latency": 600_000, "point": "dependency.*",
    }}));
    let start = tokio::time::Instant::now();
    scope
        .run(calls_on(ending_soon(&scope)))
        .await
        .expect("an answer");
    assert_three_seconds(start.elapsed());
    let decisions = scope.decisions();
    assert_eq!(decisions[0].point, "dependency.call");
    assert_eq!(decisions[0].request_id.as_deref(), Some("7"));
}

#[tokio::test]
async fn dry_run_decides_and_records_and_injects_nothing() {
    let scope = Scope::dry_run(&json!({"exception": {"enabled": true}}));
    assert!(!fails(&scope).await);
    let decisions = scope.decisions();
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0].action, Action::DryRun);
}

#[tokio::test]
async fn a_mode_that_is_not_allowed_is_blocked_and_recorded() {
    let scope = Scope::allowing(&json!({"exception": {"enabled": true}}), &["latency"]);
    assert!(!fails(&scope).await);
    assert_eq!(scope.decisions()[0].action, Action::Block);
}

#[tokio::test]
async fn two_hundred_scopes_at_once_do_not_see_one_another() {
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            tokio::spawn(async move {
                let message = format!("boom {n}");
                let scope = Scope::new(&json!({"exception": {
                    "enabled": n % 2 == 0, "exception_msg": message,
                }}));
                for _ in 0..20 {
                    let result = scope.run(handler(event(json!(n)))).await;
                    match result {
                        Ok(value) => assert_eq!(value, json!(n)),
                        Err(error) => assert_eq!(error.to_string(), message),
                    }
                    tokio::task::yield_now().await;
                }
                assert_eq!(scope.injected().len(), if n % 2 == 0 { 20 } else { 0 });
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a task");
    }
}

mod undone {
    //! However a call ends, the disk comes back.

    use tokio::sync::Mutex;

    use super::*;

    /// One at a time: each looks at what this process holds.
    static DISK: Mutex<()> = Mutex::const_new(());
    const MEGABYTES: u64 = 200;

    fn full() -> Scope {
        Scope::new(&json!({"diskspace": {"enabled": true, "disk_space": MEGABYTES}}))
    }

    #[inject_chaos]
    async fn ends(how: &str) -> Result<(), Error> {
        assert_eq!(disk::megabytes(), MEGABYTES, "while the handler runs");
        match how {
            "error" => Err("its own".into()),
            "panic" => panic!("its own"),
            "cancelled" => std::future::pending().await,
            _ => Ok(()),
        }
    }

    async fn disk_is_back_after(how: &'static str) {
        let _one = DISK.lock().await;
        assert_eq!(disk::megabytes(), 0, "before");
        let call = tokio::spawn(async move {
            let scope = full();
            let call = scope.run(ends(how));
            let ended = tokio::time::timeout(Duration::from_millis(300), call).await;
            assert_eq!(ended.is_err(), how == "cancelled");
            assert_eq!(scope.injected(), ["diskspace"]);
        });
        assert_eq!(call.await.is_err(), how == "panic");
        assert_eq!(disk::megabytes(), 0, "the disk is back");
    }

    #[tokio::test]
    async fn after_a_return() {
        disk_is_back_after("return").await;
    }

    #[tokio::test]
    async fn after_an_error() {
        disk_is_back_after("error").await;
    }

    #[tokio::test]
    async fn after_a_panic() {
        disk_is_back_after("panic").await;
    }

    #[tokio::test]
    async fn after_a_cancellation() {
        disk_is_back_after("cancelled").await;
    }
}

#[tokio::test]
async fn a_status_code_after_a_failure_is_reported_and_not_counted_as_injected() {
    #[inject_chaos]
    async fn fails_by_itself(event: LambdaEvent<Value>) -> Result<Value, Error> {
        Err(event.payload.to_string().into())
    }
    let scope = Scope::new(&json!({"statuscode": {"enabled": true, "phase": "after"}}));
    let error = scope.run(fails_by_itself(event(json!(1)))).await;
    assert_eq!(error.expect_err("its own error").to_string(), "1");
    assert_eq!(scope.decisions()[0].action, Action::Error);
}

#[tokio::test]
async fn the_tenant_is_a_label() {
    let scope = Scope::new(&json!({"exception": {
        "enabled": true, "labels": {"lambda.tenant": "acme"},
    }}));
    let of = async |tenant: Option<&str>| {
        let mut event = event(json!({}));
        event.context.tenant_id = tenant.map(str::to_owned);
        scope.run(handler(event)).await.is_err()
    };
    assert!(of(Some("acme")).await);
    assert!(!of(Some("other")).await);
    assert!(!of(None).await);
}
