//! The library's own lookups, which no document denies: else a deny list of `.*` could not be
//! switched off.
//!
//! Lookups are made on threads of the runtime's own choice, whoever asked for them. So a document
//! is fetched on a runtime of its own, and every thread of that is known. This holds for any
//! source and any client: the built-in one, one of the user's, whatever fetches credentials.

use std::cell::Cell;
use std::panic::resume_unwind;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::{AbortHandle, JoinError};

use crate::source::{Fetch, Source, SourceError};

thread_local! {
    /// Whether this thread fetches documents.
    static APART: Cell<bool> = const { Cell::new(false) };
}

/// Whether a lookup on this thread is the library's own.
pub(super) fn is_apart() -> bool {
    APART.try_with(Cell::get).unwrap_or_default()
}

/// Made by the first fetch. It outlives them all: a client keeps its connections there.
fn runtime() -> Option<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("chaos-source")
            .on_thread_start(|| APART.set(true))
            .enable_all()
            .build()
            .ok()
    });
    runtime.as_ref()
}

/// The same source, fetched apart.
pub(crate) fn apart(source: Arc<dyn Source>) -> Arc<dyn Source> {
    Arc::new(Apart(source))
}

struct Apart(Arc<dyn Source>);

impl Source for Apart {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn location(&self) -> String {
        self.0.location()
    }

    fn fetch(&self) -> Fetch<'_> {
        // Where the system has no thread left the function's own do.
        let Some(runtime) = runtime() else {
            return self.0.fetch();
        };
        let source = Arc::clone(&self.0);
        Box::pin(async move {
            let task = runtime.spawn(async move { source.fetch().await });
            let _given_up = AbortOnDrop(task.abort_handle());
            task.await.unwrap_or_else(ended)
        })
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

/// A fetch that is dropped is given up.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What became of a fetch that did not come to its end.
fn ended(error: JoinError) -> Result<String, SourceError> {
    match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(error) => Err(SourceError::unavailable("the fetch was given up").with_source(error)),
    }
}
