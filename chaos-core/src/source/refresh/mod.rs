//! Caches any source: how old a document may be, who waits for a new one, and what happens while
//! there is none to be had.
//!
//! Two things must hold at once: chaos costs requests nothing, and switching it off works. The
//! rules are in [`state`]; a fetch under way is in [`flight`], what it led to in [`landing`], and who
//! waits for it in [`seat`]; this file ties them to clocks, tasks and the engine.

mod flight;
mod landing;
mod report;
mod seat;
mod state;
#[cfg(test)]
mod tests;
mod timing;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use self::flight::{Flight, Landing};
use self::report::{Later, Line};
pub(crate) use self::seat::Waiting;
use self::state::State;
pub(crate) use self::timing::Timing;
use super::Source;
use crate::clock::{Clock, Stamp};

/// What the engine hears of the document. It is told while the state is locked, in the order in
/// which it happened, and must not call back into [`Refresh::turn`] or [`Refresh::warm_up`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum News<'a> {
    /// This text from now on. An equal one is not told again, unless it had gone out of force.
    Document(&'a str),
    /// There is no document: no chaos.
    Gone,
    /// The last document has gone unconfirmed for too long: no chaos.
    Lapsed,
    /// A fetch failed; what is in force stays so. For metrics: the log has its line already.
    FetchFailed,
}

/// What the engine makes of [`News::Document`]. For other news it does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reception {
    /// It is in force.
    Accepted,
    /// It is invalid as a whole: no chaos. It counts as answered all the same.
    Rejected,
}

