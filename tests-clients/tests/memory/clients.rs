//! A server in memory, and a call of each client to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chaos_core::ChaosBody;
use chaos_core::http::{ConnectionFailure, HttpLayer};
use chaos_core::redis::{Instrumented, instrument};
use chaos_core::reqwest::ChaosMiddleware;
use http::{Request, Response};
use http_body_util::{Empty, Full};
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, RedisResult, Value, cmd};
use reqwest_middleware::{ClientBuilder, Middleware, Next};
use tokio::time::sleep;
use tower::{BoxError, ServiceBuilder, ServiceExt as _, service_fn};

/// What a web server answers.
pub(crate) const BODY: &str = r#"{"name": "Ada Lovelace"}"#;
/// The value of every key.
pub(crate) const NAME: &str = "Ada Lovelace";
/// What the Redis server is called.
pub(crate) const HOST: &str = "cache.internal";

/// A server: how long it takes to answer, and what it has been asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Upstream {
    takes: Duration,
    asked: Arc<AtomicUsize>,
}

impl Upstream {
    pub(crate) fn that_takes(takes: Duration) -> Self {
        Self {
            takes,
            ..Self::default()
        }
    }

    /// How often it has been asked.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    async fn work(&self) {
        self.asked.fetch_add(1, Ordering::SeqCst);
        sleep(self.takes).await;
    }
}

/// Which client calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Reqwest,
    Tower,
    Command,
    Pipeline,
}

pub(crate) const KINDS: [Kind; 4] = [Kind::Reqwest, Kind::Tower, Kind::Command, Kind::Pipeline];

/// What came of a call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Came {
    Answered,
    TimedOut,
    Failed(String),
}

impl Kind {
    /// A call by a client that waits so long for its reply.
    pub(crate) async fn call(self, upstream: &Upstream, timeout: Option<Duration>) -> Came {
        match self {
            Self::Reqwest => reqwest(upstream, timeout).await,
            Self::Tower => match tower(upstream, timeout).await {
                Ok(_) => Came::Answered,
                Err(error) if error.is_timeout() => Came::TimedOut,
                Err(error) => Came::Failed(error.to_string()),
            },
            Self::Command => came(command(upstream, timeout).await),
            Self::Pipeline => came(pipeline(upstream, timeout).await),
        }
    }
}

fn came<T>(reply: RedisResult<T>) -> Came {
    match reply {
        Ok(_) => Came::Answered,
        Err(error) if error.is_timeout() => Came::TimedOut,
        Err(error) => Came::Failed(error.to_string()),
    }
}

/// Answers in the place of reqwest's own client.
struct InPlace(Upstream);

#[async_trait::async_trait]
impl Middleware for InPlace {
    async fn handle(
        &self,
        _: reqwest::Request,
        _: &mut http::Extensions,
        _: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        self.0.work().await;
        Ok(Response::new(BODY).into())
    }
}

async fn reqwest(upstream: &Upstream, timeout: Option<Duration>) -> Came {
    let chaos = timeout.map_or_else(ChaosMiddleware::new, |timeout| {
        ChaosMiddleware::new().timeout(timeout)
    });
    let client = ClientBuilder::new(reqwest::Client::new())
        .with(chaos)
        .with(InPlace(upstream.clone()))
        .build();
    match client.get("http://api.internal/users/42").send().await {
        Ok(_) => Came::Answered,
        Err(error) if error.is_timeout() => Came::TimedOut,
        Err(error) => Came::Failed(error.to_string()),
    }
}

/// A request through the layer.
pub(crate) async fn tower(
    upstream: &Upstream,
    timeout: Option<Duration>,
) -> Result<Response<ChaosBody<Full<Bytes>>>, ConnectionFailure> {
    let upstream = upstream.clone();
    let own = service_fn(move |_: Request<Empty<Bytes>>| {
        let upstream = upstream.clone();
        async move {
            upstream.work().await;
            let response = Response::builder().header("x-own", "1");
            Ok::<_, BoxError>(response.body(Full::from(BODY))?)
        }
    });
    let layer = timeout.map_or_else(HttpLayer::new, |timeout| HttpLayer::new().timeout(timeout));
    let client = ServiceBuilder::new().layer(layer).service(own);
    let get = Request::get("http://api.internal/users/42").body(Empty::new());
    let reply = client.oneshot(get.expect("a request")).await;
    // The server itself never fails.
    reply.map_err(|error| *error.downcast().expect("it was injected"))
}

/// A Redis server, connected to.
#[derive(Clone, Debug)]
pub(crate) struct Connected(Upstream);

impl Connected {
    pub(crate) fn to(upstream: &Upstream, timeout: Option<Duration>) -> Instrumented<Self> {
        let connection = instrument(Self(upstream.clone()));
        connection.host(HOST).response_timeout(timeout)
    }
}

fn value() -> Value {
    Value::BulkString(NAME.into())
}

impl ConnectionLike for Connected {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async {
            self.0.work().await;
            Ok(value())
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        _: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move {
            self.0.work().await;
            let each = vec![value(); pipeline.len()];
            let transaction = pipeline.is_transaction();
            assert_eq!(count, if transaction { 1 } else { each.len() });
            Ok(if transaction {
                vec![Value::Array(each)]
            } else {
                each
            })
        })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

/// GET user:1.
pub(crate) async fn command(upstream: &Upstream, timeout: Option<Duration>) -> RedisResult<String> {
    let mut connection = Connected::to(upstream, timeout);
    let get = cmd("GET").arg("user:1").clone();
    get.query_async(&mut connection).await
}

/// GET user:1, GET cart:2.
pub(crate) async fn pipeline(
    upstream: &Upstream,
    timeout: Option<Duration>,
) -> RedisResult<(String, String)> {
    let mut connection = Connected::to(upstream, timeout);
    let mut pipeline = redis::pipe();
    pipeline.cmd("GET").arg("user:1").cmd("GET").arg("cart:2");
    pipeline.query_async(&mut connection).await
}
