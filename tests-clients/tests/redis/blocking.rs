//! Connections that block, under the same faults.

use std::time::{Duration, Instant, SystemTime};

use chaos_core::redis::{Instrumented, instrument};
use chaos_core::testing::Scope;
use chaos_tests_clients::RedisServer;
use redis::{Client, Commands as _, Connection, ErrorKind, RedisResult, ServerErrorKind, cmd};
use serde_json::{Value, json};

use crate::support::{NAME, scope};

struct Cache {
    connection: Instrumented<Connection>,
    plain: Connection,
    _server: RedisServer,
}

impl Cache {
    fn new() -> Self {
        let server = RedisServer::start();
        let client = Client::open(server.url()).unwrap();
        let connect = || client.get_connection().unwrap();
        let mut plain = connect();
        let () = plain.set("user:1", NAME).unwrap();
        Self {
            connection: instrument(connect()).host("cache.internal"),
            plain,
            _server: server,
        }
    }

    fn get_under(&mut self, flag: Value) -> (RedisResult<String>, Scope) {
        let scope = scope(flag);
        let got = scope.run_blocking(|| self.connection.get("user:1"));
        (got, scope)
    }

    fn set_under(&mut self, flag: Value) -> RedisResult<()> {
        scope(flag).run_blocking(|| self.connection.set("user:2", "x"))
    }

    fn stored(&mut self, key: &str) -> Option<String> {
        self.plain.get(key).unwrap()
    }
}

#[test]
fn with_nothing_on_the_real_reply_comes_through() {
    let mut cache = Cache::new();
    let other = json!({"mode": "exception", "point": "redis.SET"});
    let (got, scope) = cache.get_under(other);
    assert_eq!(got.unwrap(), NAME);
    assert!(scope.decisions().is_empty());
    let got: String = cache.connection.get("user:1").unwrap();
    assert_eq!(got, NAME);
}

#[test]
fn a_command_fails_as_the_flag_says() {
    let mut cache = Cache::new();
    let flag = json!({"mode": "exception", "exception_type": "LOADING"});
    let error = cache.set_under(flag).unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Server(ServerErrorKind::BusyLoading)
    );
    let flag = json!({"mode": "exception", "exception_type": "ConnectionRefused"});
    assert!(cache.set_under(flag).unwrap_err().is_connection_refusal());
    let flag = json!({"mode": "denylist", "deny_list": ["cache"]});
    assert!(cache.set_under(flag).unwrap_err().is_io_error());
    assert_eq!(cache.stored("user:2"), None);
    let error = cache.set_under(json!({"mode": "lost_reply"})).unwrap_err();
    assert!(error.is_connection_dropped());
    assert_eq!(cache.stored("user:2").as_deref(), Some("x"));
    let (got, scope) = cache.get_under(json!({"mode": "corruption"}));
    assert_ne!(got.unwrap(), NAME);
    assert_eq!(scope.injected(), ["flag"]);
}

#[test]
fn a_wait_blocks_and_runs_into_the_timeout_that_is_named() {
    let mut cache = Cache::new();
    let begun = Instant::now();
    let flag = json!({"mode": "latency", "min_latency": 600});
    assert_eq!(cache.get_under(flag).0.unwrap(), NAME);
    assert!(begun.elapsed() >= Duration::from_millis(600));
    let limit = Duration::from_millis(30);
    cache.connection = cache.connection.response_timeout(Some(limit));
    let begun = Instant::now();
    let flag = json!({"mode": "latency", "min_latency": 60_000});
    assert!(cache.set_under(flag).unwrap_err().is_timeout());
    assert!((limit..Duration::from_secs(30)).contains(&begun.elapsed()));
    assert_eq!(cache.stored("user:2"), None);
    let late = json!({"mode": "timeout", "phase": "after"});
    assert!(cache.set_under(late).unwrap_err().is_timeout());
    assert!(cache.stored("user:2").is_some());
}

#[test]
fn each_command_of_a_pipeline_is_a_point() {
    let mut cache = Cache::new();
    let scope = scope(json!({"mode": "exception", "exception_type": "OOM",
        "labels": {"key": "user:1"}}));
    let mut pipeline = redis::pipe();
    pipeline.set("a", 1).get("user:1").set("b", 2);
    let done: RedisResult<()> = scope.run_blocking(|| pipeline.query(&mut cache.connection));
    let errors = done.unwrap_err().into_server_errors().unwrap();
    assert_eq!((errors.len(), errors[0].0), (1, 1));
    assert_eq!(cache.stored("a").as_deref(), Some("1"));
    assert_eq!(cache.stored("b").as_deref(), Some("2"));

    let mut atomic = redis::pipe();
    atomic.atomic().set("c", 1).get("user:1");
    let done: RedisResult<()> = scope.run_blocking(|| atomic.query(&mut cache.connection));
    assert_eq!(done.unwrap_err().code(), Some("EXECABORT"));
    assert_eq!(cache.stored("c"), None);
    let got: (String, String) = atomic.query(&mut cache.connection).unwrap();
    assert_eq!(got, ("OK".to_owned(), NAME.to_owned()));
}

/// They are on their way together.
#[test]
fn the_commands_of_a_pipeline_wait_once() {
    let mut cache = Cache::new();
    for phase in ["before", "after"] {
        let flag = json!({"enabled": true, "mode": "latency", "point": "redis.GET",
            "min_latency": 60_000, "phase": phase});
        let builder = Scope::builder(&json!({"slow": flag}));
        let scope = builder.virtual_clock(SystemTime::now()).build();
        let begun = scope.now();
        let mut pipeline = redis::pipe();
        for _ in 0..20 {
            pipeline.get("user:1");
        }
        let got = scope.run_blocking(|| pipeline.query(&mut cache.connection));
        let got: Vec<String> = got.unwrap();
        assert_eq!(got, [NAME; 20]);
        assert_eq!(scope.injected().len(), 20);
        let waited = scope.now().duration_since(begun).unwrap();
        let once = Duration::from_mins(1)..Duration::from_mins(10);
        assert!(once.contains(&waited), "{phase}: {waited:?}");
    }
}

/// The client packs those itself.
#[test]
fn further_rounds_of_a_scan_are_points_too() {
    let mut cache = Cache::new();
    for number in 0..50 {
        let () = cache.plain.set(format!("k:{number}"), number).unwrap();
    }
    let scope = Scope::new(&json!({"scans": {"enabled": true, "mode": "latency",
        "point": "redis.SCAN", "min_latency": 1}}));
    let found = scope.run_blocking(|| {
        let mut scan = cmd("SCAN");
        scan.cursor_arg(0).arg("COUNT").arg(5);
        let keys = scan.iter::<String>(&mut cache.connection).unwrap();
        keys.flatten().count()
    });
    assert_eq!(found, 51);
    assert!(scope.injected().len() > 5, "{:?}", scope.injected());
}

/// Disk and memory are taken beside the runtime's threads, where there is a runtime.
#[test]
fn what_is_taken_is_given_back_with_a_runtime_and_without() {
    let mut cache = Cache::new();
    let mut ask = || {
        let flag = json!({"mode": "diskspace", "disk_space": 1});
        let (got, scope) = cache.get_under(flag);
        (got.is_ok(), scope.decisions().len())
    };
    assert_eq!(ask(), (true, 2));
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let inside = runtime.unwrap().block_on(async { ask() });
    assert_eq!(inside, (true, 2));
}
