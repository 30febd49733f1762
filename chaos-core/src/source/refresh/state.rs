//! What is known of the document, and what to do next. No clock, no runtime, no I/O: the rules.

use std::time::Duration;

use super::Timing;
use crate::clock::Stamp;

/// Retries wait up to this long after the first failure, and twice as long after each further one.
const BACKOFF_BASE: Duration = Duration::from_secs(1);
/// The longest wait before a retry.
const BACKOFF_CAP: Duration = Duration::from_mins(1);

/// What a fetch last led to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum InForce {
    /// No fetch has been answered yet.
    Unknown,
    /// The last document.
    Document,
    /// Nothing: the last document was invalid as a whole.
    Rejected,
    /// Nothing: there is no document, for this reason.
    Gone(String),
    /// Nothing: the last document went unconfirmed for too long.
    Lapsed,
}

/// What to do at the start of an invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Begin a fetch, unless one is under way.
    pub(super) fetch: bool,
    /// Hold up this request for it.
    pub(super) wait: bool,
}

#[derive(Debug)]
pub(super) struct State {
    timing: Timing,
    pub(super) in_force: InForce,
    /// The last document that was handed on, so that an equal one is not.
    text: Option<String>,
    /// When the last fetch that was answered began.
    confirmed: Option<Stamp>,
    trouble: Option<Trouble>,
}

/// From the first fetch that failed, or wait that ran out or was given up, until a fetch is answered.
#[derive(Debug)]
struct Trouble {
    /// What tells one reason from another. `None` while there is none but that a wait was given up.
    key: Option<String>,
    /// When a request last waited for this; at first, when it began.
    waited: Stamp,
    failures: u32,
    /// When the last fetch failed, and how long to leave the source in peace.
    retry: Option<(Stamp, Duration)>,
}

impl Trouble {
    fn since(now: Stamp) -> Self {
        Self {
            key: None,
            waited: now,
            failures: 0,
            retry: None,
        }
    }
}

impl State {
    pub(super) fn new(timing: Timing) -> Self {
        Self {
            timing,
            in_force: InForce::Unknown,
            text: None,
            confirmed: None,
            trouble: None,
        }
    }

    /// The rules for one invocation.
    pub(super) fn step(&self, now: Stamp) -> Step {
        if !self.is_older(now, 1) {
            return Step {
                fetch: false,
                wait: false,
            };
        }
        let wait = self.is_older(now, 2) && self.may_wait(now);
        Step {
            fetch: wait || self.may_retry(now),
            wait,
        }
    }

    /// Whether a fetch is due that nobody waits for. A wait that may be had is left to whoever can
    /// wait, and is no reason to ask a source that is to be left in peace.
    pub(super) fn is_due(&self, now: Stamp) -> bool {
        self.is_older(now, 1) && self.may_retry(now)
    }

    /// Whether the last answer is so many cache times old.
    fn is_older(&self, now: Stamp, times: u32) -> bool {
        match (self.confirmed, self.timing.ttl) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(confirmed), Some(ttl)) => confirmed.age(now) >= ttl * times,
        }
    }

    /// Whether a request may be held up: not twice for the same trouble.
    fn may_wait(&self, now: Stamp) -> bool {
        let again = |trouble: &Trouble| trouble.waited.age(now) >= self.timing.max_stale;
        !self.timing.fetch_timeout.is_zero() && self.trouble.as_ref().is_none_or(again)
    }

    fn may_retry(&self, now: Stamp) -> bool {
        let retry = self.trouble.as_ref().and_then(|trouble| trouble.retry);
        retry.is_none_or(|(failed, pause)| failed.age(now) >= pause)
    }

    /// A request begins to wait: while there is trouble, no other will for a while.
    pub(super) fn waits(&mut self, now: Stamp) {
        if let Some(trouble) = &mut self.trouble {
            trouble.waited = now;
        }
    }

    /// A fetch that began at `as_of` was answered. Says whether that ends a trouble that had a
    /// reason.
    pub(super) fn answered(&mut self, as_of: Stamp) -> bool {
        self.confirmed = Some(as_of);
        self.trouble
            .take()
            .is_some_and(|trouble| trouble.key.is_some())
    }

    /// Whether this text has to be handed on, being new or no longer in force.
    pub(super) fn is_news(&self, text: &str) -> bool {
        let known = matches!(self.in_force, InForce::Document | InForce::Rejected);
        !known || self.text.as_deref() != Some(text)
    }

    /// This text was handed on, and was accepted or not.
    pub(super) fn applied(&mut self, text: String, accepted: bool) {
        self.text = Some(text);
        self.in_force = if accepted {
            InForce::Document
        } else {
            InForce::Rejected
        };
    }

    /// There is no answer to wait for. Says whether that is new.
    pub(super) fn troubled(&mut self, now: Stamp, key: &str) -> bool {
        let trouble = self.trouble.get_or_insert_with(|| Trouble::since(now));
        let new = trouble.key.as_deref() != Some(key);
        if new {
            trouble.key = Some(key.to_owned());
        }
        new
    }

    /// A request did not wait for its answer to the end. No other one waits for a while, whatever
    /// the source will say.
    pub(super) fn given_up(&mut self, now: Stamp) {
        self.trouble.get_or_insert_with(|| Trouble::since(now));
    }

    /// A fetch failed. Says whether the reason is new.
    pub(super) fn failed(&mut self, now: Stamp, key: &str) -> bool {
        let new = self.troubled(now, key);
        if let Some(trouble) = &mut self.trouble {
            trouble.failures = trouble.failures.saturating_add(1);
            trouble.retry = Some((now, jitter(backoff(trouble.failures))));
        }
        new
    }

    /// Takes a document out of force that has gone unconfirmed for too long. Says whether it did.
    pub(super) fn lapses(&mut self, now: Stamp) -> bool {
        let old = self.timing.ttl.is_some()
            && self
                .confirmed
                .is_some_and(|confirmed| confirmed.age(now) >= self.timing.max_stale);
        let lapses = old && self.in_force == InForce::Document;
        if lapses {
            self.in_force = InForce::Lapsed;
        }
        lapses
    }
}

/// The longest pause after so many failures in a row.
fn backoff(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    BACKOFF_CAP.min(BACKOFF_BASE * (1 << doublings))
}

/// Full jitter: environments that failed together do not come back together.
fn jitter(longest: Duration) -> Duration {
    Duration::from_millis(rand::random_range(0..=crate::clock::millis(longest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_a_minute_with_full_jitter() {
        let seconds: Vec<_> = (1..=9).map(|n| backoff(n).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(backoff(u32::MAX), BACKOFF_CAP);

        let draws: Vec<_> = (0..1000).map(|_| jitter(backoff(4)).as_millis()).collect();
        assert!(draws.iter().all(|&ms| ms <= 8000));
        assert!(draws.iter().any(|&ms| ms < 2000) && draws.iter().any(|&ms| ms > 6000));
    }
}
