//! From a source to what a wrapped function does, in one process and without any environment.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::Chaos;
use crate::engine::{self, Engine};
use crate::error::InjectedError;
use crate::inject_chaos;
use crate::source::{Fetch, Source, SourceError};

#[inject_chaos(crate = crate)]
async fn handler() -> Result<u8, InjectedError> {
    Ok(1)
}

#[inject_chaos(crate = crate)]
fn blocking() -> Result<u8, InjectedError> {
    Ok(1)
}

/// A source of the user's own: it answers what it is told to, after as long as it is told.
#[derive(Clone)]
pub(super) struct Own {
    answer: Result<&'static str, &'static str>,
    pub(super) takes: Duration,
    fetches: Arc<AtomicUsize>,
    in_init: bool,
}

impl Own {
    pub(super) fn answering(document: &'static str) -> Self {
        Self {
            answer: Ok(document),
            takes: Duration::ZERO,
            fetches: Arc::default(),
            in_init: true,
        }
    }

    pub(super) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }
}

impl Source for Own {
    fn name(&self) -> &'static str {
        "own"
    }
    fn location(&self) -> String {
        "my own source".to_owned()
    }
    fn answers_in_init(&self) -> bool {
        self.in_init
    }
    fn fetch(&self) -> Fetch<'_> {
        Box::pin(async {
            self.fetches.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(self.takes).await;
            self.answer
                .map(str::to_owned)
                .map_err(SourceError::unavailable)
        })
    }
}

const FAILING: &str = r#"{"exception": {"enabled": true, "exception_msg": "boom"}}"#;

