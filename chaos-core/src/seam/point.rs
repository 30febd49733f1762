//! The door of a block of code.

use std::fmt;
use std::fmt::Display;
use std::future::Future;

use crate::engine::{self, Beginning};
use crate::plan::HANDLER_POINT;
use crate::seam::future::ChaosFuture;
use crate::seam::handler::run_blocking;
use crate::seam::returns::{Convert, FromInjected, Never, ResultCarrier};

/// Makes a block of code a named point, as [`inject_chaos`](crate::inject_chaos) with `point` does a
/// function.
///
#[cfg_attr(feature = "inject", doc = "```")]
#[cfg_attr(not(feature = "inject"), doc = "```ignore")]
/// use chaos_core::{InjectedError, point, testing::Scope};
/// use serde_json::json;
///
/// async fn user(tenant: &str, id: u64) -> Result<String, InjectedError> {
///     let cached = point("cache.get_user")
///         .label("tenant", || tenant)
///         .label("shard", || id % 4)
///         .run(async { Ok::<_, InjectedError>(format!("{tenant}/{id}, cached")) })
///         .await;
///     Ok(cached.unwrap_or_else(|_| format!("{tenant}/{id}")))
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let scope = Scope::new(&json!({
///     "no-cache": { "enabled": true, "mode": "exception", "point": "cache.*", "labels": { "shard": "3" } }
/// }));
/// assert_eq!(scope.run(user("a", 8)).await.unwrap(), "a/8, cached");
/// assert_eq!(scope.run(user("a", 7)).await.unwrap(), "a/7");
/// # }
/// ```
///
/// The name is words joined by dots. `handler` is the handler's own, and neither `*` nor white space
/// may be in a name: under such a one the block runs without chaos, and where a flag concerns it, the
/// log says so.
///
/// A block ends with a `Result` whose error type takes an injected error; one that cannot fail ends
/// with `Ok::<_, Infallible>(…)`, and is delayed. Status codes and corruption are for functions with
/// the attribute, where the compiler is asked what the type can carry.
#[must_use = "call `run` or `run_blocking`"]
pub const fn point(name: &'static str) -> Point<()> {
    Point { name, labels: () }
}

/// A named point round a block of code; [`point()`] makes one.
#[must_use = "call `run` or `run_blocking`"]
pub struct Point<L> {
    name: &'static str,
    labels: L,
}

impl<L: PointLabels> Point<L> {
    /// A label that a flag's `labels` and `by` can ask for. The value is asked for only when a flag
    /// concerns the point, when [the points are listed](crate#points-and-labels), or when the document
    /// has to be fetched before anybody can tell, which happens only where no handler keeps it fresh.
    ///
    /// A label that is given several times has several values, for a block that is about several
    /// things: it is enough for a flag if one of them fits.
    pub fn label<V: Display>(
        self,
        name: &'static str,
        value: impl FnOnce() -> V,
    ) -> Point<impl PointLabels> {
        Point {
            name: self.name,
            labels: (self.labels, Label { name, value }),
        }
    }

    /// The block, as a future with the point round it: faults come when it is polled, and the block
    /// is not polled if a fault answers in its place.
    #[inline]
    pub fn run<F, R, E>(self, block: F) -> ChaosFuture<F, ResultCarrier<Convert, Never>>
    where
        F: Future<Output = Result<R, E>>,
        E: FromInjected,
    {
        ChaosFuture::once(self.begin(), block, |_| CARRIER)
    }

    /// The same for a block that is not async: a delay blocks the thread.
    ///
    /// # Errors
    ///
    /// Those of the block, and injected ones.
    ///
    /// # Panics
    ///
    /// If the document says so, and `CHAOS_ALLOW` names `panic`.
    #[inline]
    pub fn run_blocking<R, E>(self, block: impl FnOnce() -> Result<R, E>) -> Result<R, E>
    where
        E: FromInjected,
    {
        run_blocking(self.begin(), block, |_| CARRIER)
    }

    #[inline]
    fn begin(self) -> Option<Box<Beginning>> {
        let Self { name, labels } = self;
        let begin = || {
            let mut all = Vec::new();
            labels.add_to(&mut all);
            all
        };
        engine::begin_point(name, begin).filter(|_| is_name(name))
    }
}

const CARRIER: ResultCarrier<Convert, Never> = ResultCarrier {
    errors: Convert,
    replies: Never,
};

/// Asked only when something may be done at the point.
#[cold]
fn is_name(name: &str) -> bool {
    let fits = |c: char| c != '*' && !c.is_whitespace();
    let is_name = !name.is_empty() && name != HANDLER_POINT && name.chars().all(fits);
    if !is_name {
        tracing::error!(
            target: "chaos", source = "chaos", action = "error", point = name,
            "this cannot be a point's name, so nothing is injected; write words joined by dots, such \
             as \"cache.get_user\""
        );
    }
    is_name
}

impl<L> fmt::Debug for Point<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Point")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The labels of a [`Point`], not looked at yet.
#[doc(hidden)]
pub trait PointLabels {
    fn add_to(self, labels: &mut Vec<(&'static str, String)>);
}

impl PointLabels for () {
    #[inline]
    fn add_to(self, _: &mut Vec<(&'static str, String)>) {}
}

struct Label<V> {
    name: &'static str,
    value: V,
}

impl<L: PointLabels, D: Display, V: FnOnce() -> D> PointLabels for (L, Label<V>) {
    fn add_to(self, labels: &mut Vec<(&'static str, String)>) {
        let (others, Label { name, value }) = self;
        others.add_to(labels);
        labels.push((name, value().to_string()));
    }
}
