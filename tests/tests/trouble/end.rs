//! Chaos that was on ends: at once where the document is missing or garbage, and otherwise when
//! it has gone unconfirmed for CHAOS_MAX_STALE.

use std::time::{Duration, SystemTime};

use chaos_local::{Behaviour, ParameterStore};
use chaos_tests::document::{is_on, on};
use chaos_tests::{Line, PARAMETER, Running, function, wait};
use serde_json::json;

use crate::kinds::Trouble;

const CACHE_TIME: Duration = Duration::from_secs(1);
const MAX_STALE: Duration = Duration::from_secs(6);
/// What a busy machine may add: a fetch, and the invocation that finds what it brought.
const MARGIN: Duration = Duration::from_secs(5);

/// A function with chaos on, confirmed and the time when it was seen.
async fn with_chaos_on(max_stale: Duration) -> (ParameterStore, Running, SystemTime) {
    let params = ParameterStore::start().await.expect("a store");
    params.put(PARAMETER, &on()).expect("the document fits");
    let function = function!("value")
        .parameter(&params)
        .env("CHAOS_MAX_STALE", max_stale.as_secs().to_string())
        .start()
        .await;
    assert!(is_now_on(&function).await, "{}", function.story());
    (params, function, SystemTime::now())
}

async fn is_now_on(function: &Running) -> bool {
    is_on(&function.answer(json!({})).await)
}

/// Keeps the function busy until chaos has ended, and says when that was.
async fn ends(function: &Running, trouble: Trouble) -> SystemTime {
    let ended = wait::until(wait::LONG, async || !is_now_on(function).await).await;
    assert!(ended, "{trouble:?}: chaos never ends\n{}", function.story());
    SystemTime::now()
}

fn between(begin: SystemTime, end: SystemTime) -> Duration {
    end.duration_since(begin).expect("the clock goes on")
}

/// However long a document may go unconfirmed: an answer that there is none is a confirmation.
#[tokio::test]
async fn at_once_where_there_is_no_document() {
    tokio::join!(
        ends_at_once(Trouble::Missing),
        ends_at_once(Trouble::Garbage),
        ends_at_once(Trouble::Nonsense),
    );
}

async fn ends_at_once(trouble: Trouble) {
    let (params, function, _) = with_chaos_on(Duration::from_mins(5)).await;
    trouble.befall(&params).await;
    let begun = SystemTime::now();
    let took = between(begun, ends(&function, trouble).await);
    assert!(
        took <= CACHE_TIME + MARGIN,
        "{trouble:?}: {took:?}\n{}",
        function.story()
    );
    let says_why = |line: &Line| line.field("message").contains(trouble.reason());
    let line = function.line(trouble.reason(), says_why).await;
    assert_eq!(line.field("level"), "WARN", "{line}");
}

/// In each of the troubles in which SSM says nothing of the document.
#[tokio::test]
async fn when_it_has_gone_unconfirmed_for_too_long() {
    tokio::join!(
        lapses(Trouble::Refused),
        lapses(Trouble::Silent),
        lapses(Trouble::Throttled),
        lapses(Trouble::Forbidden),
    );
}

async fn lapses(trouble: Trouble) {
    let (params, function, seen) = with_chaos_on(MAX_STALE).await;
    let asked = params
        .requests()
        .last()
        .expect("the document was asked for")
        .at;
    trouble.befall(&params).await;
    let ended = ends(&function, trouble).await;
    // its age counts from when the fetch began: before the request arrived, by what it takes to
    // make a client and to connect, and before the document was seen
    let (most, least) = (between(asked, ended), between(seen, ended));
    let before_arrival = Duration::from_secs(2);
    assert!(
        most + before_arrival >= MAX_STALE,
        "{trouble:?}: {most:?}\n{}",
        function.story()
    );
    assert!(
        least <= MAX_STALE + MARGIN,
        "{trouble:?}: {least:?}\n{}",
        function.story()
    );
    assert!(
        !is_now_on(&function).await,
        "it does not come back by itself"
    );
}

/// Once SSM answers again the document is in force again.
#[tokio::test]
async fn and_comes_back_when_it_is_confirmed_again() {
    let (params, function, _) = with_chaos_on(MAX_STALE).await;
    Trouble::Throttled.befall(&params).await;
    ends(&function, Trouble::Throttled).await;
    params
        .behave(Behaviour::Normal)
        .await
        .expect("the store can do so");
    let back = wait::until(wait::LONG, async || is_now_on(&function).await).await;
    assert!(back, "chaos never comes back\n{}", function.story());
    function
        .line("that it can be read", |line| {
            line.field("message").contains("again")
        })
        .await;
}

/// A short trouble is none: what is in force stays so.
#[tokio::test]
async fn not_before() {
    let (params, function, _) = with_chaos_on(Duration::from_mins(5)).await;
    Trouble::Forbidden.befall(&params).await;
    let before = params.count("GetParameter");
    let failed = wait::until(wait::LONG, async || {
        assert!(
            is_now_on(&function).await,
            "chaos has ended\n{}",
            function.story()
        );
        params.count("GetParameter") >= before + 2
    });
    assert!(
        failed.await,
        "the document was never asked for again\n{}",
        function.story()
    );
    assert!(
        is_now_on(&function).await,
        "chaos has ended\n{}",
        function.story()
    );
}
