//! Mode `duplicate` at functions that return a future: they run twice where nothing of them runs
//! before that future is polled, and once otherwise.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chaos_core::inject_chaos;
use chaos_core::testing::{Action, Scope};
use lambda_runtime::Error;

use super::duplicate::{Runs, actions, duplicate, run};
use super::*;

#[async_trait::async_trait]
trait Handle {
    async fn handle(&self, event: Value) -> Result<(usize, Value), Error>;
    async fn alter(&mut self, event: Value) -> Result<usize, Error>;
    async fn take(&self, event: Unique) -> Result<usize, Error>;
}

struct Unique(u8);

struct Worker {
    runs: AtomicUsize,
}

#[async_trait::async_trait]
impl Handle for Worker {
    #[inject_chaos]
    async fn handle(&self, event: Value) -> Result<(usize, Value), Error> {
        tokio::task::yield_now().await;
        Ok((run(&self.runs), event))
    }

    #[inject_chaos]
    async fn alter(&mut self, _event: Value) -> Result<usize, Error> {
        Ok(run(&self.runs))
    }

    #[inject_chaos]
    async fn take(&self, event: Unique) -> Result<usize, Error> {
        Ok(run(&self.runs) + usize::from(event.0))
    }
}

#[tokio::test]
async fn a_method_under_async_trait_runs_twice() {
    let scope = Scope::new(&duplicate());
    let mut worker: Box<dyn Handle> = Box::new(Worker {
        runs: AtomicUsize::new(0),
    });
    let (nth, seen) = scope.run(worker.handle(json!({"order": 7}))).await.unwrap();
    assert_eq!((nth, seen), (2, json!({"order": 7})));
    assert_eq!(actions(&scope), [Action::Inject]);

    assert_eq!(scope.run(worker.alter(json!(1))).await.unwrap(), 3);
    assert_eq!(scope.run(worker.take(Unique(0))).await.unwrap(), 4);
    assert_eq!(actions(&scope)[1..], [Action::Error, Action::Error]);
}

#[inject_chaos]
fn lazy(event: Value, runs: &AtomicUsize) -> impl Future<Output = Answer> {
    async move {
        tokio::task::yield_now().await;
        Ok((run(runs), event))
    }
}

type Answer = Result<(usize, Value), Error>;

#[inject_chaos]
fn boxed<'a>(
    Unpacked { event }: Unpacked,
    runs: &'a AtomicUsize,
) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
    Box::pin(async move { Ok((run(runs), event)) })
}

#[derive(Clone)]
struct Unpacked {
    event: Value,
}

#[tokio::test]
async fn so_does_an_async_block_that_is_all_of_a_function() {
    let (scope, runs) = (Scope::new(&duplicate()), Runs::default());
    let (nth, seen) = scope.run(lazy(json!(1), &runs)).await.unwrap();
    assert_eq!((nth, seen), (2, json!(1)));
    let event = Unpacked { event: json!(2) };
    let (nth, seen) = scope.run(boxed(event, &runs)).await.unwrap();
    assert_eq!((nth, seen), (4, json!(2)));
    assert_eq!(actions(&scope), [Action::Inject; 2]);
}

/// What runs when such a function is called runs once, whatever is decided.
#[tokio::test]
async fn what_works_when_it_is_called_runs_once_and_says_so() {
    #[inject_chaos]
    fn eager(calls: &AtomicUsize, runs: Runs) -> impl Future<Output = Result<usize, Error>> {
        run(calls);
        async move { Ok(run(&runs)) }
    }
    let (calls, runs) = (AtomicUsize::new(0), Runs::default());
    for (document, made) in [
        (json!({}), vec![]),
        (duplicate(), vec![Action::Error]),
        (
            json!({"duplicate": {"enabled": true, "percentage": 0}}),
            vec![],
        ),
    ] {
        let scope = Scope::new(&document);
        let answer = scope.run(eager(&calls, Arc::clone(&runs))).await;
        assert_eq!(answer.unwrap(), runs.load(Ordering::Relaxed));
        assert_eq!(actions(&scope), made);
    }
    assert_eq!(calls.load(Ordering::Relaxed), 3);
    assert_eq!(runs.load(Ordering::Relaxed), 3);
}

/// Nor is anything done twice where the flag does not fire.
#[tokio::test]
async fn a_flag_that_does_not_fire_runs_it_once() {
    let never = json!({"duplicate": {"enabled": true, "percentage": 0}});
    for scope in [Scope::new(&never), Scope::dry_run(&duplicate())] {
        let runs = Runs::default();
        scope.run(lazy(json!(1), &runs)).await.unwrap();
        assert_eq!(runs.load(Ordering::Relaxed), 1);
    }
}
