//! Faults in tests: a document for one scope, and the list of what was injected.
//!
//! Two tests that run at the same time do not see each other's documents. Nothing is read from
//! the environment, and everything is allowed but what has to be named: `panic`, `exit`, `memory`
//! and `cpu`. [`Scope::allowing`] names modes.
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
//! assert_eq!(scope.decisions()[0].mode, "exception");
//! # }
//! ```

use std::sync::Arc;

use http::HeaderName;
use serde_json::Value;

use crate::engine::{self, Allow, Engine, Options, Shared};
use crate::plan::{self, Finding};
pub use crate::telemetry::{Action, Decision};

/// A document in force for the futures and functions that are run in it.
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
        let (scope, findings) = Self::lenient(document);
        let errors: Vec<String> = findings
            .iter()
            .filter(|finding| finding.severity == plan::Severity::Error)
            .map(ToString::to_string)
            .collect();
        assert!(
            errors.is_empty(),
            "the document is invalid: {}",
            errors.join("; ")
        );
        scope
    }

    /// With any document, and what was found wrong with it.
    pub fn lenient(document: &Value) -> (Self, Vec<Finding>) {
        Self::with(document, Allow::in_tests(), false)
    }

    /// With a response header that names the flags that fired, as `CHAOS_RESPONSE_HEADER` does.
    ///
    /// # Panics
    ///
    /// If that is no name of an HTTP header.
    #[must_use]
    pub fn announcing(document: &Value, header: &str) -> Self {
        let options = Options {
            response_header: Some(HeaderName::try_from(header).expect("the name of a header")),
            ..Self::options(Allow::in_tests(), false)
        };
        Self::with_options(document, options).0
    }

    /// With exactly these modes allowed, as CHAOS_ALLOW does.
    #[must_use]
    pub fn allowing(document: &Value, modes: &[&str]) -> Self {
        let allow = Allow::only(modes.iter().map(|&mode| mode.to_owned()));
        Self::with(document, allow, false).0
    }

    /// With dry run on, as CHAOS_DRY_RUN does.
    #[must_use]
    pub fn dry_run(document: &Value) -> Self {
        Self::with(document, Allow::in_tests(), true).0
    }

    fn with(document: &Value, allow: Allow, dry_run: bool) -> (Self, Vec<Finding>) {
        Self::with_options(document, Self::options(allow, dry_run))
    }

    fn options(allow: Allow, dry_run: bool) -> Options {
        Options {
            config_source: "test".to_owned(),
            dry_run,
            allow,
            ..Options::default()
        }
    }

    fn with_options(document: &Value, options: Options) -> (Self, Vec<Finding>) {
        engine::expect_scopes();
        let reading = plan::read_value(document);
        let shared = Arc::new(Shared::recording());
        shared.apply(reading.plan);
        let engine = Arc::new(Engine::new(options, None, shared));
        (Self { engine }, reading.findings)
    }

    /// Runs a future with the document in force for it. Tasks that it spawns are outside.
    pub async fn run<F: Future>(&self, future: F) -> F::Output {
        engine::scope(Arc::clone(&self.engine), future).await
    }

    /// Runs a function that is not async with the document in force for it.
    pub fn run_blocking<R>(&self, call: impl FnOnce() -> R) -> R {
        engine::scope_sync(Arc::clone(&self.engine), call)
    }

    /// Puts another document in force, as a flip does. Counters of flags that stay equal go on.
    pub fn flip(&self, document: &Value) {
        self.engine.shared().apply(plan::read_value(document).plan);
    }

    /// Every decision so far, in order: what was injected, and what was asked for and was not.
    pub fn decisions(&self) -> Vec<Decision> {
        self.engine.shared().recorded()
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
