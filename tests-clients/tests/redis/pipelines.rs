//! Pipelines and transactions: each command is a point.

use std::time::{Duration, Instant};

use chaos_core::testing::Scope;
use redis::{ErrorKind, Pipeline, RedisResult, ServerErrorKind, pipe};
use serde_json::{Value, json};

use crate::support::{Cache, NAME, scope};

/// SET a, GET user:1, SET b.
fn pipeline() -> Pipeline {
    let mut pipeline = pipe();
    pipeline.cmd("SET").arg("a").arg(1).ignore();
    pipeline.cmd("GET").arg("user:1");
    pipeline.cmd("SET").arg("b").arg(2).ignore();
    pipeline
}

fn atomic() -> Pipeline {
    let mut pipeline = pipeline();
    pipeline.atomic();
    pipeline
}

async fn under(
    cache: &mut Cache,
    pipeline: &Pipeline,
    flag: Value,
) -> (RedisResult<(String,)>, Scope) {
    let scope = scope(flag);
    let query = pipeline.query_async(&mut cache.connection);
    (scope.run(query).await, scope)
}

async fn stored(cache: &mut Cache) -> [bool; 2] {
    [
        cache.stored("a").await.is_some(),
        cache.stored("b").await.is_some(),
    ]
}

#[tokio::test]
async fn an_error_of_the_servers_is_the_reply_to_one_command() {
    let mut cache = Cache::new().await;
    let flag = json!({"mode": "exception", "point": "redis.GET", "exception_type": "LOADING"});
    let (done, scope) = under(&mut cache, &pipeline(), flag.clone()).await;
    let error = done.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Server(ServerErrorKind::BusyLoading)
    );
    let inside = error.into_server_errors().unwrap();
    assert_eq!((inside.len(), inside[0].0), (1, 1), "its place");
    assert_eq!(scope.decisions()[0].point, "redis.GET");
    assert_eq!(
        stored(&mut cache).await,
        [true, true],
        "the others are sent"
    );

    let scope = self::scope(flag);
    let mut pipeline = pipeline();
    pipeline.ignore_errors();
    let query = pipeline.query_async(&mut cache.connection);
    let each: Vec<RedisResult<String>> = scope.run(query).await.unwrap();
    assert!(each.len() == 1 && each[0].is_err());
}

#[tokio::test]
async fn a_command_that_is_alone_or_all_of_them_is_not_sent() {
    let mut cache = Cache::new().await;
    let (done, _) = under(&mut cache, &pipeline(), json!({"mode": "exception"})).await;
    assert_eq!(done.unwrap_err().into_server_errors().unwrap().len(), 3);
    assert_eq!(stored(&mut cache).await, [false, false]);
}

#[tokio::test]
async fn a_failed_connection_is_that_of_all() {
    let mut cache = Cache::new().await;
    let flag = json!({"mode": "exception", "point": "redis.GET",
        "exception_type": "ConnectionReset"});
    for pipeline in [pipeline(), atomic()] {
        let (done, scope) = under(&mut cache, &pipeline, flag.clone()).await;
        assert!(done.unwrap_err().is_connection_dropped());
        assert_eq!(scope.injected(), ["flag"]);
        assert_eq!(stored(&mut cache).await, [false, false]);
    }
}

#[tokio::test]
async fn a_lost_reply_is_that_of_all_and_the_work_is_done() {
    for pipeline in [pipeline(), atomic()] {
        let mut cache = Cache::new().await;
        let flag = json!({"mode": "lost_reply", "labels": {"key": "b"}});
        let (done, _) = under(&mut cache, &pipeline, flag).await;
        assert!(done.unwrap_err().is_connection_dropped());
        assert_eq!(stored(&mut cache).await, [true, true]);
    }
}

#[tokio::test]
async fn a_transaction_with_a_refused_command_is_given_up() {
    let mut cache = Cache::new().await;
    let flag = json!({"mode": "exception", "point": "redis.GET", "exception_type": "OOM"});
    let (done, _) = under(&mut cache, &atomic(), flag).await;
    let own = done.unwrap_err();
    assert_eq!(stored(&mut cache).await, [false, false]);
    let mut refused = atomic();
    refused.cmd("NOSUCHCOMMAND");
    let real: RedisResult<()> = refused.query_async(&mut cache.plain).await;
    assert_eq!(own.kind(), real.unwrap_err().kind());
    assert_eq!(own.code(), Some("EXECABORT"));
}

