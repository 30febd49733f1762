//! The first request is held up no longer than the fetch timeout, the next thousand not at all,
//! and one line says why.

use std::time::Duration;

use chaos_local::ParameterStore;
use chaos_tests::document::is_on;
use chaos_tests::{Launch, Running, function};
use serde_json::json;
use tokio::sync::Mutex;

use crate::kinds::Trouble;

/// `CHAOS_FETCH_TIMEOUT_MS` in these tests: so long that whoever is held up cannot be mistaken for one
/// whom a busy machine is slow with.
pub(crate) const FETCH_TIMEOUT: Duration = Duration::from_millis(2_500);
/// What a machine with other things to do may add to one invocation. With the fetch timeout it is less
/// than the five seconds after which a fetch is given up.
pub(crate) const MARGIN: Duration = Duration::from_millis(2_400);
const THOUSAND: u32 = 1000;
/// What a thousand take at the most: less than if each paid 47 ms, as with failure-lambda.
const ALL_OF_THEM: Duration = Duration::from_secs(40);

/// Those that measure a thousand do so one after the other.
static MEASURING: Mutex<()> = Mutex::const_new(());

/// A function that meets this trouble from the start.
pub(crate) async fn launch(trouble: Trouble) -> (ParameterStore, Launch) {
    let params = ParameterStore::start().await.expect("a store");
    trouble.befall(&params).await;
    let launch = function!("value").parameter(&params);
    (params, launch.fetch_timeout(Some(FETCH_TIMEOUT)))
}

/// Invokes it for its own answer, and says how long that took.
pub(crate) async fn own_answer(function: &Running) -> Duration {
    let reply = function.reply(json!({})).await;
    let answer = reply.payload();
    let own = answer.as_ref().is_ok_and(|answer| !is_on(answer));
    assert!(own, "{answer:?}\n{}", function.story());
    reply.duration
}

/// Exactly one line at warn level or above, which says why.
pub(crate) async fn one_line_says_why(function: &Running, trouble: Trouble) {
    function.settle().await;
    let lines = function.troubles();
    assert_eq!(lines.len(), 1, "{trouble:?}\n{}", function.story());
    let line = &lines[0];
    assert_eq!(line.field("level"), "WARN", "{line}");
    assert_eq!(line.field("config_source"), "ssm", "{line}");
    let message = line.field("message");
    assert!(message.contains(trouble.reason()), "{trouble:?}: {message}");
    assert!(
        message.contains(chaos_tests::PARAMETER),
        "{trouble:?}: {message}"
    );
}

/// Not one of a thousand waits, nor does each pay a part of it.
async fn the_next_thousand_are_not_held_up(function: &Running) {
    let _measuring = MEASURING.lock().await;
    let mut sum = Duration::ZERO;
    for nth in 0..THOUSAND {
        let took = own_answer(function).await;
        // at once, as a thousand waits would take minutes to be found out
        assert!(
            took < FETCH_TIMEOUT / 2,
            "{took:?} for the {nth}th\n{}",
            function.story()
        );
        sum += took;
    }
    assert!(
        sum < ALL_OF_THEM,
        "{sum:?} for a thousand\n{}",
        function.story()
    );
}

async fn costs_nothing(trouble: Trouble) {
    let (_params, launch) = launch(trouble).await;
    let function = launch.start().await;
    let first = own_answer(&function).await;
    assert!(
        first <= FETCH_TIMEOUT + MARGIN,
        "{first:?}\n{}",
        function.story()
    );
    the_next_thousand_are_not_held_up(&function).await;
    one_line_says_why(&function, trouble).await;
}

#[tokio::test]
async fn refused() {
    costs_nothing(Trouble::Refused).await;
}

#[tokio::test]
async fn silent() {
    costs_nothing(Trouble::Silent).await;
}

#[tokio::test]
async fn throttled() {
    costs_nothing(Trouble::Throttled).await;
}

#[tokio::test]
async fn forbidden() {
    costs_nothing(Trouble::Forbidden).await;
}

#[tokio::test]
async fn missing() {
    costs_nothing(Trouble::Missing).await;
}

#[tokio::test]
async fn garbage() {
    costs_nothing(Trouble::Garbage).await;
}

#[tokio::test]
async fn nonsense() {
    costs_nothing(Trouble::Nonsense).await;
}
