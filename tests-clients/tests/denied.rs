//! A name that a handler's deny list denies to the whole process is refused at every client, although
//! none of them would look it up: it is connected already. A process of its own, as everything in it
//! meets the list.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use chaos_core::http::{HttpLayer, HttpService, HyperUtilErrors};
use chaos_core::testing::Scope;
use chaos_core::{InjectedError, inject_chaos};
use chaos_tests_clients::server::{Does, Server};
use http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, RedisResult, Value, cmd};
use serde_json::json;
use tower::{Layer as _, ServiceExt as _};

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

/// The same of a connection that blocks.
impl redis::ConnectionLike for Connected {
    fn req_packed_command(&mut self, _: &[u8]) -> RedisResult<Value> {
        SENT.fetch_add(1, Ordering::Relaxed);
        Ok(Value::Okay)
    }

    fn req_packed_commands(&mut self, _: &[u8], _: usize, count: usize) -> RedisResult<Vec<Value>> {
        SENT.fetch_add(1, Ordering::Relaxed);
        Ok(vec![Value::Okay; count])
    }

    fn get_db(&self) -> i64 {
        0
    }

    fn check_connection(&mut self) -> bool {
        true
    }

    fn is_open(&self) -> bool {
        true
    }
}

/// hyper-util's client, which keeps its connections.
type Kept = Client<HttpConnector, Empty<Bytes>>;

/// The clients, and where they call.
#[derive(Clone)]
struct Clients {
    reqwest: reqwest_middleware::ClientWithMiddleware,
    tower: HttpService<Kept, HyperUtilErrors>,
    url: String,
}

impl Clients {
    fn at(url: &str) -> Self {
        let kept: Kept = Client::builder(TokioExecutor::new()).build_http();
        Self {
            reqwest: chaos_core::reqwest::instrument(reqwest::Client::new()),
            tower: HttpLayer::new().errors(HyperUtilErrors).layer(kept),
            url: url.to_owned(),
        }
    }
}

/// Whether each client's call is refused: reqwest's, a tower client's, a Redis command, a pipeline, and
/// those two of a connection that blocks.
#[inject_chaos]
async fn refused(clients: Clients) -> Result<[bool; 6], InjectedError> {
    let reqwest = clients.reqwest.get(&clients.url).send().await;
    let reqwest = match reqwest {
        // Once it was read the connection is free again.
        Ok(response) => response.bytes().await.is_err(),
        Err(error) => error.is_connect(),
    };

    let get = Request::get(&clients.url).body(Empty::new());
    let tower = clients.tower.oneshot(get.expect("a request")).await;
    let tower = match tower {
        Ok(response) => response.into_body().collect().await.is_err(),
        Err(error) => error.is_connect(),
    };

    let failed = |done: RedisResult<()>| done.is_err_and(|error| error.is_io_error());
    let mut redis = chaos_core::redis::instrument(Connected).host("127.0.0.1");
    let mut pipeline = redis::pipe();
    pipeline.cmd("PING").cmd("PING");
    Ok([
        reqwest,
        tower,
        failed(cmd("PING").exec_async(&mut redis).await),
        failed(pipeline.exec_async(&mut redis).await),
        failed(cmd("PING").exec(&mut redis)),
        failed(pipeline.exec(&mut redis)),
    ])
}

#[tokio::test]
async fn a_connection_that_is_there_already_is_refused() {
    let server = Server::that(Does::Answer).await;
    let clients = Clients::at(&server.url);
    let asked = || refused(clients.clone());
    let denying = |host| Scope::new(&json!({"denylist": {"enabled": true, "deny_list": [host]}}));

    let other = denying("amazonaws").run(asked()).await.unwrap();
    assert_eq!(other, [false; 6]);
    let own = denying("^127\\.0\\.0\\.1$").run(asked()).await.unwrap();
    assert_eq!(own, [true; 6]);
    assert_eq!((server.seen(), SENT.load(Ordering::Relaxed)), (2, 4));
    assert_eq!(
        asked().await.unwrap(),
        [false; 6],
        "it is undone with the handler"
    );
    assert_eq!(server.connections(), 2, "each client has kept its own");
}
