//! An experiment from the beginning to the end, on a function that runs.

use std::time::Duration;

use chaos_tests::{Launch, Running, build, events};

use crate::support::{Bench, NAME};

/// What is injected.
const WAIT: Duration = Duration::from_millis(600);

/// Far more often than a busy machine is in the way.
const TRIES: usize = 10;

/// Whether chaos held a request up: the clock says it, and so does the log, since a busy machine
/// is slow too.
async fn is_slowed_down(function: &Running) -> bool {
    let before = function.actions("inject").len();
    let reply = function.reply(events::api_v2()).await;
    let injected = function.actions("inject").len() > before;
    assert!(!injected || reply.duration >= WAIT, "{:?}", reply.duration);
    injected
}

#[tokio::test(flavor = "multi_thread")]
async fn it_begins_ends_by_itself_and_leaves_nothing_on() {
    let bench = Bench::new().await;
    bench.done("init").await;
    let mut launch = Launch::of(build::quickstart());
    for (name, value) in bench.params.env() {
        launch = launch.env(name, value);
    }
    let launch = launch.env("CHAOS_PARAM", NAME).env("CHAOS_CACHE_TTL", "0");
    let function = launch.start().await;
    assert!(!is_slowed_down(&function).await, "nothing is on yet");

    // It has two seconds, of which a busy machine may need all: then it is done again.
    let mut tries = 0;
    loop {
        bench
            .done("enable latency --min-latency 600 --for 2s --yes")
            .await;
        if is_slowed_down(&function).await {
            break;
        }
        tries += 1;
        assert!(tries < TRIES, "never slow\n{}", function.story());
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!is_slowed_down(&function).await, "nobody touched anything");
    let ran = bench.done("status").await;
    assert!(ran.stdout.contains("nothing is on"), "{ran:?}");
    assert!(ran.stdout.contains("latency  expired"), "{ran:?}");

    bench.done("disable --all").await;
    assert_eq!(bench.on(), [] as [&str; 0]);
    let ran = bench.done("status").await;
    assert!(!ran.stdout.contains("expired"), "{ran:?}");
    assert!(!is_slowed_down(&function).await);
}
