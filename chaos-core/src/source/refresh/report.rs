//! What a log shows of the source: one line when trouble starts or its reason changes, silence
//! while it lasts, one line when it is over.

use std::time::Duration;

use super::flight::Flight;
use super::state::InForce;
use super::{Refresh, Timing};
use crate::source::Source;

/// One line, put together while the state is locked and written after.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Trouble: why, and what stays in force.
    Trouble(String, String),
    /// The same again.
    Again(String),
    /// There is no document, for this reason.
    Gone(String),
    /// The last document went unconfirmed for this long.
    Lapsed(Duration),
    /// Trouble is over.
    Recovered,
    /// The runtime has no timers, so nothing can be fetched.
    NoTimers,
}

impl Line {
    pub(super) fn write(self, source: &dyn Source) {
        let name = source.name();
        let location = source.location();
        match self {
            Self::Trouble(reason, effect) => tracing::warn!(
                source = "chaos",
                config_source = name,
                action = "error",
                location,
                reason,
                "cannot read the chaos document ({location}): {reason}; {effect}"
            ),
            Self::Again(reason) => tracing::debug!(
                source = "chaos",
                config_source = name,
                action = "error",
                location,
                reason,
                "still cannot read the chaos document ({location}): {reason}"
            ),
            Self::Gone(reason) => tracing::warn!(
                source = "chaos",
                config_source = name,
                action = "error",
                location,
                reason,
                "there is no chaos document ({location}): {reason}; no chaos until there is one"
            ),
            Self::Lapsed(after) => tracing::warn!(
                source = "chaos",
                config_source = name,
                action = "clear",
                location,
                "the chaos document ({location}) has gone unconfirmed for {} s, so it is no \
                 longer in force; no chaos until it can be read again",
                after.as_secs_f64()
            ),
            Self::Recovered => tracing::info!(
                source = "chaos",
                config_source = name,
                action = "clear",
                location,
                "the chaos document can be read again ({location})"
            ),
            Self::NoTimers => tracing::warn!(
                source = "chaos",
                config_source = name,
                action = "error",
                location,
                "cannot read the chaos document ({location}): this tokio runtime has no timers; \
                 build it with `enable_time` or `enable_all`"
            ),
        }
    }
}

/// What is in force while there is trouble.
pub(super) fn effect(in_force: &InForce, timing: &Timing) -> String {
    let limit = timing.max_stale.as_secs_f64();
    match in_force {
        InForce::Unknown => "no chaos until it has been read".to_owned(),
        InForce::Document if timing.ttl.is_none() => "the last one stays in force".to_owned(),
        InForce::Document => {
            format!(
                "the last one stays in force, at most for {limit} s after it was last confirmed"
            )
        }
        InForce::Rejected => "no chaos, as the last one was invalid".to_owned(),
        InForce::Gone(_) => "no chaos, as there was none".to_owned(),
        InForce::Lapsed => {
            format!("no chaos, as the last one has gone unconfirmed for {limit} s")
        }
    }
}

/// What is done once the state is unlocked again: declared before the lock is taken, so dropped
/// after it is released. A subscriber may take its time, and giving up a task runs its destructors.
pub(super) struct Later<'a> {
    source: &'a dyn Source,
    lines: Vec<Line>,
    /// A fetch that will not land.
    pub(super) lost: Option<Flight>,
}

impl<'a> Later<'a> {
    pub(super) fn new(refresh: &'a Refresh) -> Self {
        Self {
            source: refresh.source(),
            lines: Vec::new(),
            lost: None,
        }
    }

    pub(super) fn push(&mut self, line: Line) {
        self.lines.push(line);
    }
}

impl Drop for Later<'_> {
    fn drop(&mut self) {
        for line in self.lines.drain(..) {
            line.write(self.source);
        }
        if let Some(flight) = self.lost.take() {
            flight.abort();
        }
    }
}
