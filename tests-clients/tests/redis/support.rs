//! A server, and an instrumented connection to it.

use chaos_core::redis::{Instrumented, instrument};
use chaos_core::testing::Scope;
use chaos_tests_clients::RedisServer;
use redis::aio::MultiplexedConnection;
use redis::{Client, RedisResult, cmd};
use serde_json::{Value, json};

/// A server, an instrumented connection to it, and one that is not.
pub(crate) struct Cache {
    pub(crate) server: RedisServer,
    pub(crate) connection: Instrumented<MultiplexedConnection>,
    pub(crate) plain: MultiplexedConnection,
}

impl Cache {
    pub(crate) async fn new() -> Self {
        let server = RedisServer::start();
        let client = Client::open(server.url()).expect("a URL");
        let mut plain = client
            .get_multiplexed_async_connection()
            .await
            .expect("it listens");
        let mut set = cmd("SET");
        set.arg("user:1").arg(NAME);
        set.exec_async(&mut plain).await.expect("it is set");
        Self {
            connection: instrument(plain.clone()).host("cache.internal"),
            plain,
            server,
        }
    }

    /// GET user:1, under one flag at every command.
    pub(crate) async fn get_under(&mut self, flag: Value) -> (RedisResult<String>, Scope) {
        let scope = scope(flag);
        (scope.run(self.get()).await, scope)
    }

    pub(crate) async fn get(&mut self) -> RedisResult<String> {
        let get = cmd("GET").arg("user:1").clone();
        get.query_async(&mut self.connection).await
    }

    /// What the server has, whatever chaos does.
    pub(crate) async fn stored(&mut self, key: &str) -> Option<String> {
        let stored = cmd("GET").arg(key).query_async(&mut self.plain).await;
        stored.expect("the server answers")
    }
}

pub(crate) const NAME: &str = "Ada Lovelace, countess";

/// One flag at every command, unless it names a point.
pub(crate) fn scope(mut flag: Value) -> Scope {
    flag["enabled"] = json!(true);
    if flag["point"].is_null() {
        flag["point"] = json!("redis.*");
    }
    Scope::new(&json!({"flag": flag}))
}
