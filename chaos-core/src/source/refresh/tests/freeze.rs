//! Clocks that stand still, jump or go back, and runtimes that end.

use super::*;

#[tokio::test(start_paused = true)]
async fn after_a_freeze_the_request_waits_for_a_new_document() {
    let stage = Stage::new([Say::Text("a"), Say::Slow(50, "b")]);
    stage.invoke().await;
    assert!(stage.refresh.is_fresh());
    // the monotonic clock does not show it
    stage.freeze(secs(200));
    assert!(!stage.refresh.is_fresh());
    assert_eq!(stage.invoke().await, Some(50));
    assert_eq!(stage.in_force().as_deref(), Some("b"));
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_was_frozen_is_begun_anew() {
    let stage = Stage::new([Say::Text("a"), Say::Hang, Say::Slow(50, "b")]);
    stage.invoke().await;
    sleep_s(61).await;
    stage.invoke_freely().await;
    assert_eq!(stage.fetches(), 2);
    stage.freeze(secs(600));
    // by the invocation, which does not wait for the old one
    assert_eq!(stage.invoke().await, Some(50));
    assert_eq!(stage.fetches(), 3);
    assert_eq!(stage.script.open.load(SeqCst), 0);
    assert_eq!(stage.news(), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_was_frozen_begins_anew_by_itself() {
    let stage = Stage::new([Say::Hang, Say::Text("a")]);
    let wait = stage.refresh.turn().unwrap();
    sleep_ms(1).await;
    stage.freeze(secs(2));
    wait.await;
    assert_eq!(stage.fetches(), 2);
    assert_eq!(stage.news(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn a_freeze_that_the_monotonic_clock_shows_is_noticed_as_well() {
    let stage = Stage::new([Say::Slow(400, "old"), Say::Text("new")]);
    let wait = stage.refresh.turn().unwrap();
    sleep_ms(1).await;
    // jumps, whereas sleeping would go from one timer to the next
    tokio::time::advance(secs(60)).await;
    wait.await;
    sleep_ms(1).await;
    assert_eq!(stage.news(), ["new"]);
}

#[tokio::test(start_paused = true)]
async fn what_comes_back_right_after_a_freeze_does_not_count() {
    for line in [Say::SlowFail(50), Say::Slow(50, "old")] {
        let stage = Stage::new([line, Say::Text("new")]);
        let wait = stage.refresh.turn().unwrap();
        sleep_ms(20).await;
        stage.freeze(secs(1800));
        wait.await;
        assert_eq!(stage.news(), ["new"]);
        assert!(stage.refresh.is_fresh());
    }
}

#[tokio::test(start_paused = true)]
async fn a_freeze_is_no_silence() {
    let stage = Stage::new([Say::Text("a"), Say::Hang]);
    stage.invoke().await;
    sleep_s(61).await;
    stage.invoke_freely().await;
    // thaws for 50 ms at a time: never long enough for an answer
    for _ in 0..20 {
        stage.freeze(secs(3));
        assert_eq!(stage.invoke().await.unwrap_or(0), 0);
        sleep_ms(50).await;
        if stage.clock.now().wall >= 1_700_000_110_000 {
            break;
        }
    }
    assert_eq!(stage.news(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_blocks_its_thread_is_not_taken_for_frozen() {
    let stage = Stage::new([Say::Block]);
    stage.invoke().await;
    assert_eq!(stage.fetches(), 1);
    assert_eq!(stage.in_force().as_deref(), Some("blocked"));
}

#[tokio::test(start_paused = true)]
async fn a_wall_clock_that_goes_back_breaks_nothing() {
    let stage = Stage::new([Say::Text("a"), Say::Slow(50, "b"), Say::Fail("refused")]);
    stage.invoke().await;
    stage.clock.wall_back(secs(1_000_000));
    sleep_s(59).await;
    assert!(stage.refresh.is_fresh());
    sleep_s(2).await;
    assert_eq!(stage.invoke().await, None);
    stage.clock.wall_back(secs(1_000_000));
    sleep_ms(51).await;
    assert_eq!(stage.in_force().as_deref(), Some("b"));
    // neither does it keep a document in force
    for _ in 0..301 {
        sleep_s(1).await;
        stage.clock.wall_back(secs(2));
        stage.invoke_freely().await;
    }
    assert_eq!(stage.in_force(), None);
}

#[test]
fn a_fetch_that_ends_with_its_runtime_is_begun_anew_on_the_next() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
    };
    // before the fetch was polled for the first time, and after
    for lines in [vec![Say::Text("a")], vec![Say::Hang, Say::Text("a")]] {
        let stage = Stage::new(lines.clone());
        let first = runtime();
        let wait = {
            let _inside = first.enter();
            stage.refresh.turn().unwrap()
        };
        if lines.len() > 1 {
            first.block_on(tokio::task::yield_now());
        }
        drop(first);
        runtime().block_on(async {
            let start = Instant::now();
            // whoever waited is let go
            wait.await;
            assert!(start.elapsed() < FETCH_TIMEOUT);
            assert!(stage.invoke().await.is_some());
        });
        assert_eq!(stage.in_force().as_deref(), Some("a"));
    }
}

#[test]
fn a_fetch_whose_runtime_stands_still_is_begun_anew_on_another() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
    };
    let stage = Stage::new([Say::Hang, Say::Text("a")]);
    let first = runtime();
    let wait = {
        let _inside = first.enter();
        stage.refresh.turn().unwrap()
    };
    first.block_on(tokio::task::yield_now());
    stage.freeze(secs(2));
    runtime().block_on(stage.invoke());
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    first.block_on(tokio::task::yield_now());
    drop(wait);
    assert_eq!(stage.script.open.load(SeqCst), 0);
}
