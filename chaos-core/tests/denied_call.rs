//! `denylist` at a client's call, also where the feature `dns` is off and no resolver is asked.
#![cfg(all(feature = "inject", feature = "http"))]

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use chaos_core::http::{ConnectionFailure, HttpLayer};
use chaos_core::testing::Scope;
use http::{Request, Response};
use http_body_util::Empty;
use serde_json::json;
use tower::{BoxError, ServiceBuilder, ServiceExt as _, service_fn};

static SENT: AtomicUsize = AtomicUsize::new(0);

/// Whether a request to that host was answered.
async fn is_answered(host: &str) -> Result<bool, BoxError> {
    let own = service_fn(|_: Request<Empty<Bytes>>| async {
        SENT.fetch_add(1, Ordering::Relaxed);
        Ok::<_, BoxError>(Response::new(Empty::<Bytes>::new()))
    });
    let client = ServiceBuilder::new().layer(HttpLayer::new()).service(own);
    let get = Request::get(format!("http://{host}/users/42")).body(Empty::new())?;
    match client.oneshot(get).await {
        Ok(_) => Ok(true),
        Err(error) => match error.downcast_ref::<ConnectionFailure>() {
            Some(failure) if failure.is_dns() => Ok(false),
            _ => Err(error),
        },
    }
}

#[tokio::test]
async fn a_denied_host_is_not_called() {
    let flag = json!({ "denylist": {
        "enabled": true, "point": "http.*", "deny_list": ["^api\\."],
    } });
    let scope = Scope::new(&flag);
    assert!(!scope.run(is_answered("api.internal")).await.unwrap());
    assert_eq!(SENT.load(Ordering::Relaxed), 0);
    assert!(scope.run(is_answered("db.internal")).await.unwrap());
    assert!(is_answered("api.internal").await.unwrap());
    assert_eq!(SENT.load(Ordering::Relaxed), 2);
    assert_eq!(scope.injected(), ["denylist"]);
}
