//! A request that waits for the document.

use std::pin::Pin;
use std::sync::Arc;

use tokio::time::Instant;

use super::Refresh;
use super::landing::{NO_ANSWER, no_answer};
use super::report::{Later, Line};

/// What a request waits for.
pub(crate) type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Dropped when the request has waited, or when it was given up: a handler with a timeout of its own,
/// shorter than ours, would else be held up by the same silence each time.
struct Seat {
    refresh: Arc<Refresh>,
    /// How many releases there had been.
    seen: u64,
    until: Instant,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.refresh.waited(self);
    }
}

impl Refresh {
    /// Waits for the fetch under way to be answered or to fail. To be called with the state
    /// locked, so that no release is missed.
    pub(super) fn waiting(self: &Arc<Self>) -> Waiting {
        let mut releases = self.releases.subscribe();
        let until = Instant::now() + self.timing.fetch_timeout;
        let seat = Seat {
            seen: *releases.borrow_and_update(),
            until,
            refresh: Arc::clone(self),
        };
        Box::pin(async move {
            let _ = tokio::time::timeout_at(until, releases.changed()).await;
            drop(seat);
        })
    }

    /// A request waits no longer. Where the fetch has not come to its end, it goes on for a later
    /// invocation to find.
    fn waited(&self, seat: &Seat) {
        let mut later = Later::new(self);
        let now = self.clock.now();
        let mut shared = self.lock();
        let released = *self.releases.borrow() != seat.seen;
        if !released && Instant::now() >= seat.until {
            // nobody else waits for it
            self.release();
            let new = shared.state.troubled(now, NO_ANSWER);
            let reason = no_answer(self.timing.fetch_timeout);
            self.trouble(&mut shared, now, new, reason, &mut later);
            return;
        }
        if !released {
            // which says nothing of the source
            shared.state.given_up(now);
            later.push(Line::GivenUp);
        }
        self.lapse(&mut shared, now, &mut later);
    }
}
