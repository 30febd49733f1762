//! Caches any source: how old a document may be, who waits for a new one, and what happens while
//! there is none to be had.
//!
//! Two things must hold at once: chaos costs requests nothing, and switching it off works. The
//! rules are in [`state`]; a fetch under way is in [`flight`]; this file ties them to clocks,
//! tasks and the engine.

mod flight;
mod report;
mod state;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;

use self::flight::{Flight, Landing};
use self::report::{Later, Line};
use self::state::{InForce, State};
use super::{Source, SourceError};
use crate::clock::{Clock, Stamp};

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
    fn fetch_bound(&self) -> Duration {
        Duration::from_secs(5).max(self.fetch_timeout * 2)
    }
}

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

/// What a request waits for.
pub(crate) type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

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

/// A request that waits. Dropped when it has waited, or when it was cancelled: a handler with a
/// timeout of its own, shorter than ours, would else be held up by the same silence each time.
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

    /// Waits for the fetch under way to be answered or to fail. To be called with the state
    /// locked, so that no release is missed.
    fn waiting(self: &Arc<Self>) -> Waiting {
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

    /// A request has waited, until its wait ran out or because it was given up.
    fn waited(&self, seat: &Seat) {
        let mut later = Later::new(self);
        let now = self.clock.now();
        let mut shared = self.lock();
        let ran_out = *self.releases.borrow() == seat.seen;
        if ran_out {
            // the fetch goes on, for a later invocation to find; nobody else waits for it
            self.release();
            let new = shared.state.troubled(now, NO_ANSWER);
            let left = seat.until.saturating_duration_since(Instant::now());
            let waited = self.timing.fetch_timeout.saturating_sub(left);
            self.trouble(&mut shared, now, new, no_answer(waited), &mut later);
        } else {
            self.lapse(&mut shared, now, &mut later);
        }
    }

    /// A fetch that began at `begun` has come to its end.
    fn landed(&self, id: u64, begun: Stamp, landing: Landing) {
        let mut later = Later::new(self);
        let now = self.clock.now();
        let mut shared = self.lock();
        // one that was given up may still come in
        if shared.flight.take_if(|flight| flight.is(id)).is_some() {
            self.settle(&mut shared, begun, now, landing, &mut later);
        }
    }

    /// What a fetch led to. An answer is as old as its question: it may have been on its way for
    /// most of that time.
    fn settle(
        &self,
        shared: &mut Shared,
        begun: Stamp,
        now: Stamp,
        landing: Landing,
        later: &mut Later<'_>,
    ) {
        match landing {
            Landing::Answer(Ok(text)) => self.found(&mut shared.state, begun, text, later),
            Landing::Answer(Err(error)) if !error.is_unavailable() => {
                self.gone(&mut shared.state, begun, &error, later);
            }
            Landing::Answer(Err(error)) => {
                let reason = error.chain();
                self.failed(shared, now, &error.to_string(), reason, later);
            }
            Landing::Silence => {
                let reason = no_answer(self.timing.fetch_bound());
                self.failed(shared, now, NO_ANSWER, reason, later);
            }
            Landing::Panic(message) => {
                let reason = format!("the source panicked: {message}");
                self.failed(shared, now, "panic", reason, later);
            }
        }
        self.release();
    }

    /// There is a document.
    fn found(&self, state: &mut State, as_of: Stamp, text: String, later: &mut Later<'_>) {
        let was_gone = matches!(state.in_force, InForce::Gone(_));
        if state.answered(as_of) || was_gone {
            later.push(Line::Recovered);
        }
        if state.is_news(&text) {
            let accepted = self.tell(News::Document(&text)) == Reception::Accepted;
            state.applied(text, accepted);
        }
        self.stay_fresh(as_of);
    }

    /// There is none: no chaos, at once.
    fn gone(&self, state: &mut State, as_of: Stamp, error: &SourceError, later: &mut Later<'_>) {
        let reason = error.chain();
        let recovered = state.answered(as_of);
        let before = std::mem::replace(&mut state.in_force, InForce::Gone(reason.clone()));
        if !matches!(before, InForce::Gone(_)) {
            self.tell(News::Gone);
        }
        if before != state.in_force {
            later.push(Line::Gone(reason));
        } else if recovered {
            later.push(Line::Recovered);
        }
        self.stay_fresh(as_of);
    }

    /// There is no telling: a fetch failed.
    fn failed(
        &self,
        shared: &mut Shared,
        now: Stamp,
        key: &str,
        reason: String,
        later: &mut Later<'_>,
    ) {
        self.tell(News::FetchFailed);
        let new = shared.state.failed(now, key);
        self.trouble(shared, now, new, reason, later);
    }

    /// A fetch failed or a wait for one ran out, for a reason that is new or not.
    fn trouble(
        &self,
        shared: &mut Shared,
        now: Stamp,
        new: bool,
        reason: String,
        later: &mut Later<'_>,
    ) {
        if !new {
            later.push(Line::Again(reason));
            return self.lapse(shared, now, later);
        }
        // the line says what is in force, so it speaks for a lapse as well
        if shared.state.lapses(now) {
            self.tell(News::Lapsed);
        }
        let effect = report::effect(&shared.state.in_force, &self.timing);
        later.push(Line::Trouble(reason, effect));
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

/// Tells silence from other reasons, whichever bound it exceeded.
const NO_ANSWER: &str = "no answer";

fn no_answer(within: Duration) -> String {
    format!("no answer within {} ms", within.as_millis())
}
