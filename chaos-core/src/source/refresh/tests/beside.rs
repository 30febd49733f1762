//! Callers that never wait.

use super::*;

/// A handler that runs for so many seconds and comes by a point in each.
async fn long_handler(stage: &Stage, seconds: u64) {
    for _ in 0..seconds {
        sleep_s(1).await;
        stage.refresh.turn_beside();
    }
    sleep_ms(1).await;
}

#[tokio::test(start_paused = true)]
async fn a_document_that_is_gone_takes_effect_in_a_long_handler() {
    let stage = Stage::new([Say::Text("a"), Say::Missing, Say::Text("b")]);
    stage.invoke().await;
    long_handler(&stage, 59).await;
    assert_eq!(stage.fetches(), 1);
    long_handler(&stage, 2).await;
    assert_eq!(stage.news(), ["a", "<gone>"]);
    long_handler(&stage, 61).await;
    assert_eq!(stage.in_force().as_deref(), Some("b"));
}

#[tokio::test(start_paused = true)]
async fn max_stale_takes_effect_in_a_long_handler() {
    for line in [Say::Hang, Say::Fail("refused")] {
        let stage = Stage::new([Say::Text("a"), line]);
        stage.invoke().await;
        long_handler(&stage, 299).await;
        assert_eq!(stage.in_force().as_deref(), Some("a"));
        long_handler(&stage, 1).await;
        assert_eq!(stage.in_force(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_document_arrives_beside_the_caller() {
    let stage = Stage::new([Say::Slow(200, "a")]);
    stage.refresh.turn_beside();
    stage.refresh.turn_beside();
    sleep_ms(201).await;
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    assert_eq!(stage.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_wait_is_left_to_a_request() {
    let stage = Stage::new([Say::Text("a"), Say::Hang]);
    stage.invoke().await;
    stage.freeze(secs(200));
    stage.refresh.turn_beside();
    assert_eq!(stage.invoke().await, Some(500));
    assert_eq!(stage.invoke().await, None);
    // and so is the next one, in the same trouble
    long_handler(&stage, 301).await;
    assert_eq!(stage.invoke().await, Some(500));
    assert_eq!(stage.invoke().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_due_is_no_reason_to_press_the_source() {
    let stage = Stage::new([Say::Fail("refused")]);
    stage.invoke().await;
    long_handler(&stage, 400).await;
    let before = stage.fetches();
    // the pauses are at most a minute by now, and half that on average
    for _ in 0..6000 {
        sleep_ms(100).await;
        stage.refresh.turn_beside();
    }
    let fetches = stage.fetches() - before;
    assert!((9..80).contains(&fetches), "{fetches}");
}

#[test]
fn a_source_that_need_not_wait_is_read_at_once() {
    let stage = Stage::build(timing(None), [Say::Text("a")], true);
    stage.refresh.turn_beside();
    assert_eq!(stage.in_force().as_deref(), Some("a"));
}

#[test]
fn outside_a_runtime_a_document_lapses() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let stage = Stage::new([Say::Text("a")]);
    runtime.block_on(stage.invoke());
    stage.freeze(secs(301));
    stage.refresh.turn_beside();
    assert_eq!(stage.in_force(), None);
    assert_eq!(stage.fetches(), 1);
}
