//! Who waits for a document, and for how long.

use super::*;

#[tokio::test(start_paused = true)]
async fn the_first_request_waits_for_the_document() {
    let stage = Stage::new([Say::Slow(200, "a")]);
    assert!(!stage.refresh.is_fresh());
    assert_eq!(stage.fetches(), 0);
    assert_eq!(stage.invoke().await, Some(200));
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    assert!(stage.refresh.is_fresh());
}

#[tokio::test(start_paused = true)]
async fn a_document_younger_than_the_cache_time_is_used_as_it_is() {
    let stage = Stage::new([Say::Text("a")]);
    stage.invoke().await;
    for _ in 0..59 {
        sleep_s(1).await;
        assert!(stage.refresh.is_fresh());
        // even if the slow path is taken
        assert!(stage.refresh.turn().is_none());
    }
    assert_eq!(stage.fetches(), 1);
    sleep_s(1).await;
    assert!(!stage.refresh.is_fresh());
}

#[tokio::test(start_paused = true)]
async fn between_once_and_twice_the_cache_time_it_is_fetched_beside_the_handler() {
    let stage = Stage::new([Say::Text("a"), Say::Slow(300, "b")]);
    stage.invoke().await;
    sleep_s(61).await;
    assert_eq!(stage.invoke().await, None);
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    // the next ones find it under way
    assert_eq!(stage.invoke().await, None);
    sleep_ms(301).await;
    assert_eq!(stage.in_force().as_deref(), Some("b"));
    assert_eq!(stage.fetches(), 2);
    assert!(stage.refresh.is_fresh());
}

#[tokio::test(start_paused = true)]
async fn a_document_is_as_old_as_the_fetch_that_brought_it() {
    let stage = Stage::new([Say::Slow(400, "a"), Say::Hang]);
    stage.invoke().await;
    sleep_ms(59_599).await;
    assert!(stage.refresh.is_fresh());
    sleep_ms(1).await;
    assert!(!stage.refresh.is_fresh());
}

