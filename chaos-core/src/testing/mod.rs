//! Faults in tests: a document for one scope, and the list of what was injected.
//!
//! It needs the feature `inject`, which is on by default: without it nothing is injected, here
//! either. Nothing is read from the environment: neither a document, nor the kill switch, nor
//! `CHAOS_ALLOW`. Everything is allowed but what has to be named: `panic`, `exit`, `memory` and
//! `cpu`; [`Scope::allowing`] names modes.
//!
#![cfg_attr(feature = "inject", doc = "```")]
#![cfg_attr(not(feature = "inject"), doc = "```ignore")]
//! use chaos_core::{inject_chaos, testing::Scope};
//! use serde_json::json;
//!
//! #[inject_chaos]
//! async fn handler(order: u32) -> Result<String, chaos_core::InjectedError> {
//!     Ok(format!("order {order}"))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let scope = Scope::new(&json!({ "exception": { "enabled": true, "exception_msg": "boom" } }));
//! let error = scope.run(handler(7)).await.unwrap_err();
//! assert_eq!(error.message(), "boom");
//! assert_eq!(scope.decisions()[0].to_string(), "inject exception at handler: boom");
//! # }
//! ```
//!
//! # A scope
//!
//! [`Scope::run`] puts the document in force for one future, [`Scope::run_blocking`] for one
//! function. Tests that run at the same time do not see each other's documents, be they threads or
//! tasks of one runtime. What goes on outside is untouched, and so are the tasks that the future
//! spawns: what runs in them meets no fault, unless it is run in the scope as well:
//!
#![cfg_attr(feature = "inject", doc = "```")]
#![cfg_attr(not(feature = "inject"), doc = "```ignore")]
//! # use chaos_core::{InjectedError, inject_chaos, testing::Scope};
//! # use serde_json::json;
//! # #[inject_chaos]
//! # async fn handler(order: u32) -> Result<String, InjectedError> { Ok(format!("order {order}")) }
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let scope = Scope::new(&json!({ "exception": { "enabled": true } }));
//! assert!(tokio::spawn(scope.run(handler(7))).await.unwrap().is_err());
//!
//! // Deeper down, where the scope has no name:
//! scope.run(async {
//!     let scope = Scope::current().expect("this runs in one");
//!     assert!(tokio::spawn(scope.run(handler(7))).await.unwrap().is_err());
//! }).await;
//! # }
//! ```
//!
//! Scopes can be nested; the inner one's document alone is in force then.
//!
//! # Time
//!
//! Waits of async functions go by tokio's clock. Under its paused time (tokio's feature
//! `test-util`) a latency of 30 s takes no time, and `tokio::time::timeout` round it runs out as it
//! would. A scope has a clock of its own, [`Scope::now`], which starts with the system's and goes
//! on with tokio's. By it go `starts_at` and `expires_at`, the event's deadline, so the mode
//! `timeout`, and the rule that no other wait is longer than that:
//!
#![cfg_attr(all(feature = "inject", feature = "lambda"), doc = "```")]
#![cfg_attr(not(all(feature = "inject", feature = "lambda")), doc = "```ignore")]
//! # use std::time::Duration;
//! # use chaos_core::{inject_chaos, testing::Scope};
//! # use lambda_runtime::{Context, Error, LambdaEvent};
//! # use serde_json::{Value, json};
//! #[inject_chaos]
//! async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
//!     Ok(event.payload)
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Error> {
//! // In a test: #[tokio::test(start_paused = true)]
//! let scope = Scope::new(&json!({ "timeout": { "enabled": true, "timeout_buffer_ms": 500 } }));
//! let mut context = Context::default();
//! context.deadline = scope.deadline_in(Duration::from_secs(30));
//! let start = tokio::time::Instant::now();
//! scope.run(handler(LambdaEvent::new(json!({}), context))).await?;
//! assert_eq!(start.elapsed().as_millis().div_ceil(100), 295);
//! # Ok(())
//! # }
//! ```
//!
//! Functions that are not async really block, as there is no paused time for them, unless the scope
//! has a [virtual clock](ScopeBuilder::virtual_clock): then they go on at once, and the clock is set
//! forward instead. What a fault takes (disk, memory, cores, names) is really taken, whatever the clock.
//!
//! # Seeds
//!
//! A `percentage` is rolled, and a latency drawn, anew in each run of a test. With
//! [`ScopeBuilder::seed`], or a `seed` in the document's `settings`, they are the same each time.
//!
//! # Faults of the whole process
//!
//! A full disk is full for all tests of the process, and a denied name is denied to all. So scopes
//! whose document has such a mode on
//! ([`Mode::is_process_wide`](plan::Mode::is_process_wide): `diskspace`, `memory`, `cpu` and
//! `denylist`), and allowed, take turns: [`Scope::run`] waits for its turn before the future is polled, and
//! [`Scope::run_blocking`] blocks. It does not matter in which runtime or thread they are. All
//! other scopes go on at the same time, and meet the full disk, if they look.
//!
//! The runs of one scope go together, and so do scopes that are run inside one that has the turn.
//! A spawned task is not inside: where both scopes have such a mode,
//! `a.run(async { tokio::spawn(async move { b.run(call).await }).await })` waits for ever, the one
//! for the task and the task for the turn.
//! A document that [`Scope::flip`] brings takes no turn for what runs already. Time goes by while
//! a scope waits, except where it is paused. Processes do not wait for each other, and so neither
//! do tests under `cargo nextest`.
//!
//! # A CI test of a handler under each fault
//!
//! This is `chaos-core/tests/testing/each_fault.rs`. It asserts what the handler does under each
//! fault, and not only that it meets one:
//!
#![cfg_attr(all(feature = "inject", feature = "lambda"), doc = "```no_run")]
#![cfg_attr(not(all(feature = "inject", feature = "lambda")), doc = "```ignore")]
#![doc = include_str!("../../tests/testing/each_fault.rs")]
#![doc = "```"]

mod builder;
mod turns;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

pub use self::builder::ScopeBuilder;
use crate::clock::millis;
use crate::engine::{self, Engine, PointInfo};
use crate::plan::{self, Finding};
pub use crate::telemetry::{Action, Decision};

/// A document in force for the futures and functions that are run in it.
///
/// A clone is the same scope: counters, clock and list are shared.
#[derive(Clone, Debug)]
pub struct Scope {
    engine: Arc<Engine>,
}

impl Scope {
    /// With a document, in any of the formats that are read.
    ///
    /// # Panics
    ///
    /// If the document has findings of severity error, so that a test cannot pass because of a
    /// slip in it. [`Scope::lenient`] takes any.
    pub fn new(document: &Value) -> Self {
        Self::builder(document).build()
    }

    /// With a document, and what else a scope can have.
    pub fn builder(document: &Value) -> ScopeBuilder {
        ScopeBuilder::new(document)
    }

    /// With any document, and what was found wrong with it.
    pub fn lenient(document: &Value) -> (Self, Vec<Finding>) {
        Self::builder(document).build_lenient()
    }

    /// With exactly these modes allowed, as `CHAOS_ALLOW` does.
    ///
    /// # Panics
    ///
    /// As [`Scope::new`] does.
    #[must_use]
    pub fn allowing(document: &Value, modes: &[&str]) -> Self {
        Self::builder(document).allow(modes.iter().copied()).build()
    }

    /// With dry run on, as `CHAOS_DRY_RUN` does.
    ///
    /// # Panics
    ///
    /// As [`Scope::new`] does.
    #[must_use]
    pub fn dry_run(document: &Value) -> Self {
        Self::builder(document).dry_run().build()
    }

    /// The scope that the caller runs in, if it runs in one: to take it along to a task that is
    /// spawned.
    pub fn current() -> Option<Self> {
        let engine = engine::current_scope()?;
        Some(Self { engine })
    }

    /// Runs a future with the document in force for it. Tasks that it spawns are outside;
    /// `tokio::spawn(scope.run(future))` spawns one that is inside.
    ///
    /// With [faults of the whole process](self#faults-of-the-whole-process) it waits for its turn.
    pub fn run<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        let engine = Arc::clone(&self.engine);
        // Moved from state to state it would be held several times, and an SDK's call is large.
        let future = Box::pin(future);
        async move {
            let _turn = turns::wait(&engine).await;
            engine::scope(engine, future).await
        }
    }

    /// Runs a function that is not async with the document in force for it.
    ///
    /// With [faults of the whole process](self#faults-of-the-whole-process) it blocks until it is
    /// its turn.
    ///
    /// # Panics
    ///
    /// If it would have to wait for a run that was begun on this very thread and has yielded, as
    /// two tests in one runtime of one thread: that would be for ever.
    pub fn run_blocking<R>(&self, call: impl FnOnce() -> R) -> R {
        let _turn = turns::block(&self.engine);
        engine::scope_sync(Arc::clone(&self.engine), call)
    }

    /// Puts another document in force, as a flip does. Counters of flags that stay equal go on.
    ///
    /// Any document is taken: a deployed function, too, goes on when a bad one comes.
    pub fn flip(&self, document: &Value) {
        self.apply(document);
    }

    fn apply(&self, document: &Value) -> Vec<Finding> {
        let reading = plan::read_value(document);
        self.engine.shared().apply(reading.plan);
        reading.findings
    }

    /// What time it is in the scope; see [Time](self#time).
    pub fn now(&self) -> SystemTime {
        self.engine.now()
    }

    /// The deadline of an invocation that has so long to go in the scope, as
    /// `lambda_runtime::Context::deadline` has it: in milliseconds since 1970, rounded down.
    pub fn deadline_in(&self, left: Duration) -> u64 {
        let since = self.now().duration_since(UNIX_EPOCH);
        millis(since.unwrap_or_default().saturating_add(left))
    }

    /// Every decision so far, in order: what was injected, and what was asked for and was not.
    pub fn decisions(&self) -> Vec<Decision> {
        self.engine.shared().recorded()
    }

    /// The named points that were reached in the scope so far, by name: what a document can name.
    /// Empty unless [`ScopeBuilder::list_points`] asked for it.
    ///
    #[cfg_attr(feature = "inject", doc = "```")]
    #[cfg_attr(not(feature = "inject"), doc = "```ignore")]
    /// # use chaos_core::{InjectedError, inject_chaos, testing::Scope};
    /// # use serde_json::json;
    /// #[inject_chaos(point = "store.get", labels(key))]
    /// fn get(key: &str) -> Result<String, InjectedError> {
    ///     Ok(key.to_owned())
    /// }
    ///
    /// let scope = Scope::builder(&json!({})).list_points().build();
    /// scope.run_blocking(|| get("a")).unwrap();
    /// let points = scope.points();
    /// assert_eq!((points[0].name.as_str(), points[0].calls), ("store.get", 1));
    /// assert_eq!(points[0].labels, ["key"]);
    /// ```
    pub fn points(&self) -> Vec<PointInfo> {
        self.engine.shared().reached()
    }

    /// The names of the flags that were injected so far, in order.
    pub fn injected(&self) -> Vec<String> {
        let decisions = self.decisions().into_iter();
        decisions
            .filter(|decision| decision.action == Action::Inject)
            .map(|decision| decision.flag)
            .collect()
    }
}
