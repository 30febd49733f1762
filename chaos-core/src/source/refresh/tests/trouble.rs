//! What happens while there is no answer, or one that says that there is no document.

use super::*;

#[tokio::test(start_paused = true)]
async fn after_a_failed_fetch_no_request_waits() {
    let stage = Stage::new([Say::SlowFail(40)]);
    assert_eq!(stage.invoke().await, Some(40));
    for _ in 0..1000 {
        sleep_ms(290).await;
        assert_eq!(stage.invoke().await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_failed_fetch_beside_a_handler_no_request_waits() {
    let stage = Stage::new([Say::Text("a"), Say::Fail("refused")]);
    stage.invoke().await;
    sleep_s(61).await;
    stage.invoke_freely().await;
    for _ in 0..200 {
        sleep_s(1).await;
        assert_eq!(stage.invoke().await, None);
    }
    assert_eq!(stage.in_force().as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn after_a_wait_that_ran_out_no_request_waits() {
    let stage = Stage::new([Say::Hang]);
    assert_eq!(stage.invoke().await, Some(500));
    for _ in 0..1000 {
        sleep_ms(290).await;
        assert_eq!(stage.invoke().await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn while_fetches_fail_one_request_in_each_max_stale_waits() {
    let stage = Stage::new([Say::SlowFail(20)]);
    let mut waits = Vec::new();
    let start = Instant::now();
    while start.elapsed() < secs(1500) {
        let at = start.elapsed().as_secs();
        if stage.invoke().await.is_some() {
            waits.push(at);
        }
        sleep_ms(100).await;
    }
    assert_eq!(waits.len(), 5, "{waits:?}");
    assert!(waits.windows(2).all(|w| w[1] - w[0] >= 300), "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn further_fetches_run_beside_with_growing_pauses() {
    let stage = Stage::new([Say::Fail("refused")]);
    stage.invoke().await;
    let start = Instant::now();
    while start.elapsed() < secs(290) {
        sleep_ms(100).await;
        assert_eq!(stage.invoke().await, None);
    }
    // pauses of up to 1, 2, 4, 8, 16, 32 and then 60 s
    let fetches = stage.fetches();
    assert!((7..60).contains(&fetches), "{fetches}");
    let failures = stage.news().len();
    assert_eq!(failures, fetches);
}

#[tokio::test(start_paused = true)]
async fn the_first_success_ends_the_trouble() {
    let stage = Stage::new([Say::Fail("refused"), Say::Fail("refused"), Say::Text("a")]);
    stage.invoke().await;
    for _ in 0..10 {
        sleep_s(1).await;
        stage.invoke_freely().await;
    }
    assert_eq!(stage.news(), ["<failed>", "<failed>", "a"]);
    // and the next trouble may be waited for again
    stage.says([Say::Hang]);
    sleep_s(120).await;
    assert_eq!(stage.invoke().await, Some(500));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_ran_out_leaves_its_fetch_for_the_next_invocation() {
    let stage = Stage::new([Say::Slow(800, "a")]);
    assert_eq!(stage.invoke().await, Some(500));
    assert_eq!(stage.in_force(), None);
    assert_eq!(stage.invoke().await, None);
    sleep_ms(301).await;
    assert_eq!(stage.invoke().await, None);
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    assert_eq!(stage.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn when_one_wait_runs_out_the_others_end_as_well() {
    let stage = Stage::new([Say::Hang]);
    let refresh = Arc::clone(&stage.refresh);
    let first = tokio::spawn(async move { invoke(&refresh).await });
    sleep_ms(400).await;
    assert_eq!(stage.invoke().await, Some(100));
    assert_eq!(first.await.unwrap(), Some(500));
}

#[tokio::test(start_paused = true)]
async fn the_last_document_stays_in_force_for_max_stale_and_no_longer() {
    let stage = Stage::new([Say::Text("a"), Say::Fail("refused")]);
    stage.invoke().await;
    for _ in 0..298 {
        sleep_s(1).await;
        stage.invoke_freely().await;
        assert_eq!(stage.in_force().as_deref(), Some("a"));
    }
    sleep_s(2).await;
    stage.invoke_freely().await;
    assert_eq!(stage.in_force(), None);
    stage.invoke_freely().await;
    let lapses = stage.news().into_iter().filter(|news| news == "<lapsed>");
    assert_eq!(lapses.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_document_that_lapsed_is_applied_again_when_it_is_confirmed() {
    let stage = Stage::new([Say::Text("a"), Say::Fail("refused")]);
    stage.invoke().await;
    for _ in 0..31 {
        sleep_s(10).await;
        stage.invoke().await;
    }
    assert_eq!(stage.in_force(), None);
    stage.says([Say::Text("a")]);
    for _ in 0..61 {
        sleep_s(1).await;
        stage.invoke_freely().await;
    }
    assert_eq!(stage.in_force().as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn max_stale_is_never_less_than_twice_the_cache_time() {
    let timing = Timing {
        max_stale: secs(10),
        ..timing(Some(TTL))
    };
    let stage = Stage::with_timing(timing, [Say::Text("a"), Say::Fail("refused")]);
    stage.invoke().await;
    sleep_s(61).await;
    stage.invoke_freely().await;
    sleep_s(58).await;
    stage.invoke_freely().await;
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    sleep_s(1).await;
    stage.invoke().await;
    assert_eq!(stage.in_force(), None);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_function_that_is_answered_in_time_lapses_nothing() {
    let stage = Stage::new([Say::Text("a"), Say::Slow(100, "a")]);
    stage.invoke().await;
    stage.freeze(secs(3600));
    assert_eq!(stage.invoke().await, Some(100));
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    assert_eq!(stage.news(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_function_that_is_not_answered_has_no_chaos() {
    for line in [Say::Hang, Say::Fail("refused")] {
        let stage = Stage::new([Say::Text("a"), line]);
        stage.invoke().await;
        stage.freeze(secs(3600));
        stage.invoke().await;
        assert_eq!(stage.in_force(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_that_is_gone_means_no_chaos_at_once() {
    for line in [Say::Missing, Say::Invalid] {
        let stage = Stage::new([Say::Text("a"), line, line, Say::Text("a")]);
        stage.invoke().await;
        sleep_s(61).await;
        stage.invoke_freely().await;
        assert_eq!(stage.in_force(), None);
        // which is an answer: used for the cache time, and told once
        assert!(stage.refresh.is_fresh());
        sleep_s(61).await;
        stage.invoke_freely().await;
        assert!(stage.refresh.is_fresh());
        assert_eq!(stage.news(), ["a", "<gone>"]);
        // back again, though it is the same text
        sleep_s(61).await;
        stage.invoke_freely().await;
        assert_eq!(stage.news(), ["a"]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_document_means_no_chaos_and_counts_as_an_answer() {
    let stage = Stage::new([
        Say::Text("a"),
        Say::Text("garbage"),
        Say::Text("garbage"),
        Say::Text("b"),
    ]);
    stage.invoke().await;
    sleep_s(61).await;
    stage.invoke_freely().await;
    assert_eq!(stage.in_force(), None);
    assert!(stage.refresh.is_fresh());
    sleep_s(61).await;
    stage.invoke_freely().await;
    // not parsed again, nor did it lapse
    assert_eq!(stage.news(), ["a", "garbage"]);
    sleep_s(61).await;
    stage.invoke_freely().await;
    assert_eq!(stage.in_force().as_deref(), Some("b"));
}

#[tokio::test(start_paused = true)]
async fn a_fetch_without_an_answer_is_given_up() {
    let stage = Stage::new([Say::Hang, Say::Text("a")]);
    stage.invoke().await;
    sleep_ms(4400).await;
    assert_eq!(stage.news(), [""; 0]);
    sleep_ms(200).await;
    assert_eq!(stage.news(), ["<failed>"]);
    assert_eq!(stage.script.open.load(SeqCst), 0);
    sleep_s(1).await;
    stage.invoke_freely().await;
    assert_eq!(stage.in_force().as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn a_fetch_has_at_least_twice_the_fetch_timeout() {
    let timing = Timing {
        fetch_timeout: secs(10),
        ..timing(Some(TTL))
    };
    let stage = Stage::with_timing(timing, [Say::Slow(19_000, "a")]);
    assert_eq!(stage.invoke().await, Some(10_000));
    sleep_s(10).await;
    assert_eq!(stage.in_force().as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_panics_has_failed() {
    for line in [Say::Panic, Say::PanicLater] {
        let stage = Stage::new([line, Say::Text("a")]);
        assert_eq!(stage.invoke().await, Some(0));
        assert_eq!(stage.news(), ["<failed>"]);
        sleep_s(1).await;
        stage.invoke_freely().await;
        assert_eq!(stage.in_force().as_deref(), Some("a"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_panics_holds_nothing_up() {
    let stage = Stage::new([Say::Text("sink panics"), Say::Text("a")]);
    assert_eq!(stage.invoke().await, Some(0));
    sleep_s(61).await;
    stage.invoke_freely().await;
    assert_eq!(stage.in_force().as_deref(), Some("a"));
}
