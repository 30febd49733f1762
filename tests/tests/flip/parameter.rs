//! A flip of the parameter takes effect within the cache time, without a restart.

use std::time::{Duration, Instant};

use chaos_local::ParameterStore;
use chaos_tests::document::{is_on, off, on};
use chaos_tests::{PARAMETER, Running, function, wait};
use serde_json::json;

const CACHE_TIME: Duration = Duration::from_secs(1);
/// What the fetch and the invocation that finds what it brought may add.
const MARGIN: Duration = Duration::from_millis(700);

/// The quickest of several flips: a busy machine adds to one or the other, and not to the rule.
fn assert_within_the_cache_time(took: &[Duration], function: &Running) {
    let quickest = took.iter().min().expect("some");
    assert!(
        *quickest <= CACHE_TIME + MARGIN,
        "{took:?}\n{}",
        function.story()
    );
}

async fn store(document: &str) -> ParameterStore {
    let params = ParameterStore::start().await.expect("a store");
    params.put(PARAMETER, document).expect("the document fits");
    params
}

async fn is_now_on(function: &Running) -> bool {
    is_on(&function.answer(json!({})).await)
}

/// Flips the parameter under a busy function, and says how long it took to be seen.
async fn flip(
    function: &Running,
    params: &ParameterStore,
    document: &str,
    wanted: bool,
) -> Duration {
    params.put(PARAMETER, document).expect("the document fits");
    let begun = Instant::now();
    let seen = wait::until(wait::LONG, async || is_now_on(function).await == wanted).await;
    assert!(seen, "the flip was never seen\n{}", function.story());
    begun.elapsed()
}

#[tokio::test]
async fn a_busy_function_sees_it_within_the_cache_time() {
    let params = store(&off()).await;
    let function = function!("value").parameter(&params).start().await;
    let pid = function.function.pid();
    assert!(!is_now_on(&function).await);
    let mut took = Vec::new();
    for (document, wanted) in [(on(), true), (off(), false), (on(), true), (off(), false)] {
        took.push(flip(&function, &params, &document, wanted).await);
    }
    assert_within_the_cache_time(&took, &function);
    assert_eq!(function.function.pid(), pid, "the process is the same");
    assert_eq!(function.function.restarts(), 0);
    function.settle().await;
    assert!(function.troubles().is_empty(), "{}", function.story());
}

/// After more than twice the cache time the request waits for the document: nobody meets a fault
/// that was switched off long ago.
#[tokio::test]
async fn a_quiet_function_sees_it_at_once() {
    let params = store(&on()).await;
    let function = function!("value").parameter(&params).start().await;
    assert!(is_now_on(&function).await);
    for (document, wanted) in [(off(), false), (on(), true)] {
        params.put(PARAMETER, &document).expect("the document fits");
        // being quiet is the matter here, so there is nothing to wait for but time
        tokio::time::sleep(CACHE_TIME * 2 + Duration::from_millis(100)).await;
        assert_eq!(is_now_on(&function).await, wanted, "{}", function.story());
    }
}

#[tokio::test]
async fn without_a_change_it_is_read_once_in_a_cache_time() {
    let params = store(&on()).await;
    let function = function!("value")
        .parameter(&params)
        .env("CHAOS_CACHE_TTL", "600")
        .start()
        .await;
    for _ in 0..100 {
        assert!(is_now_on(&function).await);
    }
    assert_eq!(params.count("GetParameter"), 1);
    let asked = params.requests();
    assert!(asked[0].with_decryption, "{asked:?}");
}

#[tokio::test]
async fn a_secure_string_is_read_as_well() {
    let params = ParameterStore::start().await.expect("a store");
    params
        .put_secure(PARAMETER, &on())
        .expect("the document fits");
    let function = function!("value")
        .parameter(&params)
        .with_init()
        .start()
        .await;
    assert!(is_now_on(&function).await, "{}", function.story());
}

/// With `init()` the first request finds the document there.
#[tokio::test]
async fn init_reads_it_before_the_first_request() {
    let params = store(&on()).await;
    let function = function!("value")
        .parameter(&params)
        .with_init()
        .start()
        .await;
    assert_eq!(params.count("GetParameter"), 1, "{}", function.story());
    assert!(is_now_on(&function).await, "{}", function.story());
    assert_eq!(params.count("GetParameter"), 1, "{}", function.story());
}

#[tokio::test]
async fn a_file_is_flipped_as_a_parameter_is() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let write = |document: String| std::fs::write(file.path(), document).expect("it is ours");
    write(off());
    let function = function!("value").file(file.path()).start().await;
    assert!(!is_now_on(&function).await);
    let mut took = Vec::new();
    for (document, wanted) in [(on(), true), (off(), false), (on(), true), (off(), false)] {
        write(document);
        let begun = Instant::now();
        let seen = wait::until(wait::LONG, async || is_now_on(&function).await == wanted).await;
        assert!(seen, "the flip was never seen\n{}", function.story());
        took.push(begun.elapsed());
    }
    assert_within_the_cache_time(&took, &function);
}
