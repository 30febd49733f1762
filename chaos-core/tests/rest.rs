//! Handlers and points that nothing concerns stop asking; a document that turns them on is obeyed
//! all the same, and so is one that turns them off again. In a process of its own, since a test's
//! scope has everybody ask.
#![cfg(all(feature = "inject", feature = "lambda"))]

use std::sync::Mutex;
use std::time::Duration;

use chaos_core::source::{Fetch, Source};
use chaos_core::{Chaos, InjectedError, inject_chaos};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};

const IDLE: &str = "{}";
const AT_HANDLERS: &str = r#"{"exception": {"enabled": true}}"#;
const AT_POINTS: &str = r#"{"p": {"enabled": true, "mode": "exception", "point": "store.get"}}"#;

static DOCUMENT: Mutex<&str> = Mutex::new(IDLE);

struct Table;

impl Source for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn location(&self) -> String {
        "a table".to_owned()
    }

    fn fetch(&self) -> Fetch<'_> {
        Box::pin(async { Ok(DOCUMENT.lock().expect("no panic").to_string()) })
    }
}

#[inject_chaos(point = "store.get")]
async fn get() -> Result<(), InjectedError> {
    Ok(())
}

#[inject_chaos(point = "store.put")]
async fn put() -> Result<(), InjectedError> {
    Ok(())
}

/// Which of the two points failed.
#[inject_chaos]
async fn handler(_: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(json!([get().await.is_err(), put().await.is_err()]))
}

/// What came of three calls, so that whoever may rest does: all the same, since the document is
/// read before each. `None` where the handler failed.
async fn called() -> Option<Value> {
    let mut last = None;
    for n in 0..3 {
        let event = LambdaEvent::new(json!({}), Context::default());
        let came = handler(event).await.ok();
        assert!(n == 0 || came == last, "{came:?} after {last:?}");
        last = came;
    }
    last
}

#[tokio::test]
async fn who_rests_is_woken() {
    Chaos::from_env()
        .source(Table)
        .cache_ttl(Duration::ZERO)
        .fetch_timeout(Duration::from_secs(20))
        .init()
        .await;
    for _ in 0..3 {
        for (document, came) in [
            (IDLE, Some(json!([false, false]))),
            (AT_POINTS, Some(json!([true, false]))),
            (IDLE, Some(json!([false, false]))),
            (AT_HANDLERS, None),
            ("no document", Some(json!([false, false]))),
        ] {
            *DOCUMENT.lock().expect("no panic") = document;
            assert_eq!(called().await, came, "{document}");
        }
    }
}
