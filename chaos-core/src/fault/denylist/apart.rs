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

#[cfg(test)]
mod tests {
    use std::future::{pending, poll_fn};
    use std::sync::Weak;
    use std::task::Poll;

    use super::*;

    /// Says where it is fetched, or never comes to an end. A fetch under way holds what it is given.
    struct Own {
        ends: bool,
        held: Arc<()>,
    }

    impl Source for Own {
        fn name(&self) -> &'static str {
            "own"
        }

        fn location(&self) -> String {
            "here".to_owned()
        }

        fn fetch(&self) -> Fetch<'_> {
            Box::pin(async {
                let _held = Arc::clone(&self.held);
                if !self.ends {
                    pending::<()>().await;
                }
                Ok(format!("apart: {}", is_apart()))
            })
        }

        fn cache_ttl(&self) -> Option<Duration> {
            Some(Duration::from_secs(7))
        }

        fn answers_in_init(&self) -> bool {
            false
        }

        fn immediate(&self) -> Option<Result<String, SourceError>> {
            Some(Ok("at once".to_owned()))
        }
    }

    fn own(ends: bool) -> (Arc<dyn Source>, Weak<()>) {
        let held = Arc::new(());
        let holders = Arc::downgrade(&held);
        (apart(Arc::new(Own { ends, held })), holders)
    }

    #[tokio::test]
    async fn it_is_the_same_source_fetched_elsewhere() {
        let (source, _) = own(true);
        assert_eq!((source.name(), &*source.location()), ("own", "here"));
        assert_eq!(source.cache_ttl(), Some(Duration::from_secs(7)));
        assert!(!source.answers_in_init());
        let at_once = source.immediate().map(Result::unwrap);
        assert_eq!(at_once.as_deref(), Some("at once"));
        assert!(!is_apart());
        assert_eq!(source.fetch().await.unwrap(), "apart: true");
    }

    #[tokio::test]
    async fn a_fetch_that_is_dropped_is_given_up() {
        let (source, held) = own(false);
        let mut fetch = source.fetch();
        while held.strong_count() < 2 {
            let waits = poll_fn(|cx| Poll::Ready(fetch.as_mut().poll(cx).is_pending())).await;
            assert!(waits);
            tokio::task::yield_now().await;
        }
        drop(fetch);
        while held.strong_count() > 1 {
            tokio::task::yield_now().await;
        }
        let given_up = runtime().unwrap().spawn(pending::<()>());
        given_up.abort();
        let error = ended(given_up.await.unwrap_err()).unwrap_err();
        assert!(error.to_string().contains("was given up"), "{error}");
    }
}
