//! Blocks of code as points.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chaos_core::testing::{Action, Scope};
use chaos_core::{InjectedError, inject_chaos, point};
use serde_json::{Value, json};

fn failing(flag: &Value) -> Scope {
    let mut document = json!({ "exception": { "enabled": true, "exception_msg": "boom" } });
    let fields = flag.as_object().expect("fields").clone();
    document["exception"]
        .as_object_mut()
        .expect("a flag")
        .extend(fields);
    Scope::new(&document)
}

async fn block(tenant: &str, number: u32) -> Result<String, InjectedError> {
    point("cache.get")
        .label("tenant", || tenant)
        .label("even", || number.is_multiple_of(2))
        .run(async { Ok(format!("{tenant}/{number}")) })
        .await
}

#[tokio::test]
async fn a_block_fails_where_its_labels_say_so() {
    let scope = failing(&json!({
        "point": "cache.*", "labels": { "tenant": ["a", "b"], "even": "true" }
    }));
    for (tenant, number, fails) in [
        ("a", 2, true),
        ("b", 4, true),
        ("a", 1, false),
        ("c", 2, false),
    ] {
        let got = scope.run(block(tenant, number)).await;
        assert_eq!(got.is_err(), fails, "{tenant} {number}");
    }
    let decisions = scope.decisions();
    assert_eq!(decisions.len(), 2);
    assert_eq!(
        decisions[0].to_string(),
        "inject exception at cache.get: boom"
    );
}

/// A block that is about several tenants at once.
async fn several(tenants: [&str; 2]) -> Result<(), InjectedError> {
    point("cache.get_all")
        .label("tenant", || tenants[0])
        .label("tenant", || tenants[1])
        .run(async { Ok(()) })
        .await
}

#[tokio::test]
async fn of_several_values_of_a_label_one_is_enough() {
    let scope = failing(&json!({ "point": "cache.*", "labels": { "tenant": ["b", "c"] } }));
    for (tenants, fails) in [(["a", "b"], true), (["c", "a"], true), (["a", "d"], false)] {
        let got = scope.run(several(tenants)).await;
        assert_eq!(got.is_err(), fails, "{tenants:?}");
    }
}

#[tokio::test]
async fn a_block_is_hit_where_any_of_its_values_would_be() {
    let half = failing(&json!({ "point": "cache.*", "percentage": 50, "by": "label:tenant" }));
    let hit = async |tenants| half.run(several(tenants)).await.is_err();
    let names: Vec<String> = (0..20).map(|n| format!("tenant-{n}")).collect();
    for pair in names.windows(2) {
        let (one, other) = (&*pair[0], &*pair[1]);
        let alone = hit([one, one]).await || hit([other, other]).await;
        assert_eq!(hit([one, other]).await, alone, "{one} and {other}");
    }
}

#[test]
fn a_block_that_is_not_async_fails_and_waits_too() {
    let run = |scope: &Scope| {
        scope.run_blocking(|| {
            let label = point("disk.read").label("file", || "a");
            label.run_blocking(|| Ok::<_, InjectedError>(7))
        })
    };
    let scope = failing(&json!({ "point": "disk.read", "labels": { "file": "a" } }));
    assert_eq!(run(&scope).expect_err("an error").message(), "boom");
    let slow = json!({ "latency": { "enabled": true, "min_latency": 30, "point": "disk.*" } });
    let scope = Scope::new(&slow);
    let start = std::time::Instant::now();
    assert_eq!(run(&scope), Ok(7));
    assert!(start.elapsed() >= Duration::from_millis(30));
}

#[tokio::test]
async fn with_phase_after_the_block_is_run_and_otherwise_not() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    async fn counting() -> Result<(), InjectedError> {
        let block = async {
            RUNS.fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        point("queue.send").run(block).await
    }
    let before = failing(&json!({ "point": "queue.send" }));
    assert!(before.run(counting()).await.is_err());
    assert_eq!(RUNS.load(Ordering::Relaxed), 0);
    let after = failing(&json!({ "point": "queue.send", "phase": "after" }));
    assert!(after.run(counting()).await.is_err());
    assert_eq!(RUNS.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn labels_are_asked_for_only_when_a_flag_concerns_the_point() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    fn asked() -> usize {
        ASKED.fetch_add(1, Ordering::Relaxed)
    }
    #[inject_chaos(point = "one.function", labels(asked = asked()))]
    async fn function() -> Result<(), InjectedError> {
        Ok(())
    }
    let both = async || {
        function().await?;
        point("one.block")
            .label("asked", asked)
            .run(async { Ok::<_, InjectedError>(()) })
            .await
    };
    for (document, times) in [
        (json!({}), 0),
        (json!({ "exception": { "enabled": true } }), 0),
        (
            json!({ "exception": { "enabled": true, "point": "two.*" } }),
            0,
        ),
        (
            json!({ "exception": { "enabled": false, "point": "one.*" } }),
            0,
        ),
        (
            json!({ "latency": { "enabled": true, "min_latency": 0, "point": "one.*" } }),
            2,
        ),
    ] {
        ASKED.store(0, Ordering::Relaxed);
        Scope::new(&document)
            .run(both())
            .await
            .expect("their own answers");
        assert_eq!(ASKED.load(Ordering::Relaxed), times, "{document}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_that_cannot_fail_is_delayed_and_not_failed() {
    let block = || point("sum.of").run(async { Ok::<_, Infallible>(3) });
    let slow = json!({ "latency": { "enabled": true, "min_latency": 20_000, "point": "sum.*" } });
    let start = tokio::time::Instant::now();
    assert_eq!(Scope::new(&slow).run(block()).await, Ok(3));
    assert!(start.elapsed() >= Duration::from_secs(20));
    let scope = failing(&json!({ "point": "sum.*" }));
    assert_eq!(scope.run(block()).await, Ok(3));
    assert_ne!(scope.decisions()[0].action, Action::Inject);
}

#[tokio::test]
async fn a_status_code_is_refused_and_the_block_runs() {
    let scope = Scope::new(&json!({ "statuscode": { "enabled": true, "point": "cache.*" } }));
    assert_eq!(scope.run(block("a", 1)).await.expect("its own"), "a/1");
    let decisions = scope.decisions();
    assert_eq!((decisions.len(), decisions[0].action), (1, Action::Error));
}

#[tokio::test]
async fn what_is_no_name_of_a_point_runs_without_chaos() {
    let scope = failing(&json!({ "point": "*" }));
    for name in ["", "handler", "cache.*", "get user"] {
        let own = point(name).run(async { Ok::<_, InjectedError>(1) });
        assert_eq!(scope.run(own).await, Ok(1), "{name:?}");
    }
    assert_eq!(scope.decisions(), []);
    assert!(scope.run(block("a", 1)).await.is_err());
}
