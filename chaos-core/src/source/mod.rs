//! Where a document comes from.
//!
//! The environment names the source (see the [table](crate#where-the-document-lives)); [`EnvSource`],
//! [`FileSource`] and, with the feature `ssm`, `SsmSource` read it. So do, with the feature
//! `extension`, `AppConfigSource` and `ExtensionSource`, through agents that AWS offers as layers.
//! A source of your own implements [`Source`].
//!
//! A source only fetches. When that happens, what a request waits for and how long an old
//! document stays in force is the same for every source:
//!
//! - A document younger than the cache time ([`Source::cache_ttl`]) is used as it is. Between
//!   once and twice that, it is used while a new one is fetched beside the handler. Older, the
//!   request waits for the new one, at most for the fetch timeout.
//! - After a fetch that failed or took too long, nobody waits: fetches run beside the handlers,
//!   with backoff, and at most one request in each `CHAOS_MAX_STALE` waits again.
//! - The last good document stays in force while fetches fail, at most for `CHAOS_MAX_STALE`.
//! - A document that does not exist, or is invalid as a whole, means no chaos, at once.

#[cfg(feature = "extension")]
mod agent;
#[cfg(feature = "extension")]
mod appconfig;
mod choose;
mod env;
mod error;
#[cfg(feature = "extension")]
mod extension;
mod file;
mod named;
pub(crate) mod options;
#[cfg(feature = "_client")]
mod own;
#[cfg(any(feature = "extension", feature = "ssm"))]
mod parameter;
pub(crate) mod refresh;
#[cfg(feature = "ssm")]
pub(crate) mod ssm;

use std::pin::Pin;
use std::time::Duration;

#[cfg(feature = "extension")]
pub use self::appconfig::AppConfigSource;
pub use self::env::EnvSource;
pub use self::error::SourceError;
#[cfg(feature = "extension")]
pub use self::extension::ExtensionSource;
pub use self::file::FileSource;
pub use self::named::Named;
#[cfg(feature = "_client")]
pub(crate) use self::own::{is_own, own};
#[cfg(feature = "ssm")]
pub use self::ssm::SsmSource;

/// The cache time of a source that names none: 60 seconds.
pub const DEFAULT_CACHE_TTL: Duration = Duration::from_mins(1);

/// A fetch under way: what [`Source::fetch`] returns.
pub type Fetch<'a> = Pin<Box<dyn Future<Output = Result<String, SourceError>> + Send + 'a>>;

/// Where a document comes from.
///
/// # Examples
///
/// A document that an operator writes into a table of your own:
///
/// ```
/// use std::time::Duration;
/// use chaos_core::source::{Fetch, Source, SourceError};
///
/// struct Table {
///     // your client
/// }
///
/// impl Table {
///     async fn read(&self, key: &str) -> Result<Option<String>, std::io::Error> {
///         # let _ = key;
///         Ok(Some(r#"{ "latency": { "enabled": false } }"#.to_owned()))
///     }
/// }
///
/// impl Source for Table {
///     fn name(&self) -> &str {
///         "table"
///     }
///
///     fn location(&self) -> String {
///         "row chaos of table settings".to_owned()
///     }
///
///     fn fetch(&self) -> Fetch<'_> {
///         Box::pin(async {
///             match self.read("chaos").await {
///                 Ok(Some(document)) => Ok(document),
///                 Ok(None) => Err(SourceError::missing("the row does not exist")),
///                 Err(error) => Err(SourceError::unavailable("the table cannot be read").with_source(error)),
///             }
///         })
///     }
///
///     fn cache_ttl(&self) -> Option<Duration> {
///         Some(Duration::from_secs(30))
///     }
/// }
/// ```
pub trait Source: Send + Sync + 'static {
    /// The kind of source, as telemetry shows it in `config_source`: `ssm`, `appconfig`, `file`,
    /// `env`. One short word, the same each time.
    fn name(&self) -> &str;

    /// Where exactly the document is, for messages: `parameter /orders/chaos`.
    fn location(&self) -> String;

    /// Fetches the document, as it is now and not from a cache.
    ///
    /// The future runs on a tokio task of its own, with the feature `dns` in a runtime of its own,
    /// where no name of a host is denied. It is not polled twice at a time for one
    /// source, unless the first time was lost in a freeze of the execution environment; it may be
    /// dropped at any point, and then nothing may be left behind. It must not block the thread.
    ///
    /// It is given up after the longer of five seconds and twice the fetch timeout. A source
    /// needs no retries of its own.
    ///
    /// # Errors
    ///
    /// [`SourceError::missing`] and [`SourceError::invalid`] end all chaos at once: use them only
    /// for an answer that says so. Whatever else goes wrong is [`SourceError::unavailable`].
    ///
    /// # Panics
    ///
    /// A panic is caught and counts as [`SourceError::unavailable`] (not so where the function is
    /// built with `panic = "abort"`).
    fn fetch(&self) -> Fetch<'_>;

    /// How long a document is used before it is fetched again, where `CHAOS_CACHE_TTL` does not
    /// say otherwise: [`DEFAULT_CACHE_TTL`]. More than a day counts as a day.
    ///
    /// Zero reads at the start of every invocation, which is right for an agent on the same
    /// machine. `None` means that the document never changes: it is read once, and
    /// `CHAOS_CACHE_TTL` does not matter.
    fn cache_ttl(&self) -> Option<Duration> {
        Some(DEFAULT_CACHE_TTL)
    }

    /// Whether the source can be asked before the first invocation. By default it can; where not,
    /// [`init()`](crate::init()) asks nothing, and the first request does.
    fn answers_in_init(&self) -> bool {
        true
    }

    /// The document, where it can be had without waiting and without I/O: then
    /// [`fetch`](Self::fetch) is not called, no task is started, and the source can be read
    /// outside a tokio runtime as well. By default `None`: it cannot.
    fn immediate(&self) -> Option<Result<String, SourceError>> {
        None
    }
}
