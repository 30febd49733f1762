//! Each mode at a command: what the caller sees, and what the server has been told.

use std::time::{Duration, Instant};

use chaos_core::redis::instrument;
use chaos_core::testing::Scope;
use redis::{
    AsyncCommands as _, AsyncConnectionConfig, Client, ErrorKind, RedisResult, ServerErrorKind, cmd,
};
use serde_json::{Value, json};

use crate::support::{Cache, NAME, scope};

/// SET user:2 x, under one flag.
async fn set_under(cache: &mut Cache, flag: Value) -> (RedisResult<()>, Scope) {
    let scope = scope(flag);
    let set = cmd("SET").arg("user:2").arg("x").clone();
    let done = scope.run(set.exec_async(&mut cache.connection)).await;
    (done, scope)
}

/// Why nothing was injected.
fn refusal(scope: &Scope) -> String {
    assert!(scope.injected().is_empty());
    let decisions = scope.decisions();
    assert_eq!(decisions.len(), 1, "{decisions:?}");
    decisions[0].message.clone().expect("a reason")
}

#[tokio::test]
async fn an_exception_is_the_servers_error_and_nothing_is_sent() {
    let mut cache = Cache::new().await;
    let (done, scope) = set_under(&mut cache, json!({"mode": "exception"})).await;
    let error = done.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Server(ServerErrorKind::ResponseError)
    );
    assert_eq!(error.detail(), Some("Injected exception"));
    assert_eq!(scope.decisions()[0].point, "redis.SET");
    assert_eq!(cache.stored("user:2").await, None);

    let flag = json!({"mode": "exception", "exception_type": "READONLY", "exception_msg": "no"});
    let error = set_under(&mut cache, flag).await.0.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server(ServerErrorKind::ReadOnly));
    assert_eq!(error.detail(), Some("no"));
}

#[tokio::test]
async fn after_the_command_the_error_comes_and_the_work_is_done() {
    let mut cache = Cache::new().await;
    let flag = json!({"mode": "exception", "phase": "after"});
    let (done, _) = set_under(&mut cache, flag).await;
    assert!(done.is_err());
    assert_eq!(cache.stored("user:2").await.as_deref(), Some("x"));
}

#[tokio::test]
async fn a_lost_reply_is_a_failed_connection_after_the_work() {
    let mut cache = Cache::new().await;
    let (done, _) = set_under(&mut cache, json!({"mode": "lost_reply"})).await;
    let error = done.unwrap_err();
    assert!(error.is_connection_dropped(), "{error}");
    assert_eq!(cache.stored("user:2").await.as_deref(), Some("x"));
    let flag = json!({"mode": "lost_reply", "exception_type": "Timeout"});
    assert!(
        set_under(&mut cache, flag)
            .await
            .0
            .unwrap_err()
            .is_timeout()
    );
    let flag = json!({"mode": "lost_reply", "exception_type": "READONLY"});
    let (done, scope) = set_under(&mut cache, flag).await;
    assert!(done.is_ok(), "that is a reply");
    assert!(refusal(&scope).contains("`READONLY`"));
}

#[tokio::test]
async fn a_type_that_there_is_not_is_answered_with_the_nearest() {
    let mut cache = Cache::new().await;
    let flag = json!({"mode": "exception", "exception_type": "ConectionReset"});
    let (got, scope) = cache.get_under(flag).await;
    assert_eq!(got.unwrap(), NAME);
    assert!(refusal(&scope).contains("did you mean `ConnectionReset`?"));
    let flag = json!({"mode": "exception", "exception_type": "READ_ONLY"});
    let (_, scope) = cache.get_under(flag).await;
    assert!(refusal(&scope).contains("did you mean `READONLY`?"));
}

#[tokio::test]
async fn latency_is_waited_and_the_real_reply_comes() {
    let mut cache = Cache::new().await;
    let start = Instant::now();
    let flag = json!({"mode": "latency", "min_latency": 100});
    let (got, scope) = cache.get_under(flag).await;
    assert_eq!(got.unwrap(), NAME);
    assert!(start.elapsed() >= Duration::from_millis(100));
    assert_eq!(scope.injected(), ["flag"]);
    let flag = json!({"mode": "latency", "min_latency": 100, "phase": "after"});
    let start = Instant::now();
    let (got, scope) = cache.get_under(flag).await;
    assert_eq!(got.unwrap(), NAME);
    assert!(start.elapsed() >= Duration::from_millis(100));
    assert_eq!(scope.injected(), ["flag"]);
}

#[tokio::test]
async fn latency_runs_into_the_response_timeout() {
    let mut cache = Cache::new().await;
    let start = Instant::now();
    let flag = json!({"mode": "latency", "min_latency": 60_000});
    let (done, _) = set_under(&mut cache, flag.clone()).await;
    assert!(done.unwrap_err().is_timeout());
    let took = start.elapsed();
    assert!(
        took >= Duration::from_millis(500),
        "the client's default: {took:?}"
    );
    assert!(took < Duration::from_secs(30), "{took:?}");
    assert_eq!(cache.stored("user:2").await, None);

    let short = Duration::from_millis(30);
    cache.connection = instrument(cache.plain.clone()).response_timeout(Some(short));
    let (got, _) = cache.get_under(flag).await;
    assert!(got.unwrap_err().is_timeout());
    cache.connection = instrument(cache.plain.clone()).response_timeout(None);
    let patient = json!({"mode": "latency", "min_latency": 600});
    assert_eq!(cache.get_under(patient).await.0.unwrap(), NAME);
}

