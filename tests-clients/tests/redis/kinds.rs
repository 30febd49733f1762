//! The other kinds of connections that the client has: one that connects again by itself, and one to a
//! cluster.

use std::time::{Duration, Instant};

use chaos_core::redis::{Instrumented, instrument};
use chaos_core::testing::Scope;
use chaos_tests_clients::RedisServer;
use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::{AsyncCommands as _, Client, ErrorKind, RedisResult, ServerErrorKind, cmd};
use serde_json::{Value, json};

use crate::support::{NAME, scope};

/// A server, and a connection to it twice.
struct Both<C> {
    server: RedisServer,
    connection: Instrumented<C>,
    plain: C,
}

impl<C: ConnectionLike + Clone + Send + Sync> Both<C> {
    async fn of(server: RedisServer, connection: C) -> Self {
        let mut plain = connection.clone();
        let () = plain.set("user:1", NAME).await.expect("it is set");
        let connection = instrument(connection).host("cache.internal");
        Self {
            server,
            connection,
            plain,
        }
    }

    async fn get_under(&mut self, flag: Value) -> (RedisResult<String>, Scope) {
        let scope = scope(flag);
        let got = scope.run(self.connection.get("user:1")).await;
        (got, scope)
    }

    async fn set_under(&mut self, flag: Value) -> RedisResult<()> {
        scope(flag).run(self.connection.set("user:2", "x")).await
    }

    async fn stored(&mut self, key: &str) -> Option<String> {
        self.plain.get(key).await.expect("the server answers")
    }

    async fn is_a_seam(&mut self) {
        self.passes_and_fails().await;
        self.does_the_work_and_fails().await;
        self.waits().await;
        self.has_pipelines().await;
    }

    async fn passes_and_fails(&mut self) {
        let elsewhere = json!({"mode": "exception", "point": "redis.SET"});
        let (got, scope) = self.get_under(elsewhere).await;
        assert_eq!(got.unwrap(), NAME);
        assert!(scope.decisions().is_empty());
        let flag = json!({"mode": "exception", "exception_type": "LOADING"});
        let error = self.set_under(flag).await.unwrap_err();
        let loading = ErrorKind::Server(ServerErrorKind::BusyLoading);
        assert_eq!(error.kind(), loading);
        let flag = json!({"mode": "exception", "exception_type": "ConnectionReset"});
        assert!(
            self.set_under(flag)
                .await
                .unwrap_err()
                .is_connection_dropped()
        );
        let flag = json!({"mode": "denylist", "deny_list": ["^cache\\."]});
        let error = self.set_under(flag).await.unwrap_err();
        assert!(error.to_string().contains("cache.internal"), "{error}");
        assert_eq!(self.stored("user:2").await, None);
        let (got, _) = self.get_under(json!({"mode": "corruption"})).await;
        assert_ne!(got.unwrap(), NAME);
        // The connection itself is as it was.
        assert_eq!(self.connection.get("user:1").await, Ok(NAME.to_owned()));
    }

    async fn does_the_work_and_fails(&mut self) {
        let lost = self.set_under(json!({"mode": "lost_reply"})).await;
        assert!(lost.unwrap_err().is_connection_dropped());
        assert_eq!(self.stored("user:2").await.as_deref(), Some("x"));
    }

    async fn waits(&mut self) {
        let begun = Instant::now();
        let flag = json!({"mode": "latency", "min_latency": 100});
        assert_eq!(self.get_under(flag).await.0.unwrap(), NAME);
        assert!(begun.elapsed() >= Duration::from_millis(100));
        let timeout = Duration::from_millis(70);
        let told = self.connection.clone().response_timeout(Some(timeout));
        let own = std::mem::replace(&mut self.connection, told);
        let flag = json!({"mode": "latency", "min_latency": 60_000});
        assert!(self.get_under(flag).await.0.unwrap_err().is_timeout());
        let (got, scope) = self.get_under(json!({"mode": "timeout"})).await;
        assert!(got.unwrap_err().is_timeout());
        assert_eq!(scope.decisions()[0].latency_ms, Some(70.0));
        self.connection = own;
    }

