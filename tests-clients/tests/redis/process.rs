//! Modes that are about the process, at a command.

use chaos_core::redis::Instrumented;
use chaos_tests_clients::process;
use redis::aio::MultiplexedConnection;
use redis::cmd;

use crate::support::Cache;

async fn is_answered(connection: &Instrumented<MultiplexedConnection>) -> bool {
    let mut connection = connection.clone();
    let ping = cmd("PING").query_async::<String>(&mut connection).await;
    ping.is_ok()
}

#[tokio::test]
async fn disk_memory_and_cores_are_taken_and_given_back() {
    let cache = Cache::new().await;
    process::takes("redis.*", async || is_answered(&cache.connection).await).await;
}

#[tokio::test]
async fn panic_is_one_if_it_is_allowed() {
    let cache = Cache::new().await;
    process::panics("redis.*", async || is_answered(&cache.connection).await).await;
}

#[tokio::test]
async fn exit_ends_the_process() {
    let cache = Cache::new().await;
    let test = "process::exit_ends_the_process";
    process::exits("redis.*", test, async || {
        is_answered(&cache.connection).await
    })
    .await;
}
