//! Mode `diskspace` with `leave_free`, on a disk of its own; `engine.rs` has how a disk comes back.

use std::io::Write as _;
use std::process::Command;

use chaos_core::inject_chaos;
use chaos_core::testing::{Action, Scope};
use lambda_runtime::Error;

use super::*;

fn free_megabytes() -> u64 {
    let stat = rustix::fs::statvfs(std::env::temp_dir()).expect("statvfs");
    stat.f_bavail * stat.f_frsize / (1 << 20)
}

#[inject_chaos]
async fn free() -> Result<u64, Error> {
    Ok(free_megabytes())
}

fn leaving(megabytes: u64) -> Scope {
    Scope::new(&json!({"diskspace": {"enabled": true, "leave_free": megabytes}}))
}

/// What the next test starts as a process, with a disk of 64 MB.
#[tokio::test]
async fn child() {
    if std::env::var_os("TEST_CHILD").is_none() {
        return;
    }
    assert_eq!(free_megabytes(), 64);
    for (leave_free, left, taken, remark) in [
        (20, 20, 44, None),
        (0, 0, 64, None),
        (64, 64, 0, None),
        (100, 64, 0, Some("no more than that was free before")),
    ] {
        let scope = leaving(leave_free);
        assert_eq!(scope.run(free()).await.expect("a figure"), left);
        assert_eq!(free_megabytes(), 64, "it is back");
        let decision = &scope.decisions()[0];
        assert_eq!(decision.action, Action::Inject);
        assert_eq!(
            (decision.disk_mb, decision.leave_free_mb),
            (Some(taken), Some(leave_free))
        );
        assert_eq!(decision.message.as_deref(), remark);
    }
    println!("all that was to be left was left");
}

/// Ways to a disk that nobody else sees: as root, or as anybody where the kernel lets them.
const WAYS: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];

#[test]
fn all_but_what_is_to_be_left_free_is_taken() {
    let directory = tempfile::tempdir().expect("a directory");
    let on_a_small_disk = |way: &[&str], program: &str| {
        Command::new("unshare")
            .args(way)
            .args(["sh", "-c"])
            .arg("mount -t tmpfs -o size=64m tmpfs \"$TMPDIR\" && exec \"$@\"")
            .args(["sh", program, "--exact", "diskspace::child", "--nocapture"])
            .env("TMPDIR", directory.path())
            .env("TEST_CHILD", "1")
            .output()
    };
    let works = |way: &&&[&str]| {
        let tried = on_a_small_disk(way, "true");
        tried.is_ok_and(|tried| tried.status.success())
    };
    let Some(way) = WAYS.iter().find(works) else {
        assert!(
            std::env::var_os("CHAOS_TESTS_ALL").is_none(),
            "no tmpfs may be mounted here"
        );
        // Past the harness, which does not show what a test that passes prints.
        writeln!(
            std::io::stderr(),
            "NOT RUN: leave_free, as no tmpfs may be mounted here"
        )
        .expect("it can be said");
        return;
    };
    let program = std::env::current_exe().expect("this test");
    let output = on_a_small_disk(way, program.to_str().expect("a path")).expect("a process");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(
        printed.contains("all that was to be left was left"),
        "{output:?}"
    );
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_left_and_takes_nothing() {
    let document = json!({"diskspace": {"enabled": true, "leave_free": 5}});
    let scope = Scope::dry_run(&document);
    assert!(scope.run(free()).await.is_ok());
    let decision = &scope.decisions()[0];
    assert_eq!(decision.action, Action::DryRun);
    assert_eq!((decision.disk_mb, decision.leave_free_mb), (None, Some(5)));
}
