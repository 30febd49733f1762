//! The attribute: an async function becomes the plain function that returns its future, and nobody
//! can tell.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

trait Store {
    async fn get(&self, key: &str) -> Result<String, Error>;
}

struct Memory(String);

impl Store for Memory {
    #[inject_chaos(point = "store.get")]
    async fn get(&self, key: &str) -> Result<String, Error> {
        Ok(format!("{}/{key}", self.0))
    }
}

#[tokio::test]
async fn it_implements_a_trait_with_an_async_function() {
    let memory = Memory("a".to_owned());
    assert_eq!(memory.get("b").await.unwrap(), "a/b");
    let scope = Scope::new(&json!({"exception": {"enabled": true, "point": "store.*"}}));
    assert!(scope.run(memory.get("b")).await.is_err());
}

#[inject_chaos]
async fn walk(depth: u32) -> Result<u32, Error> {
    match depth {
        0 => Ok(0),
        _ => Ok(1 + Box::pin(walk(depth - 1)).await?),
    }
}

#[tokio::test]
async fn it_may_call_itself() {
    assert_eq!(walk(5).await.unwrap(), 5);
}

/// Its own type has the name of one of ours.
#[derive(Debug)]
struct Reply(String);

impl Reply {
    #[expect(clippy::needless_pass_by_value, reason = "as `error = …` calls it")]
    fn injected(error: InjectedError) -> Self {
        Self(error.message().to_owned())
    }
}

#[inject_chaos(error = Reply::injected)]
async fn named_as_ours() -> Result<u8, Reply> {
    Ok(1)
}

#[tokio::test]
async fn names_of_ours_do_not_stand_in_front_of_the_users() {
    assert_eq!(boom().run(named_as_ours()).await.unwrap_err().0, "boom");
}

/// Says when it is dropped.
struct Permit(Arc<AtomicUsize>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

struct Request {
    #[expect(dead_code, reason = "held, and never looked at")]
    permit: Permit,
    size: usize,
}

#[inject_chaos]
async fn holds(_: Permit, _named: Permit, request: Request) -> Result<usize, Error> {
    tokio::task::yield_now().await;
    Ok(request.size)
}

impl Request {
    #[inject_chaos]
    async fn consumed(self) -> Result<usize, Error> {
        tokio::task::yield_now().await;
        Ok(self.size)
    }
}

async fn stays_until_the_end<T>(permits: usize, call: impl FnOnce(&Arc<AtomicUsize>) -> T)
where
    T: Future<Output = Result<usize, Error>>,
{
    let dropped = Arc::default();
    let mut future = Box::pin(call(&dropped));
    assert_eq!(
        dropped.load(Ordering::Relaxed),
        0,
        "the call takes it along"
    );
    let first = std::future::poll_fn(|cx| std::task::Poll::Ready(future.as_mut().poll(cx))).await;
    assert!(first.is_pending());
    assert_eq!(
        dropped.load(Ordering::Relaxed),
        0,
        "it is held, named or not"
    );
    assert_eq!(future.await.unwrap(), 7);
    assert_eq!(dropped.load(Ordering::Relaxed), permits);
}

#[tokio::test]
async fn arguments_live_until_the_future_ends() {
    let permit = |dropped: &Arc<AtomicUsize>| Permit(Arc::clone(dropped));
    let request = move |dropped: &Arc<AtomicUsize>| Request {
        permit: permit(dropped),
        size: 7,
    };
    stays_until_the_end(3, |dropped| {
        holds(permit(dropped), permit(dropped), request(dropped))
    })
    .await;
    stays_until_the_end(1, |dropped| request(dropped).consumed()).await;
}

struct Ticket {
    number: u32,
}

impl Ticket {
    #[inject_chaos(point = "ticket.use", labels(number = self.number))]
    async fn used(self) -> Result<u32, Error> {
        Ok(self.number)
    }
}

#[tokio::test]
async fn labels_may_speak_of_a_self_that_is_owned() {
    let document = json!({"exception": {
        "enabled": true, "point": "ticket.*", "labels": {"number": "7"}
    }});
    let scope = Scope::new(&document);
    assert!(scope.run(Ticket { number: 7 }.used()).await.is_err());
    assert_eq!(scope.run(Ticket { number: 8 }.used()).await.unwrap(), 8);
}