#[tokio::test]
async fn one_reply_of_them_is_corrupted() {
    for pipeline in [pipeline(), atomic()] {
        let mut cache = Cache::new().await;
        let flag = json!({"mode": "corruption", "labels": {"key": "user:1"}});
        let (got, scope) = under(&mut cache, &pipeline, flag).await;
        let (got,) = got.unwrap();
        assert!(got != NAME && scope.injected() == ["flag"], "{got}");
    }
}

#[tokio::test]
async fn an_error_after_the_command_is_its_reply() {
    for pipeline in [pipeline(), atomic()] {
        let mut cache = Cache::new().await;
        let flag = json!({"mode": "exception", "phase": "after", "labels": {"key": "a"}});
        let (done, _) = under(&mut cache, &pipeline, flag).await;
        let error = done.unwrap_err();
        assert_eq!(error.into_server_errors().unwrap()[0].0, 0);
        assert_eq!(stored(&mut cache).await, [true, true]);
    }
}

#[tokio::test]
async fn with_nothing_on_the_real_replies_come_through() {
    let mut cache = Cache::new().await;
    for pipeline in [pipeline(), atomic()] {
        let flag = json!({"mode": "exception", "point": "redis.HGET"});
        let (got, scope) = under(&mut cache, &pipeline, flag).await;
        assert_eq!(got.unwrap().0, NAME);
        assert!(scope.decisions().is_empty());
        let waits = json!({"mode": "latency", "min_latency": 5, "point": "redis.SET"});
        let (got, scope) = under(&mut cache, &pipeline, waits).await;
        assert_eq!(got.unwrap().0, NAME);
        assert_eq!(scope.injected().len(), 2);
    }
}

/// They are on their way together. `tests/memory/pipelines.rs` has how long, to the millisecond.
#[tokio::test]
async fn the_commands_of_a_pipeline_wait_once() {
    let mut cache = Cache::new().await;
    cache.connection = cache.connection.response_timeout(None);
    let mut pipeline = pipe();
    for _ in 0..60 {
        pipeline.cmd("GET").arg("user:1");
    }
    for phase in ["before", "after"] {
        let flag = json!({"mode": "latency", "min_latency": 1_000, "phase": phase});
        let scope = scope(flag);
        let begun = Instant::now();
        let query = pipeline.query_async(&mut cache.connection);
        let got: Vec<String> = scope.run(query).await.unwrap();
        assert_eq!((got.len(), scope.injected().len()), (60, 60));
        let took = begun.elapsed();
        // One by one it would be a minute.
        let once = Duration::from_secs(1)..Duration::from_secs(40);
        assert!(once.contains(&took), "{phase}: {took:?}");
    }
}

/// A transaction whose watched key was changed has no replies, and what comes after a command comes
/// after it all the same.
#[tokio::test]
async fn a_transaction_that_the_server_gives_up_stays_given_up() {
    let mut cache = Cache::new().await;
    let got = given_up(&mut cache, json!({"mode": "latency", "min_latency": 1})).await;
    assert_eq!(got.unwrap(), None);
    for mode in ["exception", "lost_reply"] {
        let flag = json!({"mode": mode, "phase": "after", "point": "redis.GET"});
        let got = given_up(&mut cache, flag).await;
        assert!(got.is_err(), "{mode}");
    }
}

async fn given_up(cache: &mut Cache, flag: Value) -> RedisResult<Option<(String,)>> {
    for words in [["WATCH", "a", ""], ["SET", "a", "0"]] {
        let mut call = redis::cmd(words[0]);
        call.arg(
            words[1..]
                .iter()
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>(),
        );
        call.exec_async(&mut cache.plain).await.unwrap();
    }
    let scope = scope(flag);
    let atomic = atomic();
    let query = atomic.query_async(&mut cache.connection);
    let got = scope.run(query).await;
    assert!(!scope.injected().is_empty());
    got
}
