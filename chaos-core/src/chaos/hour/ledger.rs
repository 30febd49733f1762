//! What Parameter Store answered when, and so what can be in force.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// `CHAOS_MAX_STALE`, unless set.
const MAX_STALE: Duration = Duration::from_mins(5);
/// A fetch began at most so long before the attempt that was answered.
const BEFORE: Duration = Duration::from_secs(5);
/// Timers have milliseconds.
const TICK: Duration = Duration::from_millis(1);

/// One answer, whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) asked: Instant,
    pub(super) answered: Instant,
    /// The document; `None` if it said that there is none.
    pub(super) version: Option<u32>,
}

/// The answers of late. What failed is no answer.
#[derive(Debug)]
pub(super) struct Ledger(VecDeque<Entry>);

impl Ledger {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self(VecDeque::from([Entry {
            asked: now,
            answered: now,
            version: None,
        }]))
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.0.push_back(entry);
        // no invocation lasts longer
        while self.0[1].answered.elapsed() > Duration::from_secs(10) {
            self.0.pop_front();
        }
    }

    pub(super) fn last(&self) -> Entry {
        *self.0.back().expect("the first one stays")
    }

    /// What may be in force between two moments: mostly one version, or `None`, no document.
    pub(super) fn in_force(&self, from: Instant, to: Instant) -> Vec<Option<u32>> {
        let mut may = Vec::new();
        for (n, entry) in self.0.iter().enumerate() {
            let next = self.0.get(n + 1).map(|next| next.answered + TICK);
            if entry.answered > to + TICK || next.is_some_and(|next| next < from) {
                continue;
            }
            if from.duration_since(entry.asked) < MAX_STALE {
                may.push(entry.version);
            }
            if to.duration_since(entry.asked) + BEFORE >= MAX_STALE {
                may.push(None);
            }
        }
        may
    }
}