/// Where news goes.
pub(crate) type Sink = Box<dyn Fn(News<'_>) -> Reception + Send + Sync>;

/// A source, its document's age, and the fetch under way.
pub(crate) struct Refresh {
    // Both clocks must be before these for the document to be fresh.
    fresh_until_monotonic: AtomicU64,
    fresh_until_wall: AtomicU64,
    clock: Clock,
    timing: Timing,
    source: Arc<dyn Source>,
    sink: Sink,
    shared: Mutex<Shared>,
    /// Counts what releases waiting requests: an answer, a failure, a wait that ran out.
    releases: watch::Sender<u64>,
    without_timers: AtomicBool,
    /// Whether it was said that there is no runtime to fetch on.
    said_no_runtime: AtomicBool,
}

struct Shared {
    state: State,
    flight: Option<Flight>,
    next_id: u64,
}

impl Refresh {
    /// Caches `source`. Nothing is fetched yet.
    pub(crate) fn new(
        source: Arc<dyn Source>,
        timing: Timing,
        clock: Clock,
        sink: Sink,
    ) -> Arc<Self> {
        let timing = timing.bounded();
        Arc::new(Self {
            fresh_until_monotonic: 0.into(),
            fresh_until_wall: 0.into(),
            clock,
            timing,
            source,
            sink,
            shared: Mutex::new(Shared {
                state: State::new(timing),
                flight: None,
                next_id: 0,
            }),
            releases: watch::Sender::new(0),
            without_timers: false.into(),
            said_no_runtime: false.into(),
        })
    }

    /// The source that is cached.
    pub(crate) fn source(&self) -> &dyn Source {
        &*self.source
    }

    /// Whether the document in force may be used as it is. Two coarse clocks and two atomics; one
    /// atomic for a document that never changes.
    #[inline]
    pub(crate) fn is_fresh(&self) -> bool {
        if self.is_fixed() {
            return true;
        }
        let now = self.clock.now();
        now.monotonic < self.fresh_until_monotonic.load(Relaxed)
            && now.wall < self.fresh_until_wall.load(Relaxed)
    }

    /// Whether the document is there and never changes.
    #[inline]
    pub(crate) fn is_fixed(&self) -> bool {
        self.fresh_until_monotonic.load(Relaxed) == u64::MAX
    }

    /// What the start of an invocation does when the document is not fresh: begins a fetch beside
    /// the handler where one is due, lets a document lapse, and returns a future only if this
    /// request has to wait, which it then does for at most the fetch timeout.
    ///
    /// Outside a tokio runtime nothing is fetched, except from a source that needs none.
    pub(crate) fn turn(self: &Arc<Self>) -> Option<Waiting> {
        let mut later = Later::new(self);
        let now = self.clock.now();
        let mut shared = self.lock();
        let step = shared.state.step(now);
        if step.fetch && self.fetch_at_once(&mut shared, now, &mut later) {
            return None;
        }
        let flying = self.keep_flying(&mut shared, step.fetch, now, &mut later);
        if step.wait && flying {
            shared.state.waits(now);
            return Some(self.waiting());
        }
        // a request that waits sees to this when it has waited
        self.lapse(&mut shared, now, &mut later);
        None
    }

    /// What [`turn`](Self::turn) does, for a caller that cannot or shall not wait: a fetch that is
    /// due begins beside it, and a document that is too old goes out of force at once. The one
    /// wait in each `CHAOS_MAX_STALE` is left to a request.
    pub(crate) fn turn_beside(self: &Arc<Self>) {
        let mut later = Later::new(self);
        let now = self.clock.now();
        let mut shared = self.lock();
        let due = shared.state.is_due(now);
        if due && self.fetch_at_once(&mut shared, now, &mut later) {
            return;
        }
        self.keep_flying(&mut shared, due, now, &mut later);
        self.lapse(&mut shared, now, &mut later);
    }

    /// Fetches now unless the document is fresh, and waits for at most the fetch timeout. For the
    /// init phase.
    pub(crate) fn warm_up(self: &Arc<Self>) -> Waiting {
        let mut later = Later::new(self);
        let now = self.clock.now();
        let mut shared = self.lock();
        let wanted = !self.is_fresh();
        if wanted
            && !self.fetch_at_once(&mut shared, now, &mut later)
            && self.keep_flying(&mut shared, true, now, &mut later)
        {
            return self.waiting();
        }
        Box::pin(std::future::ready(()))
    }

    /// Reads a source that needs no waiting. Says whether it is one.
    fn fetch_at_once(&self, shared: &mut Shared, now: Stamp, later: &mut Later<'_>) -> bool {
        let landing = match catch_unwind(AssertUnwindSafe(|| self.source.immediate())) {
            Ok(None) => return false,
            Ok(Some(answer)) => Landing::Answer(answer),
            Err(panic) => Landing::Panic(flight::message(&*panic)),
        };
        self.settle(shared, now, now, landing, later);
        true
    }

    /// Sees to it that a fetch is under way, if one is `wanted`, and that none is lost. Says
    /// whether one is.
    fn keep_flying(
        self: &Arc<Self>,
        shared: &mut Shared,
        wanted: bool,
        now: Stamp,
        later: &mut Later<'_>,
    ) -> bool {
        let lost = match &shared.flight {
            Some(flight) if !flight.is_lost(now) => return true,
            Some(_) => true,
            None => false,
        };
        if !wanted && !lost {
            return false;
        }
        let Some(runtime) = self.runtime(later) else {
            return false;
        };
        shared.next_id += 1;
        let flight = Flight::begin(self, &runtime, shared.next_id, now);
        later.lost = shared.flight.replace(flight);
        true
    }

    /// The runtime that we are on, if it can do what a fetch needs.
    fn runtime(&self, later: &mut Later<'_>) -> Option<Handle> {
        let Ok(runtime) = Handle::try_current() else {
            if !self.said_no_runtime.swap(true, Relaxed) {
                later.push(Line::NoRuntime);
            }
            return None;
        };
        if self.without_timers.load(Relaxed) {
            return None;
        }
        // tokio offers no other way to ask
        if catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO))).is_err() {
            self.without_timers.store(true, Relaxed);
            later.push(Line::NoTimers);
            return None;
        }
        Some(runtime)
    }

    fn lapse(&self, shared: &mut Shared, now: Stamp, later: &mut Later<'_>) {
        if shared.state.lapses(now) {
            self.tell(News::Lapsed);
            later.push(Line::Lapsed(self.timing.max_stale));
        }
    }

    /// A sink that panics has not accepted what it was told, and must not end the fetch's task.
    fn tell(&self, news: News<'_>) -> Reception {
        catch_unwind(AssertUnwindSafe(|| (self.sink)(news))).unwrap_or(Reception::Rejected)
    }

    fn stay_fresh(&self, as_of: Stamp) {
        let until = self.timing.ttl.map_or(
            Stamp {
                monotonic: u64::MAX,
                wall: u64::MAX,
            },
            |ttl| as_of.after(ttl),
        );
        self.fresh_until_wall.store(until.wall, Relaxed);
        self.fresh_until_monotonic.store(until.monotonic, Relaxed);
    }

    /// Lets go whoever waits.
    fn release(&self) {
        self.releases.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
