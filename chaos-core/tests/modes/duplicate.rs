//! Mode `duplicate`; `duplicate_futures.rs` has the functions that return a future.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chaos_core::testing::{Action, Scope};
use chaos_core::{ChaosLayer, InjectedError, inject_chaos};
use lambda_runtime::tower::{Layer as _, Service as _};
use lambda_runtime::{Error, service_fn};

use super::*;

pub(crate) type Runs = Arc<AtomicUsize>;

pub(crate) fn duplicate() -> Value {
    json!({"duplicate": {"enabled": true}})
}

/// Which run this is, from 1 on.
pub(crate) fn run(runs: &AtomicUsize) -> usize {
    runs.fetch_add(1, Ordering::Relaxed) + 1
}

pub(crate) fn actions(scope: &Scope) -> Vec<Action> {
    let decisions = scope.decisions();
    assert!(
        decisions
            .iter()
            .all(|decision| decision.mode == "duplicate")
    );
    decisions.iter().map(|decision| decision.action).collect()
}

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>, runs: Runs) -> Result<(usize, Value), Error> {
    tokio::task::yield_now().await;
    Ok((run(&runs), event.payload))
}

#[tokio::test]
async fn the_second_result_of_the_same_event_is_returned() {
    let (scope, runs) = (Scope::new(&duplicate()), Runs::default());
    let event = LambdaEvent::new(json!({"order": 7}), Context::default());
    let (nth, seen) = scope.run(handler(event, Arc::clone(&runs))).await.unwrap();
    assert_eq!((nth, seen), (2, json!({"order": 7})));
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    assert_eq!(actions(&scope), [Action::Inject]);
}

#[tokio::test]
async fn an_error_of_the_first_run_is_not_the_last_word() {
    #[inject_chaos]
    async fn fails_once(runs: &AtomicUsize) -> Result<usize, Error> {
        match run(runs) {
            1 => Err("not yet".into()),
            nth => Ok(nth),
        }
    }
    let scope = Scope::new(&duplicate());
    let runs = AtomicUsize::new(0);
    assert_eq!(scope.run(fails_once(&runs)).await.unwrap(), 2);
}

#[tokio::test]
async fn the_runs_come_one_after_the_other() {
    #[inject_chaos]
    async fn alone(running: &AtomicUsize) -> Result<(), Error> {
        assert_eq!(running.fetch_add(1, Ordering::Relaxed), 0);
        tokio::task::yield_now().await;
        running.fetch_sub(1, Ordering::Relaxed);
        Ok(())
    }
    let scope = Scope::new(&duplicate());
    scope.run(alone(&AtomicUsize::new(0))).await.unwrap();
    assert_eq!(actions(&scope), [Action::Inject]);
}

#[test]
fn a_function_that_is_not_async_runs_twice_too() {
    #[inject_chaos]
    fn counts(runs: &AtomicUsize, _event: Value) -> Result<usize, Error> {
        Ok(run(runs))
    }
    let scope = Scope::new(&duplicate());
    let runs = AtomicUsize::new(0);
    let nth = scope.run_blocking(|| counts(&runs, json!({})));
    assert_eq!(nth.unwrap(), 2);
    assert_eq!(actions(&scope), [Action::Inject]);
}

struct Worker {
    runs: AtomicUsize,
}

impl Worker {
    #[inject_chaos]
    async fn handle(&self, event: Value) -> Result<(usize, Value), Error> {
        Ok((run(&self.runs), event))
    }

    #[inject_chaos]
    async fn alter(&mut self, _event: Value) -> Result<usize, Error> {
        Ok(run(&self.runs))
    }

    #[inject_chaos]
    async fn end(self, _event: Value) -> Result<usize, Error> {
        Ok(run(&self.runs))
    }
}

#[tokio::test]
async fn a_method_runs_twice_if_it_shares_itself() {
    let scope = Scope::new(&duplicate());
    let mut worker = Worker {
        runs: AtomicUsize::new(0),
    };
    let (nth, seen) = scope.run(worker.handle(json!(1))).await.unwrap();
    assert_eq!((nth, seen), (2, json!(1)));
    assert_eq!(actions(&scope), [Action::Inject]);

    assert_eq!(scope.run(worker.alter(json!(1))).await.unwrap(), 3);
    assert_eq!(scope.run(worker.end(json!(1))).await.unwrap(), 4);
    assert_eq!(actions(&scope)[1..], [Action::Error, Action::Error]);
}