/// `tests/memory/waits.rs` has how long it is, to the millisecond.
#[tokio::test]
async fn what_a_wait_has_left_bounds_the_reply() {
    let mut cache = Cache::new().await;
    let patient = AsyncConnectionConfig::new().set_response_timeout(None);
    let client = Client::open(cache.server.url()).unwrap();
    let connection = client.get_multiplexed_async_connection_with_config(&patient);
    let short = Duration::from_millis(300);
    cache.connection = instrument(connection.await.unwrap()).response_timeout(Some(short));
    let scope = scope(json!({"mode": "latency", "min_latency": 200}));
    let start = Instant::now();
    // Without the bound it would answer after a minute, with nothing.
    let pop = cmd("BLPOP").arg("nothing").arg(60).clone();
    let popped = scope.run(pop.exec_async(&mut cache.connection)).await;
    assert!(popped.unwrap_err().is_timeout());
    let took = start.elapsed();
    assert!(took >= short && took < Duration::from_secs(30), "{took:?}");
}

#[tokio::test]
async fn a_timeout_lasts_as_long_as_the_client_waits() {
    let mut cache = Cache::new().await;
    let (done, scope) = set_under(&mut cache, json!({"mode": "timeout"})).await;
    assert!(done.unwrap_err().is_timeout());
    assert_eq!(scope.decisions()[0].latency_ms, Some(500.0));
    assert_eq!(cache.stored("user:2").await, None);
    let flag = json!({"mode": "timeout", "phase": "after"});
    let (done, _) = set_under(&mut cache, flag).await;
    assert!(done.unwrap_err().is_timeout());
    assert_eq!(cache.stored("user:2").await.as_deref(), Some("x"));
}

#[tokio::test]
async fn a_denied_host_does_not_resolve() {
    let mut cache = Cache::new().await;
    let flag = |host: &str| json!({"mode": "denylist", "deny_list": [host]});
    let (done, scope) = set_under(&mut cache, flag("^cache\\.")).await;
    let error = done.unwrap_err();
    assert!(
        error.is_io_error() && error.to_string().contains("cache.internal"),
        "{error}"
    );
    assert_eq!(scope.injected(), ["flag"]);
    assert_eq!(cache.stored("user:2").await, None);
    let (got, scope) = cache.get_under(flag("amazonaws")).await;
    assert_eq!(got.unwrap(), NAME);
    assert!(scope.decisions().is_empty());
    cache.connection = instrument(cache.plain.clone());
    let (got, scope) = cache.get_under(flag(".*")).await;
    assert_eq!(got.unwrap(), NAME);
    assert!(refusal(&scope).contains(".host("));
}

#[tokio::test]
async fn a_corrupted_reply_is_mangled_or_another() {
    let mut cache = Cache::new().await;
    let (got, scope) = cache.get_under(json!({"mode": "corruption"})).await;
    let got = got.unwrap();
    assert_ne!(got, NAME);
    assert!(NAME.starts_with(got.trim_end_matches('\u{fffd}')), "{got}");
    assert_eq!(scope.decisions()[0].body, Some("mangled"));
    let flag = json!({"mode": "corruption", "body": "{}"});
    assert_eq!(cache.get_under(flag).await.0.unwrap(), "{}");
    let (done, scope) = set_under(&mut cache, json!({"mode": "corruption"})).await;
    assert!(done.is_ok());
    assert!(refusal(&scope).contains("no text to mangle"));
    let flag = json!({"mode": "corruption", "drop_headers": "x"});
    let (_, scope) = cache.get_under(flag).await;
    assert!(refusal(&scope).contains("no headers"));
}

#[tokio::test]
async fn a_status_code_and_a_second_run_are_nothing_and_the_log_says_so() {
    let mut cache = Cache::new().await;
    for phase in ["before", "after"] {
        let flag = json!({"mode": "statuscode", "phase": phase});
        let (got, scope) = cache.get_under(flag).await;
        assert_eq!(got.unwrap(), NAME);
        assert!(refusal(&scope).contains("no status code"));
    }
    let (got, scope) = cache.get_under(json!({"mode": "duplicate"})).await;
    assert_eq!(got.unwrap(), NAME);
    assert!(refusal(&scope).contains("only a handler is run twice"));
}

#[tokio::test]
async fn a_flag_hits_the_command_and_the_key_that_it_names() {
    let mut cache = Cache::new().await;
    let scope = Scope::new(&json!({"exception": {"enabled": true, "point": "redis.GET",
        "labels": {"prefix": "user", "key": ["user:1", "user:9"], "db": "0", "command": "GET",
        "host": "cache.internal"}}}));
    assert!(scope.run(cache.get()).await.is_err());
    let other: RedisResult<Option<String>> = scope.run(cache.connection.get("user:2")).await;
    assert_eq!(other.unwrap(), None);
    let set: RedisResult<()> = scope.run(cache.connection.set("user:1", "other")).await;
    assert!(set.is_ok());
    assert_eq!(scope.injected().len(), 1);
}

#[tokio::test]
async fn a_fault_that_passes_is_survived_by_a_retry() {
    let mut cache = Cache::new().await;
    let scope = scope(json!({"mode": "exception", "exception_type": "LOADING", "limit": 2}));
    let retried = scope.run(async {
        for _ in 0..2 {
            assert!(cache.get().await.is_err());
        }
        cache.get().await
    });
    assert_eq!(retried.await.unwrap(), NAME);
}
