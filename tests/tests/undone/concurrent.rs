//! Eight invocations at once in one process, which end in every way.

use std::sync::Arc;

use chaos_local::Reply;
use chaos_tests::small_disk::{MEGABYTES, SmallDisk};
use chaos_tests::{Found, Running};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{launch, taken};

const AT_ONCE: usize = 8;
const MEGABYTE: u64 = 1 << 20;

/// Each of the eight takes so much of everything.
fn document() -> Value {
    json!({
        "diskspace": {"enabled": true, "disk_space": 3},
        "memory": {"enabled": true, "memory_mb": 40},
        "cpu": {"enabled": true, "cpu_threads": 1},
        "denylist": {"enabled": true, "deny_list": ["local"]},
    })
}

/// The eight, of which none goes on before all are there and the first has looked round.
async fn at_once(function: &Arc<Running>, round: usize, ways: [&'static str; AT_ONCE]) -> Found {
    let id = format!("{round}-0");
    let mut invoked: JoinSet<(&str, Reply)> = JoinSet::new();
    for (at, way) in ways.into_iter().enumerate() {
        let event = json!({"eight": true, "look": at == 0, "end": way});
        let event = chaos_local::Invocation::new(event).request_id(format!("{round}-{at}"));
        let function = Arc::clone(function);
        invoked.spawn(async move { (way, function.reply(event).await) });
    }
    while let Some(reply) = invoked.join_next().await {
        let (way, reply) = reply.expect("an answer");
        let failed = matches!(way, "error" | "panic");
        assert_eq!(
            reply.failed,
            failed,
            "{way}: {reply:?}\n{}",
            function.story()
        );
    }
    function.meanwhile(&id).await
}

#[tokio::test]
async fn the_last_one_out_leaves_all_as_it_was() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let function = launch(&disk, &document());
    let function = function.env("AWS_LAMBDA_MAX_CONCURRENCY", AT_ONCE.to_string());
    let function = Arc::new(function.start().await);
    let before = function.found().await;
    let mixed = [
        "return", "return", "error", "error", "panic", "panic", "dropped", "dropped",
    ];
    let rounds = [
        ["return"; 8],
        ["error"; 8],
        ["panic"; 8],
        ["dropped"; 8],
        mixed,
    ];
    for (round, ways) in rounds.into_iter().enumerate() {
        let during = at_once(&function, round, ways).await;
        let story = function.story();
        assert_eq!(before.free, MEGABYTES * MEGABYTE, "{before:?}");
        assert_eq!(
            during.free,
            before.free - 24 * MEGABYTE,
            "{during:?}\n{story}"
        );
        assert!(
            during.resident >= before.resident + 320 * MEGABYTE,
            "{before:?}, then {during:?}\n{story}"
        );
        assert_eq!(during.threads, AT_ONCE, "{during:?}\n{story}");
        assert!(!during.resolves, "{during:?}\n{story}");
        taken::assert_back(&before, &function, ways[7]).await;
    }
}
