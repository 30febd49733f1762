//! The library's own lookups, which no document touches: whatever a client asks while a document
//! is fetched, be it the user's own and under faults elsewhere.

use std::sync::Arc;
use std::time::Duration;

use super::{Fetch, Source, SourceError};

tokio::task_local! {
    /// There while a document is fetched.
    static FETCHING: ();
}

/// Whether the caller fetches a document.
pub(crate) fn is_own() -> bool {
    FETCHING.try_with(|()| ()).is_ok()
}

/// The same source, whose fetches are known as the library's own.
pub(crate) fn own(source: Arc<dyn Source>) -> Arc<dyn Source> {
    Arc::new(Own(source))
}

struct Own(Arc<dyn Source>);

impl Source for Own {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn location(&self) -> String {
        self.0.location()
    }

    fn fetch(&self) -> Fetch<'_> {
        // A source may ask before its future is polled, too.
        let fetch = FETCHING.sync_scope((), || self.0.fetch());
        Box::pin(FETCHING.scope((), fetch))
    }

    fn cache_ttl(&self) -> Option<Duration> {
        self.0.cache_ttl()
    }

    fn answers_in_init(&self) -> bool {
        self.0.answers_in_init()
    }

    fn immediate(&self) -> Option<Result<String, SourceError>> {
        self.0.immediate()
    }
}
