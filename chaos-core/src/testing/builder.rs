//! What a scope can have besides its document.

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::Value;

use super::Scope;
use crate::clock::{TimeOfDay, Virtual};
use crate::engine::{self, Allow, Engine, Options, Shared};
use crate::plan::{Finding, Severity};

/// Makes a [`Scope`] with a seed, labels, modes or a time of its own.
///
/// ```
/// use chaos_core::testing::Scope;
/// use serde_json::json;
///
/// let document = json!({
///     "panic": { "enabled": true, "percentage": 1, "labels": { "lambda.function": "orders" } }
/// });
/// let scope = Scope::builder(&document)
///     .seed(7)
///     .allow(["panic"])
///     .label("lambda.function", "orders")
///     .build();
/// # drop(scope);
/// ```
#[derive(Clone, Debug)]
#[must_use = "call `build()`"]
pub struct ScopeBuilder {
    document: Value,
    seed: Option<u64>,
    options: Options,
    virtual_clock: Option<SystemTime>,
}

impl ScopeBuilder {
    pub(super) fn new(document: &Value) -> Self {
        Self {
            document: document.clone(),
            seed: None,
            options: Options {
                config_source: "test".to_owned(),
                allow: Allow::in_tests(),
                ..Options::default()
            },
            virtual_clock: None,
        }
    }

    /// Where the random draws start from: with the same seed the same calls meet the same faults.
    ///
    /// It is used instead of the `seed` in the document's `settings`, also after a
    /// [`Scope::flip`]: a document can so be tried with many seeds, as it is.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Allows exactly these modes, as `CHAOS_ALLOW` does. Unless called, all are allowed but
    /// `panic`, `exit`, `memory` and `cpu`.
    pub fn allow<Name: Into<String>>(mut self, modes: impl IntoIterator<Item = Name>) -> Self {
        self.options.allow = Allow::only(modes.into_iter().map(Into::into));
        self
    }

    /// Decides and records, and injects nothing, as `CHAOS_DRY_RUN` does.
    pub fn dry_run(mut self) -> Self {
        self.options.dry_run = true;
        self
    }

    /// Lists the named points that are reached, for [`Scope::points`], as `CHAOS_LIST_POINTS` does.
    /// Labels are then evaluated whether a flag concerns the point or not.
    pub fn list_points(mut self) -> Self {
        self.options.list_points = true;
        self
    }

    /// Has responses name the flags that fired in a header of this name, as
    /// `CHAOS_RESPONSE_HEADER` does.
    ///
    /// # Panics
    ///
    /// If that is no name of an HTTP header.
    pub fn response_header(mut self, name: &str) -> Self {
        let Ok(header) = http::HeaderName::try_from(name) else {
            panic!("{name:?} is no name of an HTTP header; write letters, digits and hyphens");
        };
        self.options.response_header = Some(header);
        self
    }

    /// A label that every call in the scope has, as in Lambda it has `lambda.function`,
    /// `lambda.version` and `lambda.region`. A label of the call itself goes first.
    ///
    /// `lambda.tenant` is that of the event's context, and this one where there is none.
    pub fn label(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.options.labels.retain(|(label, _)| *label != name);
        self.options.labels.push((name, value.into()));
        self
    }

    /// Starts the scope's clock at this time, and never blocks: where a function that is not
    /// async is to wait, the clock is set forward by as much, and the function goes on at once.
    ///
    /// [What time it is](super#time) says what goes by that clock. A time before 1970 counts as
    /// 1970.
    pub fn virtual_clock(mut self, start: SystemTime) -> Self {
        self.virtual_clock = Some(start);
        self
    }

    /// The scope.
    ///
    /// # Panics
    ///
    /// If the document has findings of severity error, so that a test cannot pass because of a
    /// slip in it. [`build_lenient`](Self::build_lenient) takes any.
    pub fn build(self) -> Scope {
        let (scope, findings) = self.build_lenient();
        let errors: Vec<String> = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(ToString::to_string)
            .collect();
        assert!(
            errors.is_empty(),
            "the document is invalid: {}",
            errors.join("; ")
        );
        scope
    }

    /// The scope with any document, and what was found wrong with that.
    pub fn build_lenient(self) -> (Scope, Vec<Finding>) {
        engine::expect_scopes();
        let start = self.virtual_clock.unwrap_or_else(SystemTime::now);
        let time = TimeOfDay::Scope {
            clock: Arc::new(Virtual::starting_at(start)),
            never_blocks: self.virtual_clock.is_some(),
        };
        let shared = Shared::recording(self.seed).listing(self.options.list_points);
        let engine = Engine::new(self.options, None, Arc::new(shared)).with_time(time);
        let scope = Scope {
            engine: Arc::new(engine),
        };
        let findings = scope.apply(&self.document);
        (scope, findings)
    }
}
