//! The first request, with a fetch timeout of the user's own, with `init()`, and with others.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chaos_tests::wait;
use tokio::task::JoinSet;

use crate::kinds::Trouble;
use crate::thousand::{FETCH_TIMEOUT, MARGIN, launch, one_line_says_why, own_answer};

/// With `init()` the function starts all the same, and the first request is not held up either.
#[tokio::test]
async fn with_init_no_request_is_held_up() {
    for trouble in Trouble::ALL {
        let (_params, launch) = launch(trouble).await;
        let begun = Instant::now();
        let function = launch.with_init().start().await;
        let started = begun.elapsed();
        assert!(
            started <= FETCH_TIMEOUT + MARGIN,
            "{trouble:?}: {started:?}\n{}",
            function.story()
        );
        for _ in 0..20 {
            let took = own_answer(&function).await;
            assert!(
                took < FETCH_TIMEOUT / 2,
                "{trouble:?}: {took:?}\n{}",
                function.story()
            );
        }
        one_line_says_why(&function, trouble).await;
    }
}

/// Silence is what the fetch timeout is for: without it the request would wait for seconds.
#[tokio::test]
async fn the_fetch_timeout_is_what_the_environment_says() {
    // Unless the environment says anything it is half a second.
    for (set, timeout_ms) in [(None, 500), (Some(1_900), 1_900)] {
        let (_params, launch) = launch(Trouble::Silent).await;
        let launch = launch.fetch_timeout(set.map(Duration::from_millis));
        let function = launch.start().await;
        let timeout = Duration::from_millis(timeout_ms);
        let first = own_answer(&function).await;
        assert!(
            first >= timeout,
            "{first:?} is no wait\n{}",
            function.story()
        );
        // A fetch is given up after five seconds.
        assert!(first <= timeout + MARGIN, "{first:?}\n{}", function.story());
        one_line_says_why(&function, Trouble::Silent).await;
        let line = &function.troubles()[0];
        let within = format!("no answer within {timeout_ms} ms");
        assert!(line.field("message").contains(&within), "{line}");
    }
}

#[tokio::test]
async fn a_fetch_timeout_of_nothing_holds_nobody_up() {
    let (params, launch) = launch(Trouble::Silent).await;
    let function = launch.fetch_timeout(Some(Duration::ZERO)).start().await;
    let first = own_answer(&function).await;
    assert!(first < FETCH_TIMEOUT / 2, "{first:?}\n{}", function.story());
    let asked = wait::until(wait::LONG, async || params.count("GetParameter") > 0).await;
    assert!(
        asked,
        "the document was never asked for\n{}",
        function.story()
    );
}

/// Fetches that fail later, beside the handlers, for the same reason, say nothing more and hold
/// up nobody.
#[tokio::test]
async fn what_goes_on_failing_says_it_once() {
    tokio::join!(
        goes_on_failing(Trouble::Silent),
        goes_on_failing(Trouble::Throttled),
        goes_on_failing(Trouble::Forbidden),
    );
}

async fn goes_on_failing(trouble: Trouble) {
    let (params, launch) = launch(trouble).await;
    let function = launch.start().await;
    own_answer(&function).await;
    // each fetch is two requests, as the SDK tries twice
    let failed = wait::until(wait::LONG, async || {
        let took = own_answer(&function).await;
        assert!(
            took < FETCH_TIMEOUT / 2,
            "{trouble:?}: {took:?}\n{}",
            function.story()
        );
        params.count("GetParameter") >= 5
    });
    assert!(
        failed.await,
        "{trouble:?}: it was not tried again\n{}",
        function.story()
    );
    one_line_says_why(&function, trouble).await;
}

/// Of several first requests at once each is held up no longer than the fetch timeout.
#[tokio::test]
async fn first_requests_at_once() {
    let (_params, launch) = launch(Trouble::Silent).await;
    let function = launch
        .env("TEST_HANDLER", "concurrent")
        .env("AWS_LAMBDA_MAX_CONCURRENCY", "8")
        .start()
        .await;
    let function = Arc::new(function);
    // the handler takes a tenth of a second for itself
    let most = FETCH_TIMEOUT + MARGIN + Duration::from_millis(100);
    let mut invoked: JoinSet<Duration> = (0..8)
        .map(|_| Arc::clone(&function))
        .map(|function| async move { own_answer(&function).await })
        .collect();
    while let Some(took) = invoked.join_next().await {
        let took = took.expect("it answers for itself");
        assert!(took <= most, "{took:?}\n{}", function.story());
    }
}
