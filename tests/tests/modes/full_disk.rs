//! Mode `diskspace` on a disk that is smaller than what the document asks for: a write of the
//! handler's fails as it does on a full disk.

use std::fs;

use chaos_tests::small_disk::{MEGABYTES, SmallDisk};
use chaos_tests::{Launch, Line, Running};
use serde_json::{Value, json};

/// `ENOSPC`.
const NO_SPACE: i32 = 28;
const MEGABYTE: u64 = 1 << 20;

fn launch(disk: &SmallDisk) -> Launch {
    let function = disk.command(env!("CARGO_BIN_EXE_function"));
    Launch::of_command(function.into()).env("TEST_HANDLER", "disk")
}

fn document(enabled: bool) -> String {
    json!({"diskspace": {"enabled": enabled, "disk_space": 1024}}).to_string()
}

#[tokio::test]
async fn a_write_fails_as_on_a_full_disk_and_works_again_after_the_flip() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), document(true)).expect("the file can be written");
    let function = launch(&disk)
        .env("CHAOS_CACHE_TTL", "0")
        .file(file.path())
        .start()
        .await;

    let write = || function.answer(json!({"write": 3}));
    let full = write().await;
    assert_eq!(full["error"], NO_SPACE, "{full}\n{}", function.story());
    assert_eq!(full["df"], 0, "{full}\n{}", function.story());
    let line = function
        .line("the blocks", |line| line.is_action("inject"))
        .await;
    assert_eq!(line.field("detail"), "the disk is full", "{line}");

    fs::write(file.path(), document(false)).expect("the file can be written");
    let normal = write().await;
    assert_eq!(
        normal["error"],
        Value::Null,
        "{normal}\n{}",
        function.story()
    );
    assert_eq!(normal["held"], 0, "{normal}");

    fs::write(file.path(), document(true)).expect("the file can be written");
    let again = write().await;
    assert_eq!(again["error"], NO_SPACE, "{again}\n{}", function.story());
}

async fn leaving(disk: &SmallDisk, megabytes: u64) -> (Running, Value, Line) {
    let document = json!({"diskspace": {"enabled": true, "leave_free": megabytes}});
    let function = launch(disk).document(&document).start().await;
    let during = function.answer(json!({})).await;
    let line = function
        .line("the blocks", |line| line.is_action("inject"))
        .await;
    assert_eq!(disk.free(), MEGABYTES * MEGABYTE, "{}", function.story());
    (function, during, line)
}

#[tokio::test]
async fn all_but_so_much_is_taken_and_a_write_of_more_fails() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let (function, during, line) = leaving(&disk, 5).await;
    assert_eq!(during["free"], 5 * MEGABYTE, "{during}");
    assert_eq!(during["df"], 5 * MEGABYTE, "{during}");
    assert_eq!(line.field("disk_mb"), (MEGABYTES - 5).to_string(), "{line}");
    assert_eq!(line.field("leave_free_mb"), "5", "{line}");

    let fits = function.answer(json!({"write": 4})).await;
    assert_eq!(fits["error"], Value::Null, "{fits}");
    let too_much = function.answer(json!({"write": 6})).await;
    assert_eq!(too_much["error"], NO_SPACE, "{too_much}");
}

#[tokio::test]
async fn less_than_that_is_free_anyway() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let (_function, during, line) = leaving(&disk, MEGABYTES + 1).await;
    assert_eq!(during["free"], MEGABYTES * MEGABYTE, "{during}");
    assert_eq!(line.field("disk_mb"), "0", "{line}");
    let why = "no more than that was free before";
    assert_eq!(line.field("detail"), why, "{line}");
}
