//! Mode `cpu`: threads are busy while the function runs, and gone however that ends.

use std::time::Instant;

use chaos_core::inject_chaos;
use chaos_core::testing::{Action, Scope};
use lambda_runtime::Error;
use tokio::sync::Mutex;

use super::*;

/// One at a time: each counts the threads of the same process.
static CORES: Mutex<()> = Mutex::const_new(());

fn scope(attributes: &Value) -> Scope {
    let mut flag = json!({"enabled": true});
    let attributes = attributes.as_object().expect("attributes").clone();
    flag.as_object_mut().expect("a flag").extend(attributes);
    Scope::allowing(&json!({"cpu": flag}), &["cpu"])
}

fn busy_threads() -> usize {
    let threads = std::fs::read_dir("/proc/self/task").expect("Linux");
    threads
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("comm")).ok())
        .filter(|name| name.trim_end() == "chaos-cpu")
        .count()
}

/// What the process has used of the cores, in ticks of 10 ms.
fn used() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, figures) = stat.rsplit_once(") ").expect("a name in parentheses");
    let figure = figures.split(' ').nth(11).expect("user time");
    figure.parse().expect("a number")
}

/// Waits until there are so many, since a thread has its name a moment after it is started.
fn wait_for(threads: usize) {
    let start = Instant::now();
    let mut found = busy_threads();
    while found != threads && start.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(1));
        found = busy_threads();
    }
    assert_eq!(found, threads);
}

#[inject_chaos]
async fn ends(how: &str) -> Result<(), Error> {
    wait_for(3);
    match how {
        "error" => Err("its own".into()),
        "panic" => panic!("its own"),
        "cancelled" => std::future::pending().await,
        _ => Ok(()),
    }
}

async fn threads_are_gone_after(how: &'static str) {
    let _one = CORES.lock().await;
    let call = tokio::spawn(async move {
        let scope = scope(&json!({"cpu_threads": 3}));
        let call = scope.run(ends(how));
        let ended = tokio::time::timeout(Duration::from_millis(300), call).await;
        assert_eq!(ended.is_err(), how == "cancelled");
        // They were joined; the kernel takes a thread off its list a moment later.
        wait_for(0);
        assert_eq!(scope.injected(), ["cpu"]);
    });
    assert_eq!(call.await.is_err(), how == "panic");
    wait_for(0);
}

#[tokio::test]
async fn after_a_return() {
    threads_are_gone_after("return").await;
}

#[tokio::test]
async fn after_an_error() {
    threads_are_gone_after("error").await;
}

#[tokio::test]
async fn after_a_panic() {
    threads_are_gone_after("panic").await;
}

#[tokio::test]
async fn after_a_cancellation() {
    threads_are_gone_after("cancelled").await;
}

#[test]
fn the_cores_are_really_busy() {
    #[inject_chaos(point = "store.get")]
    fn get() -> u64 {
        let (before, start) = (used(), Instant::now());
        // This thread sleeps, and the machine may be busy with others.
        while used() - before < 10 && start.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(20));
        }
        used() - before
    }
    let _one = CORES.blocking_lock();
    let scope = scope(&json!({"point": "store.*", "cpu_threads": 1}));
    let ticks = scope.run_blocking(get);
    assert!(ticks >= 10, "{ticks} ticks of 10 ms");
}

#[tokio::test]
async fn they_are_busy_for_so_long_at_most_and_never_past_the_deadline() {
    #[inject_chaos]
    async fn handler(_: LambdaEvent<Value>) -> Result<(), Error> {
        // By then all of them have their names.
        std::thread::sleep(Duration::from_millis(100));
        wait_for(0);
        Ok(())
    }
    let _one = CORES.lock().await;
    let short = scope(&json!({"cpu_ms": 50, "cpu_threads": 2}));
    short.run(handler(unending())).await.expect("an answer");
    assert_eq!(short.decisions()[0].cpu_ms, Some(50));
    assert_eq!(short.decisions()[0].cpu_threads, Some(2));

    let until_the_deadline = scope(&json!({}));
    let event = ending_in(Duration::from_millis(1_500));
    until_the_deadline
        .run(handler(event))
        .await
        .expect("an answer");
    let decision = &until_the_deadline.decisions()[0];
    assert!(
        decision.cpu_ms.is_some_and(|ms| ms <= 1_500),
        "{decision:?}"
    );
    let cores = std::thread::available_parallelism()
        .expect("a number")
        .get();
    assert_eq!(decision.cpu_threads.map(usize::from), Some(cores));
}

#[tokio::test]
async fn neither_a_dry_run_nor_what_is_not_named_starts_a_thread() {
    #[inject_chaos]
    async fn handler(_: LambdaEvent<Value>) -> Result<usize, Error> {
        Ok(busy_threads())
    }
    let _one = CORES.lock().await;
    let dry = json!({"settings": {"dry_run": true}, "cpu": {"enabled": true}});
    for (scope, action) in [
        (Scope::allowing(&dry, &["cpu"]), Action::DryRun),
        (
            Scope::new(&json!({"cpu": {"enabled": true}})),
            Action::Block,
        ),
    ] {
        assert_eq!(scope.run(handler(unending())).await.expect("a count"), 0);
        assert_eq!(scope.decisions()[0].action, action);
        assert_eq!(scope.decisions()[0].cpu_ms, Some(900_000));
    }
}
