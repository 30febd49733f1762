//! What a log shows of the source: one line when trouble starts or its reason changes, silence
//! while it lasts, one line when it is over.

use std::time::Duration;

use tracing::Level;

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
    /// A request that was to wait was given up before there was an answer.
    GivenUp,
    /// There is no document, for this reason.
    Gone(String),
    /// The last document went unconfirmed for this long.
    Lapsed(Duration),
    /// Trouble is over.
    Recovered,
    /// The runtime has no timers, so nothing can be fetched.
    NoTimers,
    /// There is no runtime, so nothing can be fetched here.
    NoRuntime,
}

impl Line {
    pub(super) fn write(self, source: &dyn Source) {
        let location = source.location();
        let cannot = "cannot read the chaos document";
        let (level, action, reason, message) = match self {
            Self::Trouble(reason, effect) => {
                let message = format!("{cannot} ({location}): {reason}; {effect}");
                (Level::WARN, "error", Some(reason), message)
            }
            Self::Again(reason) => {
                let message = format!("still {cannot} ({location}): {reason}");
                (Level::DEBUG, "error", Some(reason), message)
            }
            Self::GivenUp => {
                let message = format!(
                    "a call that was to wait for the chaos document ({location}) was dropped before \
                     there was an answer; the fetch goes on"
                );
                (Level::DEBUG, "error", None, message)
            }
            Self::Gone(reason) => {
                let message = format!(
                    "there is no chaos document ({location}): {reason}; no chaos until there is one"
                );
                (Level::WARN, "error", Some(reason), message)
            }
            Self::Lapsed(after) => {
                let after = after.as_secs_f64();
                let message = format!(
                    "the chaos document ({location}) has gone unconfirmed for {after} s, so it is \
                     no longer in force; no chaos until it can be read again"
                );
                (Level::WARN, "clear", None, message)
            }
            Self::Recovered => {
                let message = format!("the chaos document can be read again ({location})");
                (Level::INFO, "clear", None, message)
            }
            Self::NoRuntime => {
                let message = format!(
                    "{cannot} ({location}): this call is outside a tokio runtime, where only \
                     CHAOS_CONFIG is read; call it from one, or `chaos_core::init` first"
                );
                (Level::WARN, "error", None, message)
            }
            Self::NoTimers => {
                let message = format!(
                    "{cannot} ({location}): this tokio runtime has no timers; build it with \
                     `enable_time` or `enable_all`"
                );
                (Level::WARN, "error", None, message)
            }
        };
        // a level has to be known when this is compiled
        macro_rules! event {
            ($level:expr) => {
                tracing::event!(
                    target: "chaos",
                    $level,
                    source = "chaos",
                    config_source = source.name(),
                    action,
                    location,
                    reason,
                    "{message}"
                )
            };
        }
        match level {
            Level::WARN => event!(Level::WARN),
            Level::INFO => event!(Level::INFO),
            _ => event!(Level::DEBUG),
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
