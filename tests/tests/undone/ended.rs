//! Each mode that takes something, and each way in which a call ends.

use chaos_local::Reply;
use chaos_tests::small_disk::SmallDisk;
use serde_json::json;

use super::taken::{self, Taking};
use super::{ending, run};

/// How a call ends, and whether a reply is of that.
type Way = (&'static str, fn(&Reply) -> bool);

/// How a call ends, and whether that is what came of it.
const WAYS: [Way; 4] = [
    ("return", |reply| {
        reply
            .payload()
            .is_ok_and(|answer| answer["body"] == "own answer")
    }),
    ("error", |reply| {
        reply
            .payload()
            .is_err_and(|error| error.error_message == "its own")
    }),
    ("panic", |reply| {
        reply
            .payload()
            .is_err_and(|error| error.error_message.contains("its own"))
    }),
    ("dropped", |reply| {
        reply.payload() == Ok(json!({"given_up": true}))
    }),
];

/// In the same process, twice each way, so that what is left each time adds up.
async fn in_every_way(taking: &Taking) {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let function = run(&disk, &taking.document()).await;
    let process = function.function.pid();
    let before = function.found().await;
    for round in 1..=2 {
        for (how, is_it) in WAYS {
            let id = format!("{how}-{round}");
            let reply = function.reply(ending(how, &id)).await;
            assert!(is_it(&reply), "{id}: {reply:?}\n{}", function.story());
            let meanwhile = function.meanwhile(&id).await;
            taking.assert_taken(&before, &meanwhile, &function);
            let cleared = function.line("that it is given back", |line| {
                line.is_action("clear") && line.field("request_id") == id
            });
            assert_eq!(cleared.await.field("mode"), taking.mode);
            taken::assert_back(&before, &function, &id).await;
        }
    }
    assert_eq!(function.function.pid(), process, "{}", function.story());
}

#[tokio::test]
async fn the_disk_is_free() {
    in_every_way(&taken::disk()).await;
}

#[tokio::test]
async fn memory_is_back() {
    in_every_way(&taken::memory()).await;
}

#[tokio::test]
async fn the_cores_are_idle() {
    in_every_way(&taken::cores()).await;
}

#[tokio::test]
async fn names_resolve() {
    in_every_way(&taken::names()).await;
}

/// An allocator keeps blocks of this size for itself, and the next thread has one of its own.
#[tokio::test]
async fn memory_that_is_taken_a_little_at_a_time_is_back() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let document = json!({"memory": {"enabled": true, "memory_mb": 20}});
    let function = run(&disk, &document).await;
    let before = function.found().await;
    for _ in 0..20 {
        function.answer(json!({})).await;
    }
    let after = function.found().await;
    assert!(
        after.resident < before.resident + (10 << 20),
        "{before:?}, then {after:?}"
    );
}
