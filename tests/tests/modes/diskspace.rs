//! Mode `diskspace`: real blocks are gone during the invocation, and back after it.

use std::path::Path;

use chaos_local::InvokeError;
use chaos_tests::{Running, function, wait};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

const MEGABYTE: u64 = 1 << 20;
/// What the document asks for.
const TAKEN: u64 = 1024 * MEGABYTE;
/// What others may do to the disk meanwhile.
const SLACK: u64 = 400 * MEGABYTE;

/// One at a time looks at the disk that all share.
async fn disk() -> MutexGuard<'static, ()> {
    static DISK: Mutex<()> = Mutex::const_new(());
    DISK.lock().await
}

fn free(directory: &Path) -> u64 {
    let stat = rustix::fs::statvfs(directory).expect("a directory can be asked");
    stat.f_bfree * stat.f_frsize
}

fn document(percentage: u8) -> Value {
    json!({"diskspace": {"enabled": true, "percentage": percentage, "disk_space": 1024}})
}

async fn run(directory: &TempDir, document: &Value) -> Running {
    function!("disk")
        .env("TMPDIR", directory.path())
        .document(document)
        .start()
        .await
}

fn bytes(answer: &Value, field: &str) -> u64 {
    answer[field]
        .as_u64()
        .unwrap_or_else(|| panic!("no {field} in {answer}"))
}

/// Waits until the disk is as it was.
async fn is_back(directory: &TempDir, before: u64, function: &Running) {
    let back = wait::until(wait::LONG, async || {
        free(directory.path()) + SLACK >= before
    });
    let back = back.await;
    let now = free(directory.path());
    assert!(
        back,
        "{before} bytes were free, now {now}\n{}",
        function.story()
    );
}

#[tokio::test]
async fn always() {
    let _disk = disk().await;
    let directory = tempfile::tempdir().expect("a directory");
    let function = run(&directory, &document(100)).await;
    for _ in 0..2 {
        let before = free(directory.path());
        let during = function.answer(json!({})).await;
        for who in ["free", "df"] {
            let left = bytes(&during, who);
            assert!(
                left + TAKEN <= before + SLACK,
                "{who}: {before}, then {during}"
            );
        }
        assert!(bytes(&during, "held") >= TAKEN, "{during}");
        is_back(&directory, before, &function).await;
    }
    let line = function
        .line("the blocks", |line| line.is_action("inject"))
        .await;
    assert_eq!(line.field("mode"), "diskspace", "{line}");
    assert_eq!(line.field("disk_mb"), "1024", "{line}");
}

#[tokio::test]
async fn never() {
    let _disk = disk().await;
    let directory = tempfile::tempdir().expect("a directory");
    let function = run(&directory, &document(0)).await;
    let before = free(directory.path());
    let during = function.answer(json!({})).await;
    assert_eq!(bytes(&during, "held"), 0, "{during}");
    assert!(
        bytes(&during, "free") + SLACK >= before,
        "{before}, then {during}"
    );
}

#[tokio::test]
async fn a_killed_process_gives_it_back() {
    let _disk = disk().await;
    let directory = tempfile::tempdir().expect("a directory");
    let function = run(&directory, &document(100)).await;
    let before = free(directory.path());
    let killed = async {
        function
            .line("that it stays", |line| line.field("message") == "staying")
            .await;
        let during = free(directory.path());
        assert!(during + TAKEN <= before + SLACK, "{before}, then {during}");
        let pid = function.function.pid().expect("it runs");
        let pid = i32::try_from(pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        let pid = pid.expect("a process id");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it is ours");
    };
    let (ended, ()) = tokio::join!(function.no_answer(json!({"stay": true})), killed);
    assert!(matches!(ended, InvokeError::Exited { .. }), "{ended:?}");
    is_back(&directory, before, &function).await;
    let left = std::fs::read_dir(directory.path())
        .expect("entries")
        .count();
    assert_eq!(left, 0, "files were left in {}", directory.path().display());
}

/// As where a file system has no files without a name.
#[tokio::test]
async fn what_a_killed_process_left_is_cleared_at_the_next_start() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = |name: &str| directory.path().join(name);
    let (leftover, others) = (file("chaos-core-diskspace-1-2"), file("somebody-elses"));
    for path in [&leftover, &others] {
        std::fs::write(path, "x").expect("a file");
    }
    let function = run(&directory, &json!({})).await;
    function.answer(json!({})).await;
    assert!(!leftover.exists(), "{}", function.story());
    assert!(others.exists(), "{}", function.story());
    function
        .line("that it was cleared", |line| line.is_action("clear"))
        .await;
}
