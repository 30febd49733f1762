//! While every name is denied, the document is read all the same, and chaos can be switched off:
//! with a source of the user's own that looks a name up in the ways that clients do.
#![cfg(all(
    feature = "inject",
    feature = "dns",
    target_os = "linux",
    target_env = "gnu",
    not(target_feature = "crt-static")
))]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chaos_core::source::{Fetch, Source, SourceError};
use chaos_core::{Chaos, InjectedError, inject_chaos};
use tokio::net::lookup_host;

const HOST: &str = "localhost";
const DENYING: &str = r#"{"denylist": {"enabled": true, "deny_list": [".*"]}}"#;

static FETCHES: AtomicUsize = AtomicUsize::new(0);
static OFF: AtomicBool = AtomicBool::new(false);

struct Table;

impl Source for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn location(&self) -> String {
        "a table".to_owned()
    }

    fn fetch(&self) -> Fetch<'_> {
        Box::pin(async {
            let here = lookup_host((HOST, 80)).await.map(|_| ());
            // as a client does that opens its connections beside
            let beside = tokio::spawn(async { lookup_host((HOST, 80)).await.map(|_| ()) });
            let beside = beside.await.expect("it does not panic");
            here.and(beside)
                .map_err(|error| SourceError::unavailable("no such host").with_source(error))?;
            FETCHES.fetch_add(1, Ordering::Relaxed);
            let off = OFF.load(Ordering::Relaxed);
            Ok(if off { "{}" } else { DENYING }.to_owned())
        })
    }
}

/// Whether the name resolves; and how often the document was read while it did not.
#[inject_chaos]
async fn handler() -> Result<(bool, usize), InjectedError> {
    let before = FETCHES.load(Ordering::Relaxed);
    let resolves = lookup_host((HOST, 80)).await.is_ok();
    // The document goes stale meanwhile, and another call has it fetched.
    tokio::time::sleep(Duration::from_millis(300)).await;
    Ok((resolves, FETCHES.load(Ordering::Relaxed) - before))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_every_name_is_denied_the_document_is_read_and_switched_off() {
    let chaos = Chaos::from_env()
        .source(Table)
        .fetch_timeout(Duration::from_secs(5));
    chaos.cache_ttl(Duration::ZERO).init().await;
    assert_eq!(FETCHES.load(Ordering::Relaxed), 1);

    // The second call begins, and fetches, in the middle of the first.
    let first = tokio::spawn(handler());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let second = tokio::spawn(handler());
    let (resolves, fetched) = first.await.expect("no panic").expect("no error");
    assert!(!resolves && fetched > 0, "{fetched} fetches");
    assert!(!second.await.expect("no panic").expect("no error").0);

    // One more is under way, with its names denied, when it is switched off.
    let last = tokio::spawn(handler());
    tokio::time::sleep(Duration::from_millis(100)).await;
    OFF.store(true, Ordering::Relaxed);
    let read = FETCHES.load(Ordering::Relaxed);
    let off = tokio::spawn(handler());
    assert!(!last.await.expect("no panic").expect("no error").0);
    off.await.expect("no panic").expect("no error");
    assert!(FETCHES.load(Ordering::Relaxed) > read, "it was read");
    assert!(handler().await.expect("an answer").0, "the name is back");
}
