//! The attribute: how a function hands back its result.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use super::*;

#[inject_chaos]
fn blocking(n: u8) -> Result<u8, Error> {
    Ok(n)
}

#[inject_chaos]
pub(crate) fn plain_future(n: u8) -> impl Future<Output = Result<u8, Error>> + Send {
    async move {
        let doubled = u8::try_from(u16::from(n) * 2)?;
        Ok(doubled)
    }
}

#[inject_chaos]
fn boxed_future(n: u8) -> Pin<Box<dyn Future<Output = Result<u8, Error>> + Send>> {
    Box::pin(async move { Ok(n) })
}

#[async_trait::async_trait]
trait Store {
    async fn get(&self, key: &str) -> Result<String, Own>;
    async fn put(&mut self, key: &str, value: String) -> Result<(), Own>;
}

struct Memory(Vec<(String, String)>);

#[async_trait::async_trait]
impl Store for Memory {
    #[inject_chaos(point = "store.get", labels(key))]
    async fn get(&self, key: &str) -> Result<String, Own> {
        let found = self.0.iter().find(|(name, _)| name == key);
        Ok(found.map(|(_, value)| value.clone()).unwrap_or_default())
    }

    #[inject_chaos(point = "store.put")]
    async fn put(&mut self, key: &str, value: String) -> Result<(), Own> {
        self.0.push((key.to_owned(), value));
        Ok(())
    }
}

#[test]
fn a_function_that_is_not_async_really_blocks() {
    let scope = Scope::new(&json!({"latency": {"enabled": true, "min_latency": 60}}));
    let start = Instant::now();
    assert_eq!(scope.run_blocking(|| blocking(1)).unwrap(), 1);
    assert!(start.elapsed() >= Duration::from_millis(60));
    assert!(boom().run_blocking(|| blocking(1)).is_err());
    assert_eq!(blocking(2).unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_function_that_returns_a_future_waits_in_it() {
    let start = tokio::time::Instant::now();
    let scope = slow();
    let future = scope.run_blocking(|| plain_future(2));
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(scope.run(future).await.unwrap(), 4);
    assert!(start.elapsed() >= Duration::from_secs(5));
    assert_eq!(scope.run(async { boxed_future(2).await }).await.unwrap(), 2);
    assert!(start.elapsed() >= Duration::from_secs(10));
    assert!(boom().run(async { plain_future(2).await }).await.is_err());
    assert!(boom().run(async { boxed_future(2).await }).await.is_err());
    assert_eq!(plain_future(3).await.unwrap(), 6);
}

#[tokio::test]
async fn async_trait_methods_are_points() {
    let mut memory = Memory(Vec::new());
    memory.put("a", "1".into()).await.unwrap();
    assert_eq!(
        nothing()
            .run(async { memory.get("a").await })
            .await
            .unwrap(),
        "1"
    );
    let scope = Scope::new(&json!({"exception": {
        "enabled": true, "point": "store.get", "labels": {"key": "b"},
    }}));
    assert!(scope.run(async { memory.get("a").await }).await.is_ok());
    assert!(scope.run(async { memory.get("b").await }).await.is_err());
    let put = boom_at("store.put")
        .run(async { memory.put("b", "2".into()).await })
        .await;
    assert!(put.is_err());
    assert_eq!(memory.0.len(), 1, "the fault came before the work");
}

#[tokio::test(start_paused = true)]
async fn an_async_function_waits_without_blocking() {
    let start = tokio::time::Instant::now();
    assert!(slow().run(aliased(1)).await.is_ok());
    assert!(start.elapsed() >= Duration::from_secs(5));
}