    /// In one slot, so that it is one node's.
    async fn has_pipelines(&mut self) {
        let mut pipeline = redis::pipe();
        pipeline.set("{t}:a", 1).get("{t}:a").set("{t}:b", 2);
        let flag = json!({"mode": "exception", "point": "redis.GET", "exception_type": "OOM"});
        let done = scope(flag).run(pipeline.query_async(&mut self.connection));
        let done: RedisResult<()> = done.await;
        let errors = done.unwrap_err().into_server_errors().unwrap();
        assert_eq!((errors.len(), errors[0].0), (1, 1));
        assert_eq!(self.stored("{t}:b").await.as_deref(), Some("2"));

        let mut atomic = redis::pipe();
        atomic.atomic().set("{t}:c", 3).get("{t}:c");
        let flag = json!({"mode": "lost_reply", "labels": {"key": "{t}:c"}});
        let done = scope(flag).run(atomic.query_async(&mut self.connection));
        let done: RedisResult<()> = done.await;
        assert!(done.unwrap_err().is_connection_dropped());
        assert_eq!(self.stored("{t}:c").await.as_deref(), Some("3"));
        let got: (String, String) = atomic.query_async(&mut self.connection).await.unwrap();
        assert_eq!(got, ("OK".to_owned(), "3".to_owned()));
    }
}

async fn manager() -> Both<ConnectionManager> {
    let server = RedisServer::start();
    let client = Client::open(server.url()).unwrap();
    let connection = client.get_connection_manager().await.unwrap();
    Both::of(server, connection).await
}

async fn cluster() -> Both<ClusterConnection> {
    let server = RedisServer::start_cluster();
    let client = ClusterClient::new([server.url()]).unwrap();
    let connection = client.get_async_connection().await.unwrap();
    Both::of(server, connection).await
}

#[tokio::test]
async fn a_manager_is_a_seam() {
    manager().await.is_a_seam().await;
}

/// Unless told otherwise it waits as long as a multiplexed connection.
#[tokio::test]
async fn a_manager_waits_as_long_as_its_default_is() {
    let default = ConnectionManagerConfig::new().response_timeout();
    let mut manager = manager().await;
    let (got, scope) = manager.get_under(json!({"mode": "timeout"})).await;
    assert!(got.unwrap_err().is_timeout());
    let waited = scope.decisions()[0].latency_ms.unwrap();
    assert_eq!(Some(Duration::from_secs_f64(waited / 1_000.0)), default);
}

/// A failure that is injected is outside of it: it neither connects again, nor is it kept from that
/// when the server is really gone.
#[tokio::test]
async fn a_manager_connects_again_by_itself_and_not_for_what_is_injected() {
    let mut manager = manager().await;
    let id = async |plain: &mut ConnectionManager| -> RedisResult<u64> {
        cmd("CLIENT").arg("ID").query_async(plain).await
    };
    let before = id(&mut manager.plain).await.unwrap();
    let flag = json!({"mode": "exception", "exception_type": "ConnectionReset"});
    for _ in 0..3 {
        let (got, _) = manager.get_under(flag.clone()).await;
        assert!(got.unwrap_err().is_connection_dropped());
    }
    assert_eq!(id(&mut manager.plain).await, Ok(before));
    manager.server.kill();
    let really = manager.connection.get::<_, String>("user:1").await;
    assert!(really.is_err(), "{really:?}");
    // It is the manager that tells so, now that it tries in vain.
    let (refused, scope) = manager.get_under(json!({"mode": "corruption"})).await;
    assert!(refused.is_err());
    assert!(scope.injected().is_empty(), "there is no reply to spoil");
}

#[tokio::test]
async fn a_cluster_is_a_seam() {
    cluster().await.is_a_seam().await;
}

/// There is no other way to ask.
#[tokio::test]
async fn a_cluster_waits_for_ever_unless_it_is_told() {
    let client = ClusterClient::builder(["redis://127.0.0.1:1/"]);
    let own = format!("{:?}", client.build().unwrap());
    assert!(own.contains("response_timeout: None"), "{own}");
    let mut cluster = cluster().await;
    cluster.connection = cluster.connection.response_timeout(None);
    let begun = Instant::now();
    let flag = json!({"mode": "latency", "min_latency": 600});
    assert_eq!(cluster.get_under(flag).await.0.unwrap(), NAME);
    assert!(begun.elapsed() >= Duration::from_millis(600));
}

/// An error of the cluster's is one for the caller: the client under the wrapper has not seen it.
#[tokio::test]
async fn a_clusters_errors_reach_the_caller() {
    let mut cluster = cluster().await;
    for (code, kind) in [
        ("CLUSTERDOWN", ServerErrorKind::ClusterDown),
        ("TRYAGAIN", ServerErrorKind::TryAgain),
        ("CROSSSLOT", ServerErrorKind::CrossSlot),
    ] {
        let flag = json!({"mode": "exception", "exception_type": code});
        let error = cluster.get_under(flag).await.0.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Server(kind), "{error}");
    }
    // A real one has the same kind.
    let mut pipeline = redis::pipe();
    pipeline.atomic().get("a").get("b");
    let real: RedisResult<()> = pipeline.query_async(&mut cluster.plain).await;
    assert_eq!(
        real.unwrap_err().kind(),
        ErrorKind::Server(ServerErrorKind::CrossSlot)
    );
}
