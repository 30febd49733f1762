//! Who keeps the document fresh: a handler where there is one, and the points where there is none.

use std::sync::Arc;
use std::time::Duration;

use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Chaos;
use super::tests::Own;
use crate::engine::{self, Engine};
use crate::error::InjectedError;
use crate::inject_chaos;

/// Names the point, and nothing that is called.
const ELSEWHERE: &str = r#"{"p": {"enabled": true, "mode": "exception", "point": "other.*"}}"#;
const AT_THE_POINT: &str = r#"{"p": {"enabled": true, "mode": "exception", "point": "store.get"}}"#;

const TAKES: Duration = Duration::from_millis(200);

#[inject_chaos(crate = crate, point = "store.get")]
async fn get() -> Result<(), InjectedError> {
    Ok(())
}

/// Says whether the point failed, and for how long it was waited for.
#[inject_chaos(crate = crate)]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, lambda_runtime::Error> {
    let start = Instant::now();
    let failed = get().await.is_err();
    let waited = start.elapsed().as_millis();
    let works = event.payload.as_u64().unwrap_or_default();
    tokio::time::sleep(Duration::from_millis(works)).await;
    Ok(json!([failed, u64::try_from(waited)?]))
}

/// An engine over a source that takes a while, and is asked at every invocation.
struct Kept {
    engine: Arc<Engine>,
    source: Own,
}

impl Kept {
    fn with(document: &'static str) -> Self {
        engine::expect_scopes();
        let mut source = Own::answering(document);
        source.takes = TAKES;
        let chaos = Chaos::from_env().source(source.clone());
        let chaos = chaos.cache_ttl(Duration::ZERO);
        let engine = chaos.build(&|_| None, std::convert::identity);
        let engine = Arc::new(engine.expect("an engine"));
        Self { engine, source }
    }

    fn fetches(&self) -> usize {
        self.source.fetches()
    }

    /// What came of the point in a handler that works for so many milliseconds after it.
    async fn handler(&self, works: u64) -> Value {
        let event = LambdaEvent::new(json!(works), Context::default());
        let call = engine::scope(Arc::clone(&self.engine), handler(event));
        call.await.expect("the handler runs")
    }

    /// Whether the point failed without a handler, and for how long it was waited for.
    async fn point(&self) -> (bool, u128) {
        let start = Instant::now();
        let failed = engine::scope(Arc::clone(&self.engine), get())
            .await
            .is_err();
        (failed, start.elapsed().as_millis())
    }
}

#[tokio::test(start_paused = true)]
async fn a_point_without_a_handler_does() {
    let kept = Kept::with(AT_THE_POINT);
    assert_eq!(kept.point().await, (true, 200));
    assert_eq!(kept.point().await, (true, 200));
    assert_eq!(kept.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn so_does_one_that_nothing_concerns() {
    let kept = Kept::with(ELSEWHERE);
    assert_eq!(kept.point().await, (false, 200));
    assert_eq!(kept.point().await, (false, 200));
    assert_eq!(kept.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_point_in_a_handler_waits_for_none_and_has_one_fetched_beside_it() {
    let kept = Kept::with(AT_THE_POINT);
    assert_eq!(kept.handler(1000).await, json!([true, 0]));
    // One that the handler waited for, and one beside it.
    assert_eq!(kept.fetches(), 2);
    assert_eq!(kept.point().await, (true, 0), "nor outside of it");
    tokio::time::sleep(TAKES).await;
    assert_eq!(kept.fetches(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_point_in_a_handler_that_nothing_concerns_leaves_it_to_the_handler() {
    let kept = Kept::with(ELSEWHERE);
    assert_eq!(kept.handler(1000).await, json!([false, 0]));
    assert_eq!(kept.fetches(), 1);
    assert_eq!(kept.point().await, (false, 0));
    tokio::time::sleep(TAKES).await;
    assert_eq!(kept.fetches(), 1);
}