#[tokio::test(start_paused = true)]
async fn a_document_older_than_twice_the_cache_time_is_waited_for() {
    let stage = Stage::new([Say::Text("a"), Say::Slow(200, "b")]);
    stage.invoke().await;
    sleep_s(120).await;
    assert_eq!(stage.invoke().await, Some(200));
    assert_eq!(stage.in_force().as_deref(), Some("b"));
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_at_most_the_fetch_timeout() {
    let stage = Stage::new([Say::Text("a"), Say::Hang]);
    stage.invoke().await;
    sleep_s(120).await;
    assert_eq!(stage.invoke().await, Some(500));
    assert_eq!(stage.in_force().as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_finds_a_fetch_under_way_waits_no_longer_than_its_timeout() {
    let stage = Stage::new([Say::Text("a"), Say::Hang]);
    stage.invoke().await;
    sleep_s(119).await;
    assert_eq!(stage.invoke().await, None);
    sleep_s(2).await;
    assert_eq!(stage.invoke().await, Some(500));
    assert_eq!(stage.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn with_a_cache_time_of_zero_every_invocation_reads() {
    let stage = Stage::with_ttl(Some(Duration::ZERO), [Say::Slow(3, "a"), Say::Slow(3, "b")]);
    assert_eq!(stage.invoke().await, Some(3));
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    for n in 2..10 {
        assert_eq!(stage.invoke().await, Some(3));
        assert_eq!(stage.in_force().as_deref(), Some("b"));
        assert_eq!(stage.fetches(), n);
    }
    assert_eq!(stage.news(), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn with_a_cache_time_of_zero_silence_is_waited_for_once() {
    let stage = Stage::with_ttl(Some(Duration::ZERO), [Say::Hang]);
    assert_eq!(stage.invoke().await, Some(500));
    for _ in 0..1000 {
        assert_eq!(stage.invoke().await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_that_never_changes_is_read_once() {
    let stage = Stage::with_ttl(None, [Say::Text("a")]);
    stage.invoke().await;
    stage.freeze(secs(1_000_000));
    sleep_s(100_000).await;
    assert!(stage.refresh.is_fresh());
    assert!(stage.refresh.turn().is_none());
    assert_eq!(stage.fetches(), 1);
    assert_eq!(stage.in_force().as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn an_equal_document_is_not_told_again() {
    let stage = Stage::with_ttl(
        Some(Duration::ZERO),
        [Say::Text("a"), Say::Text("a"), Say::Text("b")],
    );
    for _ in 0..4 {
        stage.invoke().await;
    }
    assert_eq!(stage.news(), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn concurrent_requests_share_one_fetch() {
    let stage = Stage::new([Say::Slow(100, "a")]);
    let requests: Vec<_> = (0..100)
        .map(|_| {
            let refresh = Arc::clone(&stage.refresh);
            tokio::spawn(async move { invoke(&refresh).await })
        })
        .collect();
    for request in requests {
        assert_eq!(request.await.unwrap(), Some(100));
    }
    assert_eq!(stage.fetches(), 1);
    assert_eq!(stage.news(), ["a"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_requests_on_many_threads_share_one_fetch() {
    let stage = Stage::new([Say::Slow(50, "a")]);
    let requests: Vec<_> = (0..64)
        .map(|_| {
            let refresh = Arc::clone(&stage.refresh);
            tokio::spawn(async move { invoke(&refresh).await })
        })
        .collect();
    for request in requests {
        request.await.unwrap();
        assert_eq!(stage.in_force().as_deref(), Some("a"));
    }
    assert_eq!(stage.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_dropped_leaves_its_fetch_going() {
    let stage = Stage::new([Say::Slow(100, "a")]);
    let polled = tokio::time::timeout(Duration::from_millis(20), stage.invoke());
    assert!(polled.await.is_err());
    sleep_ms(81).await;
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    assert_eq!(stage.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_cancelled_is_not_paid_again() {
    let stage = Stage::new([Say::Hang]);
    for request in 0..20 {
        let cancelled = tokio::time::timeout(Duration::from_millis(100), stage.invoke()).await;
        if request == 0 {
            assert!(cancelled.is_err());
        } else {
            assert_eq!(cancelled, Ok(None), "request {request}");
        }
        sleep_ms(50).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_never_polled_is_not_offered_again() {
    let stage = Stage::new([Say::Text("a"), Say::Hang]);
    stage.invoke().await;
    stage.freeze(secs(3600));
    drop(stage.refresh.turn().unwrap());
    // which also means that nothing else would have let the document lapse
    assert_eq!(stage.in_force(), None);
    assert!(stage.refresh.turn().is_none());
}

/// Whoever waits beside it is not let go for that.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_given_up_is_nobody_elses() {
    let stage = Stage::new([Say::Slow(100, "a")]);
    let given_up = stage.refresh.turn().unwrap();
    let waits = stage.invoke();
    let drops = async {
        sleep_ms(20).await;
        drop(given_up);
    };
    assert_eq!(tokio::join!(waits, drops).0, Some(100));
    assert_eq!(stage.in_force().as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_dropped_after_the_answer_is_no_trouble() {
    let stage = Stage::new([Say::Slow(10, "a"), Say::Hang]);
    let wait = stage.refresh.turn();
    sleep_ms(11).await;
    drop(wait);
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    sleep_s(120).await;
    assert_eq!(stage.invoke().await, Some(500));
}

#[tokio::test(start_paused = true)]
async fn with_a_fetch_timeout_of_zero_nobody_waits() {
    let timing = Timing {
        fetch_timeout: Duration::ZERO,
        ..timing(Some(TTL))
    };
    let stage = Stage::with_timing(timing, [Say::Slow(10, "a")]);
    assert_eq!(stage.invoke().await, None);
    sleep_ms(11).await;
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    sleep_s(500).await;
    assert_eq!(stage.invoke().await, None);
    // unconfirmed for too long, and nobody waited for better news
    assert_eq!(stage.in_force(), None);
    sleep_ms(11).await;
    assert_eq!(stage.in_force().as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn durations_that_cannot_be_added_up_are_cut_to_their_bounds() {
    let timing = Timing {
        ttl: Some(Duration::MAX),
        fetch_timeout: Duration::MAX,
        max_stale: Duration::MAX,
    };
    let stage = Stage::with_timing(timing, [Say::Text("a"), Say::Hang]);
    stage.refresh.warm_up().await;
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    stage.freeze(secs(2 * 86_400 - 1));
    stage.refresh.turn_beside();
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    stage.freeze(secs(1));
    assert_eq!(stage.invoke().await, Some(900_000));
    assert_eq!(stage.in_force(), None);
}

#[tokio::test(start_paused = true)]
async fn the_init_phase_fetches_so_that_no_request_waits() {
    let stage = Stage::new([Say::Slow(400, "a")]);
    stage.refresh.warm_up().await;
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    assert_eq!(stage.invoke().await, None);
    stage.refresh.warm_up().await;
    assert_eq!(stage.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_init_phase_waits_at_most_the_fetch_timeout_and_requests_not_again() {
    let stage = Stage::new([Say::Hang]);
    let start = Instant::now();
    stage.refresh.warm_up().await;
    assert_eq!(start.elapsed(), FETCH_TIMEOUT);
    assert_eq!(stage.invoke().await, None);
}

#[test]
fn outside_a_runtime_nothing_is_fetched_and_nothing_panics() {
    let stage = Stage::new([Say::Text("a")]);
    assert!(stage.refresh.turn().is_none());
    assert_eq!(stage.fetches(), 0);

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(stage.invoke());
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    stage.freeze(secs(301));
    assert!(stage.refresh.turn().is_none());
    assert_eq!(stage.in_force(), None);
}

#[test]
fn a_source_that_need_not_wait_is_read_outside_a_runtime() {
    let stage = Stage::build(timing(None), [Say::Text("a")], true);
    assert!(stage.refresh.turn().is_none());
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    assert!(stage.refresh.is_fresh());
}

#[tokio::test(start_paused = true)]
async fn a_source_that_need_not_wait_holds_nobody_up() {
    let lines = [Say::Text("a"), Say::Text("b"), Say::Hang, Say::Text("c")];
    let stage = Stage::build(timing(Some(TTL)), lines, true);
    stage.refresh.warm_up().await;
    assert_eq!(stage.in_force().as_deref(), Some("a"));
    sleep_s(200).await;
    assert_eq!(stage.invoke().await, None);
    assert_eq!(stage.in_force().as_deref(), Some("b"));
    sleep_s(61).await;
    assert_eq!(stage.invoke().await, None);
    sleep_s(2).await;
    assert_eq!(stage.invoke().await, None);
    assert_eq!(stage.news(), ["a", "b", "<failed>", "c"]);
}

#[test]
fn a_runtime_without_timers_is_no_reason_to_fail() {
    let stage = Stage::new([Say::Text("a")]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        assert_eq!(stage.invoke().await, None);
        assert_eq!(stage.invoke().await, None);
    });
    assert_eq!(stage.fetches(), 0);
}
