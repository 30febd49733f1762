//! What is known of an invocation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
#[cfg(any(feature = "lambda", test))]
use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value;

/// What was seen of an event at the handler's door.
#[derive(Debug, Default)]
#[doc(hidden)]
pub struct Seen {
    /// Whether this is an invocation's, and not of an argument that is no event.
    pub(crate) known: bool,
    /// Whether the event was looked at, or would have been if its type could be.
    pub(crate) looked: bool,
    pub(crate) request_id: Option<String>,
    /// As the Runtime API gave it, until [`Seen::at`] has judged it.
    pub(crate) deadline: Option<SystemTime>,
    /// The tenant, of a function that isolates them.
    pub(crate) tenant: Option<String>,
    /// Handlers of `lambda_http` answer with HTTP responses, never with the proxy's JSON.
    pub(crate) http: bool,
    /// The event as JSON: only if somebody wants it and its type can be viewed.
    pub(crate) event: Option<Value>,
    /// The flags that have fired in it, kept while the response header is to name them.
    pub(crate) fired: Mutex<Vec<Arc<str>>>,
    /// Whether conditions hold for the event, by the numbers of their flags: points ask time and again.
    pub(crate) held: Mutex<BTreeMap<u64, bool>>,
}

impl Seen {
    /// Of a function that has no event.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Of an event, which it is whatever can be seen of it.
    pub(crate) fn event() -> Self {
        Self {
            known: true,
            ..Self::default()
        }
    }

    /// This, if it is an invocation's, or else the next argument's.
    #[must_use]
    pub fn or(self, next: impl FnOnce() -> Self) -> Self {
        if self.known { self } else { next() }
    }

    /// As it is known at that time: a deadline in the past, as local emulators send it, says
    /// nothing.
    pub(crate) fn at(mut self, now: impl FnOnce() -> SystemTime) -> Self {
        self.deadline = self.deadline.filter(|deadline| *deadline > now());
        self
    }

    pub(crate) fn has_fired(&self, flag: &str) {
        let mut fired = self.fired.lock().unwrap_or_else(PoisonError::into_inner);
        if !fired.iter().any(|there| **there == *flag) {
            fired.push(flag.into());
        }
    }

    /// The flags that have fired so far, each once.
    pub(crate) fn flags(&self) -> Vec<Arc<str>> {
        let fired = self.fired.lock().unwrap_or_else(PoisonError::into_inner);
        fired.clone()
    }

    /// Whether the conditions of the flag with that number hold, as they did when it was first asked: a
    /// hostile event costs its time once.
    pub(super) fn holds(&self, flag: u64, ask: impl FnOnce() -> bool) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        *held.entry(flag).or_insert_with(ask)
    }

    #[cfg(feature = "lambda")]
    pub(crate) fn context(context: &lambda_runtime::Context) -> Self {
        Self {
            request_id: Some(context.request_id.clone()).filter(|id| !id.is_empty()),
            deadline: UNIX_EPOCH.checked_add(Duration::from_millis(context.deadline)),
            tenant: context.tenant_id.clone(),
            known: true,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_past_deadline_is_unknown() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        let known = |seconds| {
            let deadline = Some(UNIX_EPOCH + Duration::from_secs(seconds));
            let seen = Seen {
                deadline,
                ..Seen::event()
            };
            seen.at(|| now).deadline.is_some()
        };
        assert!(!known(0) && !known(1_000));
        assert!(known(1_001));
    }

    #[test]
    fn an_event_is_asked_once_for_each_flag() {
        let seen = Seen::event();
        assert!(seen.holds(1, || true) && !seen.holds(2, || false));
        let asked_again = || panic!("it is known");
        assert!(seen.holds(1, asked_again) && !seen.holds(2, asked_again));
    }
}
