//! A process that is ended with the disk full, and everything else taken.

use std::time::Duration;

use chaos_local::{Invocation, InvokeError};
use chaos_tests::small_disk::SmallDisk;
use chaos_tests::{Found, Running, wait};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::{ending, run, taken};

const ID: &str = "ended-with-its-process";

/// The process has ended: its disk is free, and the next one finds all as the first did.
async fn is_over(disk: &SmallDisk, function: &Running, before: &Found) {
    let meanwhile = function.meanwhile(ID).await;
    taken::assert_all_taken(before, &meanwhile, function);
    let free = wait::until(wait::LONG, async || disk.free() == before.free);
    assert!(
        free.await,
        "{} bytes are free\n{}",
        disk.free(),
        function.story()
    );
    assert_eq!(disk.files(), 0, "files were left");
    taken::assert_back(before, function, ID).await;
    assert_eq!(function.function.restarts(), 1, "{}", function.story());
    assert_eq!(function.found().await.runs, 0, "this is another process");
}

#[tokio::test]
async fn by_a_kill() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let function = run(&disk, &taken::all()).await;
    let before = function.found().await;
    let killed = async {
        function
            .line("that it stays", |line| line.field("message") == "staying")
            .await;
        assert_eq!(disk.free(), 0, "{}", function.story());
        let pid = function.function.pid().expect("it runs");
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a process id"), Signal::KILL).expect("it is ours");
    };
    let (ended, ()) = tokio::join!(function.no_answer(ending("stay", ID)), killed);
    assert!(matches!(ended, InvokeError::Exited { .. }), "{ended:?}");
    is_over(&disk, &function, &before).await;
}

/// As Lambda ends one that does not answer in time.
#[tokio::test]
async fn by_its_deadline() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let function = run(&disk, &taken::all()).await;
    let before = function.found().await;
    let stays = Invocation::new(json!({"look": true, "end": "stay"}));
    let stays = stays.request_id(ID).timeout(Duration::from_secs(4));
    let ended = function.no_answer(stays).await;
    assert!(matches!(ended, InvokeError::TimedOut { .. }), "{ended:?}");
    is_over(&disk, &function, &before).await;
}

/// By the mode `exit`, after the handler's work.
#[tokio::test]
async fn by_an_exit() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let mut document = taken::all();
    document["exit"] = json!({"enabled": true, "exit_code": 7, "phase": "after"});
    let function = run(&disk, &document).await;
    let before = function.found().await;
    let ended = function.no_answer(ending("return", ID)).await;
    assert!(matches!(ended, InvokeError::Exited { .. }), "{ended:?}");
    is_over(&disk, &function, &before).await;
}
