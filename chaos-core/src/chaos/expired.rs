//! Chaos whose time is over ends, although its source no longer answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Chaos;
use crate::engine;
use crate::error::InjectedError;
use crate::inject_chaos;
use crate::source::{Fetch, Source, SourceError};

#[inject_chaos(crate = crate)]
async fn handler() -> Result<u8, InjectedError> {
    Ok(1)
}

/// Answers once, and then refuses.
struct Once {
    document: String,
    fetches: Arc<AtomicUsize>,
}

impl Source for Once {
    fn name(&self) -> &'static str {
        "once"
    }
    fn location(&self) -> String {
        "a source that is gone".to_owned()
    }
    fn fetch(&self) -> Fetch<'_> {
        Box::pin(async {
            match self.fetches.fetch_add(1, Ordering::Relaxed) {
                0 => Ok(self.document.clone()),
                _ => Err(SourceError::unavailable("refused")),
            }
        })
    }
}

/// On the clock of the world, since that is the one in documents.
async fn ends_by_itself(document: impl Fn(String) -> String) {
    engine::expect_scopes();
    let end = SystemTime::now() + Duration::from_millis(600);
    let written = OffsetDateTime::from(end).format(&Rfc3339).expect("a time");
    let fetches = Arc::new(AtomicUsize::new(0));
    let chaos = Chaos::from_env()
        .source(Once {
            document: document(written),
            fetches: Arc::clone(&fetches),
        })
        .cache_ttl(Duration::from_millis(20))
        .max_stale(Duration::from_hours(24));
    let engine = Arc::new(chaos.build(&|_| None, |source| source).expect("an engine"));
    let fails = async || {
        let call = engine::scope(Arc::clone(&engine), handler());
        call.await.is_err()
    };
    let mut failed = 0;
    loop {
        let hit = fails().await;
        if SystemTime::now() >= end {
            break;
        }
        assert!(hit, "in force until its time is over");
        failed += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(failed > 1, "it was in force");
    for _ in 0..10 {
        assert!(!fails().await, "its time is over");
    }
    assert!(fetches.load(Ordering::Relaxed) > 1, "its source refuses");
}

#[tokio::test]
async fn by_the_time_of_the_document() {
    ends_by_itself(|end| {
        format!(r#"{{"settings": {{"expires_at": "{end}"}}, "exception": {{"enabled": true}}}}"#)
    })
    .await;
}

#[tokio::test]
async fn by_the_time_of_the_flag() {
    ends_by_itself(|end| format!(r#"{{"exception": {{"enabled": true, "expires_at": "{end}"}}}}"#))
        .await;
}