#[tokio::test]
async fn what_cannot_be_cloned_runs_once_and_says_so() {
    struct Unique(Runs);
    #[inject_chaos]
    async fn handles(event: Unique) -> Result<usize, Error> {
        Ok(run(&event.0))
    }
    let (scope, runs) = (Scope::new(&duplicate()), Runs::default());
    let nth = scope.run(handles(Unique(Arc::clone(&runs)))).await;
    assert_eq!(nth.unwrap(), 1);
    assert_eq!(actions(&scope), [Action::Error]);
    let why = scope.decisions()[0].message.clone().expect("a reason");
    assert!(why.contains("`Clone`"), "{why}");
}

#[tokio::test]
async fn a_clone_that_panics_is_not_the_handlers_panic() {
    struct Bad;
    impl Clone for Bad {
        fn clone(&self) -> Self {
            panic!("not to be cloned")
        }
    }
    #[inject_chaos]
    async fn handles(_event: Bad, runs: &AtomicUsize) -> Result<usize, Error> {
        Ok(run(runs))
    }
    let scope = Scope::new(&duplicate());
    let runs = AtomicUsize::new(0);
    assert_eq!(scope.run(handles(Bad, &runs)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_point_runs_once() {
    #[inject_chaos(point = "store.put")]
    async fn put(runs: &AtomicUsize) -> Result<usize, InjectedError> {
        Ok(run(runs))
    }
    let scope = Scope::new(&json!({"duplicate": {"enabled": true, "point": "store.*"}}));
    let runs = AtomicUsize::new(0);
    assert_eq!(scope.run(put(&runs)).await.unwrap(), 1);
    assert_eq!(actions(&scope), [Action::Error]);
}

#[tokio::test]
async fn two_flags_run_it_twice_and_not_thrice() {
    let scope = Scope::new(&json!({
        "duplicate": {"enabled": true}, "more": {"enabled": true, "mode": "duplicate"}
    }));
    let runs = Runs::default();
    let (nth, _) = scope
        .run(handler(unending(), Arc::clone(&runs)))
        .await
        .unwrap();
    assert_eq!(nth, 2);
    assert_eq!(actions(&scope), [Action::Inject, Action::Error]);
}

#[tokio::test]
async fn a_dry_run_runs_it_once() {
    let (scope, runs) = (Scope::dry_run(&duplicate()), Runs::default());
    let (nth, _) = scope.run(handler(unending(), runs)).await.unwrap();
    assert_eq!(nth, 1);
    assert_eq!(actions(&scope), [Action::DryRun]);
}

#[tokio::test]
async fn the_other_doors_run_it_twice_as_well() {
    let runs = Runs::default();
    let counted = {
        let runs = Arc::clone(&runs);
        move |event: LambdaEvent<Value>| {
            let runs = Arc::clone(&runs);
            async move { Ok::<_, Error>(json!([run(&runs), event.payload])) }
        }
    };
    let scope = Scope::new(&duplicate());
    let wrapped = chaos_core::wrap(counted.clone());
    let answer = scope.run(async { wrapped(unending()).await });
    assert_eq!(answer.await.unwrap(), json!([2, {}]));

    let mut service = ChaosLayer::new().layer(service_fn(counted.clone()));
    let answer = scope.run(async { service.call(unending()).await });
    assert_eq!(answer.await.unwrap(), json!([4, {}]));
    assert_eq!(actions(&scope), [Action::Inject, Action::Inject]);

    let opaque = chaos_core::wrap_opaque_clone(counted.clone());
    let answer = scope.run(async { opaque(unending()).await });
    assert_eq!(answer.await.unwrap().into_own(), Some(json!([6, {}])));

    let mut service = ChaosLayer::opaque_clone().layer(service_fn(counted));
    let answer = scope.run(async { service.call(unending()).await });
    assert_eq!(answer.await.unwrap().into_own(), Some(json!([8, {}])));
    assert_eq!(actions(&scope), [Action::Inject; 4]);
}

/// What asks nothing of an event but its context cannot clone it.
#[tokio::test]
async fn an_opaque_door_runs_it_once_and_says_so() {
    let runs = Runs::default();
    let counted = {
        let runs = Arc::clone(&runs);
        move |event: LambdaEvent<Value>| {
            let nth = run(&runs);
            async move { Ok::<_, Error>(json!([nth, event.payload])) }
        }
    };
    let scope = Scope::new(&duplicate());
    let opaque = chaos_core::wrap_opaque(counted.clone());
    let answer = scope.run(async { opaque(unending()).await });
    assert_eq!(answer.await.unwrap().into_own(), Some(json!([1, {}])));
    let mut service = ChaosLayer::opaque().layer(service_fn(counted));
    let answer = scope.run(async { service.call(unending()).await });
    assert_eq!(answer.await.unwrap().into_own(), Some(json!([2, {}])));
    assert_eq!(actions(&scope), [Action::Error; 2]);
    let why = scope.decisions()[0].message.clone().expect("a reason");
    assert!(why.contains("wrap_opaque_clone"), "{why}");
}

#[tokio::test]
async fn a_service_that_is_not_ready_twice_is_called_once() {
    /// Ready for one call, as a service with a limit is.
    struct One {
        ready: bool,
    }
    impl lambda_runtime::Service<LambdaEvent<Value>> for One {
        type Response = Value;
        type Error = Error;
        type Future = std::future::Ready<Result<Value, Error>>;
        fn poll_ready(
            &mut self,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Result<(), Error>> {
            if self.ready {
                std::task::Poll::Ready(Ok(()))
            } else {
                std::task::Poll::Pending
            }
        }
        fn call(&mut self, event: LambdaEvent<Value>) -> Self::Future {
            assert!(std::mem::take(&mut self.ready), "called without asking");
            std::future::ready(Ok(event.payload))
        }
    }
    let scope = Scope::new(&duplicate());
    let mut service = ChaosLayer::new().layer(One { ready: true });
    let answer = scope.run(async { service.call(unending()).await });
    assert_eq!(answer.await.unwrap(), json!({}));
    assert_eq!(actions(&scope), [Action::Error]);
}

/// What works when it is called, and not when its future is polled, as tower's `Buffer` does.
#[tokio::test]
async fn a_service_is_called_twice_only_where_it_is_decided() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = {
        let calls = Arc::clone(&calls);
        move |event: LambdaEvent<Value>| {
            run(&calls);
            std::future::ready(Ok::<_, Error>(event.payload))
        }
    };
    let never = json!({"enabled": true, "percentage": 0});
    let late = json!({"enabled": true, "min_latency": 1});
    let scopes = [
        (Scope::new(&json!({})), 1),
        (Scope::new(&json!({"duplicate": never})), 1),
        (Scope::new(&json!({"duplicate": never, "latency": late})), 1),
        (Scope::dry_run(&duplicate()), 1),
        (Scope::allowing(&duplicate(), &["latency"]), 1),
        (Scope::new(&duplicate()), 2),
    ];
    for (scope, times) in scopes {
        let mut service = ChaosLayer::new().layer(service_fn(counted.clone()));
        let answer = scope.run(async { service.call(unending()).await });
        assert_eq!(answer.await.unwrap(), json!({}));
        assert_eq!(calls.swap(0, Ordering::Relaxed), times);

        let wrapped = chaos_core::wrap(counted.clone());
        let answer = scope.run(async { wrapped(unending()).await });
        assert_eq!(answer.await.unwrap(), json!({}));
        assert_eq!(calls.swap(0, Ordering::Relaxed), times);
    }
    // What is in force there is not known when the call is made.
    let scope = Scope::new(&duplicate());
    let wrapped = chaos_core::wrap(counted);
    scope.run(wrapped(unending())).await.unwrap();
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert_eq!(actions(&scope), [Action::Error]);
}