fn with_env(chaos: Chaos, env: &[(&str, &str)]) -> Option<Arc<Engine>> {
    engine::expect_scopes();
    let env = |name: &str| {
        let found = env.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    // on the test's own runtime, whose clock may be paused
    let engine = chaos.build(&env, std::convert::identity);
    engine.map(Arc::new)
}

fn own(source: &Own) -> Arc<Engine> {
    with_env(Chaos::from_env().source(source.clone()), &[]).expect("an engine")
}

async fn fails(engine: &Arc<Engine>) -> bool {
    // called outside the scope: asked when it is polled
    engine::scope(Arc::clone(engine), handler()).await.is_err()
}

#[tokio::test(start_paused = true)]
async fn the_first_request_waits_for_a_source_of_the_users_own() {
    let source = Own {
        takes: Duration::from_millis(200),
        ..Own::answering(FAILING)
    };
    let engine = own(&source);
    let start = tokio::time::Instant::now();
    assert!(fails(&engine).await);
    assert_eq!(start.elapsed().as_millis(), 200);
    assert!(fails(&engine).await);
    assert_eq!(source.fetches(), 1, "the second request uses the cache");
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_no_longer_than_the_fetch_timeout() {
    let source = Own {
        takes: Duration::from_hours(1),
        ..Own::answering(FAILING)
    };
    let engine = own(&source);
    let start = tokio::time::Instant::now();
    assert!(!fails(&engine).await);
    assert_eq!(start.elapsed().as_millis(), 500);
    assert!(!fails(&engine).await);
    assert_eq!(start.elapsed().as_millis(), 500, "nor does it wait twice");
}

#[tokio::test(start_paused = true)]
async fn warming_up_spares_the_first_request() {
    let source = Own {
        takes: Duration::from_millis(200),
        ..Own::answering(FAILING)
    };
    let engine = own(&source);
    engine.warm_up().expect("a fetch").await;
    let start = tokio::time::Instant::now();
    assert!(fails(&engine).await);
    assert!(start.elapsed().is_zero());
}

#[tokio::test]
async fn the_environment_itself_is_a_source() {
    let engine = with_env(Chaos::from_env(), &[("CHAOS_CONFIG", FAILING)]);
    assert!(fails(&engine.expect("an engine")).await);
}

#[tokio::test]
async fn what_is_set_in_main_goes_before_the_environment() {
    let env = [("CHAOS_CONFIG", "{}"), ("CHAOS_DRY_RUN", "1")];
    let chaos = Chaos::from_env().source(Own::answering(FAILING));
    let dry = with_env(chaos, &env).expect("an engine");
    assert!(!fails(&dry).await);
    let chaos = Chaos::from_env()
        .source(Own::answering(FAILING))
        .dry_run(false);
    assert!(fails(&with_env(chaos, &env).expect("an engine")).await);
    let chaos = Chaos::from_env()
        .source(Own::answering(FAILING))
        .allow(["latency"]);
    assert!(!fails(&with_env(chaos, &[]).expect("an engine")).await);
}

#[test]
fn without_a_source_or_with_the_kill_switch_there_is_no_engine() {
    assert!(with_env(Chaos::from_env(), &[]).is_none());
    let source = Own::answering(FAILING);
    let chaos = Chaos::from_env().source(source.clone());
    assert!(with_env(chaos, &[("CHAOS_DISABLED", "1")]).is_none());
    assert_eq!(source.fetches(), 0);
}

#[tokio::test]
async fn a_document_that_is_invalid_as_a_whole_means_no_chaos() {
    for document in [
        "",
        "nonsense",
        "[]",
        r#"{"settings": {"seed": "x"}, "exception": {"enabled": true}}"#,
    ] {
        assert!(!fails(&own(&Own::answering(document))).await, "{document}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocking_function_waits_where_the_fetch_can_go_on() {
    let engine = own(&Own::answering(FAILING));
    assert!(engine::scope_sync(engine, blocking).is_err());
}

#[tokio::test]
async fn a_blocking_function_goes_without_chaos_where_it_cannot_wait() {
    let source = Own::answering(FAILING);
    let engine = own(&source);
    assert!(engine::scope_sync(Arc::clone(&engine), blocking).is_ok());
    // The fetch goes on beside it, and the next call finds the document.
    let mut turns = 0;
    while engine::scope_sync(Arc::clone(&engine), blocking).is_ok() {
        turns += 1;
        assert!(turns < 100_000, "no call finds it");
        tokio::task::yield_now().await;
    }
    assert_eq!(source.fetches(), 1);
}

#[test]
fn a_blocking_function_needs_no_runtime() {
    let engine = with_env(Chaos::from_env(), &[("CHAOS_CONFIG", FAILING)]);
    assert!(engine::scope_sync(engine.expect("an engine"), blocking).is_err());
    let engine = own(&Own::answering(FAILING));
    assert!(engine::scope_sync(engine, blocking).is_ok());
}

#[tokio::test]
async fn a_source_that_sleeps_during_init_is_asked_by_the_first_request() {
    for in_init in [true, false] {
        let source = Own {
            in_init,
            ..Own::answering(FAILING)
        };
        let engine = own(&source);
        if let Some(fetched) = engine.warm_up() {
            fetched.await;
        }
        assert_eq!(source.fetches(), usize::from(in_init));
        assert!(fails(&engine).await);
        assert_eq!(source.fetches(), 1);
    }
}

#[test]
fn metrics_are_as_the_code_says_or_else_the_environment() {
    let counts = |chaos: Chaos, env: &[(&str, &str)]| {
        let source = Own::answering("{}");
        let engine = with_env(chaos.source(source), env).expect("an engine");
        engine.metrics().is_some()
    };
    assert!(!counts(Chaos::from_env(), &[]));
    assert!(counts(Chaos::from_env().metrics(true), &[]));
    let on = [("CHAOS_METRICS", "true")];
    assert!(counts(Chaos::from_env(), &on));
    assert!(!counts(Chaos::from_env().metrics(false), &on));
}

/// What is reached, with a document or without one.
#[tokio::test]
async fn points_are_listed_as_the_code_says_or_else_the_environment() {
    #[inject_chaos(crate = crate, point = "store.get", labels(key))]
    async fn get(key: u8) -> Result<u8, InjectedError> {
        Ok(key)
    }
    async fn names(chaos: Chaos, env: &[(&str, &str)]) -> Option<Vec<String>> {
        let engine = with_env(chaos, env)?;
        let reaching = engine::scope(Arc::clone(&engine), async { get(1).await });
        reaching.await.expect("its own answer");
        let points = engine.shared().reached().into_iter();
        Some(points.map(|point| point.name).collect())
    }
    let listed = Some(vec!["store.get".to_owned()]);
    let unlisted = Some(Vec::new());
    let on = [("CHAOS_LIST_POINTS", "1")];
    let chaos = || Chaos::from_env().source(Own::answering("{}"));
    assert_eq!(names(chaos(), &[]).await, unlisted);
    assert_eq!(names(chaos(), &on).await, listed);
    assert_eq!(names(chaos().list_points(true), &[]).await, listed);
    assert_eq!(names(chaos().list_points(false), &on).await, unlisted);

    assert_eq!(names(Chaos::from_env(), &on).await, listed);
    assert_eq!(names(Chaos::from_env(), &[]).await, None);
    let killed = [on[0], ("CHAOS_DISABLED", "1")];
    assert_eq!(names(Chaos::from_env(), &killed).await, None);
}

#[tokio::test]
async fn what_lapsed_and_comes_back_has_not_forgotten() {
    const ONCE: &str = r#"{"exception": {"enabled": true, "limit": 1}}"#;
    let engine = own(&Own::answering(ONCE));
    assert!(fails(&engine).await);
    engine.shared().lapse();
    engine.shared().lapse();
    assert!(!fails(&engine).await, "nothing is in force");
    engine.shared().apply(crate::plan::read(ONCE).plan);
    assert_eq!(engine.shared().on(), 1);
    assert!(!fails(&engine).await, "its one time is over");
}

#[test]
fn a_call_made_outside_the_runtime_fetches_when_it_is_polled() {
    let source = Own::answering(FAILING);
    let engine = own(&source);
    // In the scope, as if it were the process's engine.
    let call = engine::scope_sync(Arc::clone(&engine), handler);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let failed = runtime.block_on(engine::scope(engine, call)).is_err();
    assert!(failed && source.fetches() == 1);
}

#[tokio::test]
async fn one_document_serves_many_functions() {
    let document = r#"{"exception": {"enabled": true, "labels": {
        "lambda.function": ["orders", "carts"], "lambda.region": "eu-north-1", "lambda.version": "7"
    }}}"#;
    let hit = async |function: &str, region: &str, version: &str| {
        let env = [
            ("AWS_LAMBDA_FUNCTION_NAME", function),
            ("AWS_REGION", region),
            ("AWS_LAMBDA_FUNCTION_VERSION", version),
        ];
        let chaos = Chaos::from_env().source(Own::answering(document));
        fails(&with_env(chaos, &env).expect("an engine")).await
    };
    assert!(hit("orders", "eu-north-1", "7").await);
    assert!(hit("carts", "eu-north-1", "7").await);
    assert!(!hit("users", "eu-north-1", "7").await);
    assert!(!hit("orders", "eu-west-1", "7").await);
    assert!(!hit("orders", "eu-north-1", "8").await);
}
