//! A command of a Redis connection.

use std::future::ready;

use anyhow::Result;
use chaos_core::redis::instrument;
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, RedisResult, Value};
use tokio::runtime::Runtime;

use super::Over;
use super::server;
use crate::calls::done;
use crate::measure::{Measured, Measuring, Pace};

pub(super) fn measure(over: Over, measuring: &Measuring, runtime: &Runtime) -> Result<Measured> {
    let mut get = redis::cmd("GET");
    get.arg("user:1");
    match over {
        Over::Memory => {
            let (mut plain, mut instrumented) = (Answers, instrument(Answers));
            Ok(measuring.pair(
                || done(asked(&mut plain, &get)),
                || done(asked(&mut instrumented, &get)),
            ))
        }
        Over::Tcp => {
            let client = redis::Client::open(format!("redis://{}", server::redis()?))?;
            let mut plain = runtime.block_on(client.get_multiplexed_async_connection())?;
            let mut instrumented = instrument(plain.clone());
            Ok(measuring.pair_at(
                Pace::Slow,
                || runtime.block_on(get.exec_async(&mut plain)).is_ok(),
                || runtime.block_on(get.exec_async(&mut instrumented)).is_ok(),
            ))
        }
    }
}

/// An error of the server's is a value until it is taken out.
async fn asked(connection: &mut impl ConnectionLike, command: &Cmd) -> RedisResult<Value> {
    let reply = connection.req_packed_command(command).await?;
    reply.extract_error()
}

/// A connection that answers by itself.
struct Answers;

impl ConnectionLike for Answers {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(ready(Ok(Value::Okay)))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(ready(Ok(vec![Value::Okay; count])))
    }

    fn get_db(&self) -> i64 {
        0
    }
}
