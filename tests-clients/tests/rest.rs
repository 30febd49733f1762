//! The calls of clients that nothing concerns go out as they are, and those that a document comes to
//! concern are hit all the same. A process of its own, since a test's scope has everybody ask.

#[path = "../../chaos-core/tests/table/mod.rs"]
mod table;

use std::time::Duration;

use bytes::Bytes;
use chaos_core::http::HttpLayer;
use chaos_core::{Chaos, InjectedError, inject_chaos};
use http::{Method, Request, Response};
use http_body_util::{Empty, Full};
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, Value};
use table::Table;
use tower::{BoxError, ServiceBuilder, ServiceExt as _, service_fn};

/// A connection that answers by itself.
struct Answers;

impl ConnectionLike for Answers {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async { Ok(Value::Okay) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move { Ok(vec![Value::Okay; count]) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

async fn fetched(method: Method) -> bool {
    let own = service_fn(async |_: Request<Empty<Bytes>>| {
        Ok::<_, BoxError>(Response::new(Full::from("")))
    });
    let client = ServiceBuilder::new().layer(HttpLayer::new()).service(own);
    let mut request = Request::new(Empty::new());
    *request.method_mut() = method;
    client.oneshot(request).await.is_ok()
}

async fn asked(name: &str) -> bool {
    let mut connection = chaos_core::redis::instrument(Answers);
    redis::cmd(name)
        .arg("k")
        .exec_async(&mut connection)
        .await
        .is_ok()
}

async fn asked_together() -> bool {
    let mut connection = chaos_core::redis::instrument(Answers);
    let mut both = redis::pipe();
    both.get("k").del("k");
    both.exec_async(&mut connection).await.is_ok()
}

/// Which of the calls went well: GET and POST, get and del, and those two as a pipeline.
#[inject_chaos]
async fn handler() -> Result<[bool; 5], InjectedError> {
    Ok([
        fetched(Method::GET).await,
        fetched(Method::POST).await,
        asked("get").await,
        asked("del").await,
        asked_together().await,
    ])
}

#[tokio::test]
async fn calls_go_out_as_they_are_until_a_flag_concerns_them() {
    let chaos = Chaos::from_env().source(Table).cache_ttl(Duration::ZERO);
    // A flag of a test's own point first, so that it is known what nothing concerns.
    let documents = [
        ("other.*", [true, true, true, true, true]),
        ("http.GET", [false, true, true, true, true]),
        ("other.*", [true, true, true, true, true]),
        ("redis.GET", [true, true, false, true, false]),
        ("*.DEL", [true, true, true, false, false]),
        ("http.*", [false, false, true, true, true]),
        ("r*", [true, true, false, false, false]),
        ("none", [true, true, true, true, true]),
    ];
    let set = |point: &str| {
        let document = serde_json::json!({
            "flag": {"enabled": true, "mode": "exception", "point": point},
        });
        Table::put(document.to_string());
    };
    set("other.*");
    chaos.fetch_timeout(Duration::from_secs(20)).init().await;
    for _ in 0..2 {
        for (point, went_well) in documents {
            set(point);
            for _ in 0..3 {
                let came = handler().await.expect("no flag concerns the handler");
                assert_eq!(came, went_well, "{point}");
            }
        }
    }
}
