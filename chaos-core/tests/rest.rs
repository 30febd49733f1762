//! Handlers and points that nothing concerns stop asking; a document that turns them on is obeyed
//! all the same, and so is one that turns them off again, or concerns others. In a process of its own,
//! since a test's scope has everybody ask.
#![cfg(all(feature = "inject", feature = "lambda"))]

#[cfg(feature = "http")]
#[path = "table/request.rs"]
mod request;
mod table;

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use chaos_core::{Chaos, InjectedError, inject_chaos};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use table::Table;

// Which of the requests of a client nothing concerns is remembered of all together.
#[cfg(feature = "http")]
use self::request::request;

const IDLE: &str = "{}";
const AT_HANDLERS: &str = r#"{"exception": {"enabled": true}}"#;
const AT_ONE: &str = r#"{"p": {"enabled": true, "mode": "exception", "point": "store.get"}}"#;
const AT_THE_OTHER: &str = r#"{"p": {"enabled": true, "mode": "exception", "point": "*.put"}}"#;
const ELSEWHERE: &str = r#"{"p": {"enabled": true, "mode": "exception", "point": "other.*"}}"#;
const AT_REQUESTS: &str = r#"{"p": {"enabled": true, "mode": "exception", "point": "http.GET"}}"#;
const AT_OTHER_REQUESTS: &str =
    r#"{"p": {"enabled": true, "mode": "exception", "point": "http.PUT"}}"#;
const AT_EVENTS: &str =
    r#"{"exception": {"enabled": true, "match": [{"path": "kind", "value": "order"}]}}"#;
const AT_ALL: &str = r#"{"p": {"enabled": true, "mode": "exception", "point": "store.*"}}"#;

#[inject_chaos(point = "store.get")]
async fn get() -> Result<(), InjectedError> {
    Ok(())
}

#[inject_chaos(point = "store.put")]
async fn put() -> Result<(), InjectedError> {
    Ok(())
}

/// Where there is no such client.
#[cfg(not(feature = "http"))]
#[expect(clippy::unused_async, reason = "as the other is")]
async fn request() -> Result<(), InjectedError> {
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
        let event = LambdaEvent::new(json!({"kind": "order"}), lambda_runtime::Context::default());
        let came = handler(event).await.ok();
        assert!(n == 0 || came == last, "{came:?} after {last:?}");
        last = came;
    }
    last
}

/// Whether a call fails, which has nothing to wait for.
fn fails<E>(call: impl Future<Output = Result<(), E>>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(call).poll(&mut context) {
        Poll::Ready(result) => result.is_err(),
        Poll::Pending => panic!("it waits"),
    }
}

/// The points as every thread meets them once the document has been read.
fn on_other_threads(document: &str, came: [bool; 2]) {
    let requests_fail = cfg!(feature = "http") && document == AT_REQUESTS;
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                for _ in 0..50 {
                    let failed = [fails(get()), fails(put())];
                    assert_eq!(failed, came, "{document}");
                    assert_eq!(fails(request()), requests_fail, "{document}");
                }
            });
        }
    });
}

#[tokio::test]
async fn who_rests_is_woken() {
    Table::put(IDLE);
    Chaos::from_env()
        .source(Table)
        .cache_ttl(Duration::ZERO)
        .fetch_timeout(Duration::from_secs(20))
        .init()
        .await;
    // Nobody else keeps the document fresh for a point that no handler came before.
    for (document, fails) in [
        (IDLE, false),
        (AT_ONE, true),
        (ELSEWHERE, false),
        (AT_ONE, true),
    ] {
        Table::put(document);
        for _ in 0..3 {
            assert_eq!(get().await.is_err(), fails, "{document}");
        }
    }
    for _ in 0..3 {
        for (document, came) in [
            (IDLE, Some([false, false])),
            (AT_ONE, Some([true, false])),
            (IDLE, Some([false, false])),
            (ELSEWHERE, Some([false, false])),
            (AT_OTHER_REQUESTS, Some([false, false])),
            (AT_REQUESTS, Some([false, false])),
            (AT_THE_OTHER, Some([false, true])),
            (AT_ONE, Some([true, false])),
            (AT_ALL, Some([true, true])),
            (AT_HANDLERS, None),
            (IDLE, Some([false, false])),
            // The event is looked at before it is known that a flag wants it.
            (AT_EVENTS, None),
            ("no document", Some([false, false])),
        ] {
            Table::put(document);
            let shown = came.map(|came| json!(came));
            assert_eq!(called().await, shown, "{document}");
            if let Some(came) = came {
                on_other_threads(document, came);
            }
        }
    }
}
