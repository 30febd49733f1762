//! A name that a handler's deny list denies to the whole process is refused at every client, although
//! none of them would look it up: it is connected already. A process of its own, as everything in it
//! meets the list.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use chaos_core::http::{ConnectionFailure, HttpLayer};
use chaos_core::testing::Scope;
use chaos_core::{InjectedError, inject_chaos};
use chaos_tests_clients::server::{Does, Server};
use http::{Request, Response};
use http_body_util::Empty;
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, Value, cmd};
use serde_json::json;
use tower::{BoxError, ServiceBuilder, ServiceExt as _, service_fn};

static SENT: AtomicUsize = AtomicUsize::new(0);

/// A connection that answers by itself.
struct Connected;

impl ConnectionLike for Connected {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        SENT.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(Value::Okay) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        SENT.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move { Ok(vec![Value::Okay; count]) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

/// Whether each client's call is refused: reqwest's, a tower client's, a Redis command, a pipeline.
#[inject_chaos]
async fn refused(
    client: reqwest_middleware::ClientWithMiddleware,
    url: String,
) -> Result<[bool; 4], InjectedError> {
    let http = client.get(&url).send().await;
    let http = http.is_err_and(|error| error.is_connect());

    let own = service_fn(async |_: Request<Empty<bytes::Bytes>>| {
        Ok::<_, Infallible>(Response::new(Empty::<bytes::Bytes>::new()))
    });
    let tower = ServiceBuilder::new()
        .layer(HttpLayer::new())
        .service(own.map_err(BoxError::from));
    let request = Request::get("http://127.0.0.1/")
        .body(Empty::new())
        .expect("a request");
    let tower = tower.oneshot(request).await;
    let tower = tower.is_err_and(|error| {
        error
            .downcast::<ConnectionFailure>()
            .is_ok_and(|own| own.is_dns())
    });

    let mut redis = chaos_core::redis::instrument(Connected).host("127.0.0.1");
    let command = cmd("PING").exec_async(&mut redis).await;
    let mut pipeline = redis::pipe();
    pipeline.cmd("PING").cmd("PING");
    let pipeline = pipeline.exec_async(&mut redis).await;
    let failed = |done: redis::RedisResult<()>| done.is_err_and(|error| error.is_io_error());
    Ok([http, tower, failed(command), failed(pipeline)])
}

#[tokio::test]
async fn a_connection_that_is_there_already_is_refused() {
    let server = Server::that(Does::Answer).await;
    let client = chaos_core::reqwest::instrument(reqwest::Client::new());
    let asked = || refused(client.clone(), server.url.clone());
    let denying = |host| Scope::new(&json!({"denylist": {"enabled": true, "deny_list": [host]}}));

    let other = denying("amazonaws").run(asked()).await.unwrap();
    assert_eq!(other, [false; 4]);
    let own = denying("^127\\.0\\.0\\.1$").run(asked()).await.unwrap();
    assert_eq!(own, [true; 4]);
    assert_eq!((server.seen(), SENT.load(Ordering::Relaxed)), (1, 2));
    assert_eq!(
        asked().await.unwrap(),
        [false; 4],
        "it is undone with the handler"
    );
}
