//! How old a document may be, and how long anything waits for one.

use std::time::Duration;

/// How long a document is used, and how long anything waits for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timing {
    /// The cache time. `None`: the document never changes.
    pub(crate) ttl: Option<Duration>,
    /// The longest that a fetch may hold up a request. Zero: requests never wait.
    pub(crate) fetch_timeout: Duration,
    /// How long an unconfirmed document stays in force.
    pub(crate) max_stale: Duration,
}

impl Timing {
    /// A day: a document that is older than that is nobody's intention.
    pub(crate) const DAY: Duration = Duration::from_hours(24);
    /// The least time that a document stays in force unconfirmed.
    pub(crate) const LEAST_STALE: Duration = Duration::from_secs(1);
    /// An invocation lasts no longer.
    pub(crate) const LONGEST_INVOCATION: Duration = Duration::from_mins(15);

    /// Within the bounds that hold in the environment: code may ask for any duration, and those
    /// near [`Duration::MAX`] cannot be doubled or added to a clock.
    pub(crate) fn bounded(self) -> Self {
        let ttl = self.ttl.map(|ttl| ttl.min(Self::DAY));
        let max_stale = self.max_stale.clamp(Self::LEAST_STALE, Self::DAY);
        Self {
            ttl,
            fetch_timeout: self.fetch_timeout.min(Self::LONGEST_INVOCATION),
            // else a document could lapse before a request has to wait for the next one
            max_stale: max_stale.max(ttl.unwrap_or_default() * 2),
        }
    }

    /// The bound of a fetch that nobody waits for any more.
    pub(super) fn fetch_bound(&self) -> Duration {
        Duration::from_secs(5).max(self.fetch_timeout * 2)
    }
}
