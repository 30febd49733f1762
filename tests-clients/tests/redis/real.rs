//! Injected errors beside those that were really provoked.

use std::time::Duration;

use chaos_core::redis::ERRORS;
use chaos_tests_clients::{RedisServer, free_port};
use redis::{AsyncConnectionConfig, Client, RedisError, RetryMethod, cmd};
use serde_json::json;

use crate::support::{Cache, NAME};

/// All that a caller can ask of an error.
fn seen(error: &RedisError) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        error.kind(),
        error.code().map(str::to_owned),
        error.category().to_owned(),
        [
            error.is_io_error(),
            error.is_timeout(),
            error.is_connection_refusal(),
            error.is_connection_dropped(),
            error.is_unrecoverable_error(),
            error.is_cluster_error(),
        ],
        retried(error),
    )
}

fn retried(error: &RedisError) -> String {
    let method: RetryMethod = error.retry_method();
    format!("{method:?}")
}

/// What the flag makes of GET.
async fn injected(cache: &mut Cache, exception_type: &str) -> RedisError {
    let flag = json!({"mode": "exception", "exception_type": exception_type});
    cache.get_under(flag).await.0.unwrap_err()
}

#[tokio::test]
async fn a_refused_connection() {
    let mut cache = Cache::new().await;
    let nobody = Client::open(format!("redis://127.0.0.1:{}/", free_port())).unwrap();
    let real = nobody.get_multiplexed_async_connection().await.unwrap_err();
    let own = injected(&mut cache, "ConnectionRefused").await;
    assert_eq!(seen(&own), seen(&real));
    assert!(own.is_connection_refusal());
    assert!(own.to_string().starts_with("Connection refused ("), "{own}");
    assert!(
        real.to_string().starts_with("Connection refused ("),
        "{real}"
    );
}

#[tokio::test]
async fn a_connection_that_is_closed() {
    let mut cache = Cache::new().await;
    let own = injected(&mut cache, "ConnectionClosed").await;
    let mut other = RedisServer::start();
    let client = Client::open(other.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    other.kill();
    let real = cmd("GET").arg("x").exec_async(&mut connection).await;
    assert_eq!(seen(&own), seen(&real.unwrap_err()));
    assert!(own.is_connection_dropped());
    let reset = injected(&mut cache, "ConnectionReset").await;
    assert_eq!(seen(&own), seen(&reset));
}

#[tokio::test]
async fn a_reply_that_does_not_come() {
    let mut cache = Cache::new().await;
    let short = AsyncConnectionConfig::new().set_response_timeout(Some(Duration::from_millis(20)));
    let client = Client::open(cache.server.url()).unwrap();
    let connection = client.get_multiplexed_async_connection_with_config(&short);
    let mut connection = connection.await.unwrap();
    let mut wait = cmd("BLPOP");
    wait.arg("nothing").arg(0);
    let real = wait.exec_async(&mut connection).await.unwrap_err();
    assert_eq!(seen(&injected(&mut cache, "Timeout").await), seen(&real));
    let late = json!({"mode": "timeout"});
    let late = cache.get_under(late).await.0.unwrap_err();
    assert_eq!(seen(&late), seen(&real));
    assert!(late.is_timeout());
}

/// Nothing is asked of a name server: the client's own resolver fails as the system's does.
#[tokio::test]
async fn a_name_that_does_not_resolve() {
    let mut cache = Cache::new().await;
    let own = injected(&mut cache, "DnsFailure").await;
    let real = RedisError::from(std::io::Error::other(
        "failed to lookup address information: Name or service not known",
    ));
    assert_eq!(seen(&own), seen(&real));
    assert!(
        own.to_string()
            .contains("Name or service not known: cache.internal"),
        "{own}"
    );
}

/// Errors that a server of its own is brought to.
#[tokio::test]
async fn the_servers_errors() {
    let mut cache = Cache::new().await;
    let provoked = [
        ("WRONGTYPE", vec!["LPUSH", "user:1", "x"]),
        (
            "NOSCRIPT",
            vec!["EVALSHA", "0000000000000000000000000000000000000000", "0"],
        ),
        (
            "NOGROUP",
            vec!["XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", ">"],
        ),
        ("NOTBUSY", vec!["SCRIPT", "KILL"]),
        ("WRONGPASS", vec!["AUTH", "nobody", "nothing"]),
        ("NOREPLICAS", vec!["SET", "a", "b"]),
        ("OOM", vec!["SET", "a", "b"]),
        ("READONLY", vec!["SET", "a", "b"]),
        ("MASTERDOWN", vec!["GET", "a"]),
        ("ERR", vec!["NOSUCHCOMMAND"]),
    ];
    for (code, words) in provoked {
        let setup: &[(&str, &str)] = match code {
            "NOREPLICAS" => &[("min-replicas-to-write", "1")],
            "OOM" => &[("min-replicas-to-write", "0"), ("maxmemory", "1")],
            "READONLY" => &[("maxmemory", "0"), ("replicaof", "127.0.0.1 1")],
            "MASTERDOWN" => &[("replica-serve-stale-data", "no")],
            _ => &[],
        };
        for (name, value) in setup {
            let mut set = if *name == "replicaof" {
                let mut replica = cmd("REPLICAOF");
                replica.arg(value.split(' ').collect::<Vec<_>>());
                replica
            } else {
                let mut config = cmd("CONFIG");
                config.arg("SET").arg(name).arg(value);
                config
            };
            set.set_no_response(false);
            set.exec_async(&mut cache.plain).await.expect(code);
        }
        let mut call = cmd(words[0]);
        call.arg(&words[1..]);
        let real = call.exec_async(&mut cache.plain).await.unwrap_err();
        assert_eq!(real.code(), Some(code), "{real}");
        assert!(ERRORS.iter().any(|row| row.code == code));
        let own = injected(&mut cache, code).await;
        assert_eq!(seen(&own), seen(&real), "{code}");
    }
}

#[tokio::test]
async fn with_nothing_on_the_real_reply_comes_through() {
    let mut cache = Cache::new().await;
    assert_eq!(cache.get().await.unwrap(), NAME);
    let other = json!({"mode": "exception", "point": "redis.SET"});
    let (got, scope) = cache.get_under(other).await;
    assert_eq!(got.unwrap(), NAME);
    assert!(scope.decisions().is_empty());
}
