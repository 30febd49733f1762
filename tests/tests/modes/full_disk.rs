//! Mode `diskspace` on a disk that is smaller than what the document asks for: a write of the
//! handler's fails as it does on a full disk.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use chaos_tests::Launch;
use serde_json::{Value, json};

/// `ENOSPC`.
const NO_SPACE: i32 = 28;
/// Mounts a small disk on its first argument and becomes its second.
const ON_A_SMALL_DISK: &str = r#"mount -t tmpfs -o size=32m tmpfs "$1" && exec "$2""#;
/// Ways to a file system that nobody else sees: as root, or as anybody where the kernel lets them.
const WAYS: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];

/// Becomes a program that has a small disk of its own on a directory.
fn on_a_small_disk(way: &[&str], directory: &Path, program: &str) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(way)
        .args(["sh", "-c", ON_A_SMALL_DISK, "sh"])
        .arg(directory)
        .arg(program)
        .env("TMPDIR", directory);
    command
}

fn way(directory: &Path) -> Option<&'static [&'static str]> {
    let works = |way: &&&[&str]| {
        let tried = on_a_small_disk(way, directory, "true").output();
        tried.is_ok_and(|tried| tried.status.success())
    };
    WAYS.iter().find(works).copied()
}

/// Not every machine lets a test mount something. What is not run is said, past the harness, which
/// keeps to itself what a test that passes prints; `cargo xtask test` runs all, or fails.
fn not_run() {
    let why = "neither root nor a user namespace may mount a tmpfs here";
    let all = cfg!(feature = "outside") || std::env::var_os("CHAOS_TESTS_ALL").is_some();
    assert!(!all, "the full disk cannot be tried: {why}");
    writeln!(std::io::stderr(), "NOT RUN: the full disk, as {why}").expect("it can be said");
}

fn document(enabled: bool) -> String {
    json!({"diskspace": {"enabled": enabled, "disk_space": 1024}}).to_string()
}

#[tokio::test]
async fn a_write_fails_as_on_a_full_disk_and_works_again_after_the_flip() {
    let directory = tempfile::tempdir().expect("a directory");
    let Some(way) = way(directory.path()) else {
        return not_run();
    };
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), document(true)).expect("the file can be written");
    let command = on_a_small_disk(way, directory.path(), env!("CARGO_BIN_EXE_function"));
    let function = Launch::of_command(command.into())
        .env("TEST_HANDLER", "disk")
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
