//! Users in Redis, for a while.

use chaos_core::redis::Instrumented;
use lambda_runtime::Error;
use redis::AsyncCommands as _;
use redis::aio::MultiplexedConnection;

use crate::lookup::User;

/// For how many seconds a user is kept.
const FOR: u64 = 300;

type Connection = Instrumented<MultiplexedConnection>;

#[derive(Debug)]
pub(crate) struct Cache {
    redis: Option<Connection>,
}

impl Cache {
    /// Where there is no Redis at the start, everything fails that is asked of it.
    pub(crate) async fn connect(url: &str) -> Self {
        let redis = connect(url).await;
        if let Err(error) = &redis {
            tracing::warn!(%error, "no connection to Redis");
        }
        Self { redis: redis.ok() }
    }

    pub(crate) async fn get(&self, id: &str) -> Result<Option<User>, Error> {
        let found: Option<String> = self.connection()?.get(key(id)).await?;
        Ok(found.map(|user| serde_json::from_str(&user)).transpose()?)
    }

    pub(crate) async fn keep(&self, user: &User) -> Result<(), Error> {
        let value = serde_json::to_string(user)?;
        let keep = self.connection()?.set_ex(key(&user.id), value, FOR).await;
        Ok(keep?)
    }

    fn connection(&self) -> Result<Connection, Error> {
        let connection = self.redis.clone();
        connection.ok_or_else(|| "no connection to Redis".into())
    }
}

/// Every command is a point from here on.
async fn connect(url: &str) -> redis::RedisResult<Connection> {
    let client = redis::Client::open(url)?;
    let connection = client.get_multiplexed_async_connection().await?;
    Ok(chaos_core::redis::instrument(connection))
}

fn key(id: &str) -> String {
    format!("user:{id}")
}
