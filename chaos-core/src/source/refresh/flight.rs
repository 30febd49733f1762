//! One fetch under way: its heartbeat, its bound, and what became of it.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::Refresh;
use crate::clock::{Clock, Stamp};
use crate::source::{Source, SourceError};

/// How often a fetch under way shows that its environment is running.
const BEAT: Duration = Duration::from_millis(100);
/// A heart that stopped for this long was frozen.
const FROZEN: Duration = Duration::from_secs(1);

/// A fetch under way.
#[derive(Debug)]
pub(super) struct Flight {
    id: u64,
    pulse: Arc<Pulse>,
    task: AbortHandle,
}

/// What became of a fetch.
pub(super) enum Landing {
    /// The source answered, or said why not.
    Answer(Result<String, SourceError>),
    /// It did neither within the bound.
    Silence,
    /// It panicked, with this message.
    Panic(String),
}

impl Flight {
    /// Begins a fetch on a task of its own.
    pub(super) fn begin(refresh: &Arc<Refresh>, runtime: &Handle, id: u64, now: Stamp) -> Self {
        let pulse = Arc::new(Pulse::new(now));
        let boarded = Boarded {
            refresh: Arc::clone(refresh),
            pulse: Arc::clone(&pulse),
        };
        let task = runtime.spawn(fly(boarded, id));
        Self {
            id,
            pulse,
            task: task.abort_handle(),
        }
    }

    pub(super) fn is(&self, id: u64) -> bool {
        self.id == id
    }

    /// Whether it will not land: frozen with its environment, or its runtime is gone or stands
    /// still.
    pub(super) fn is_lost(&self, now: Stamp) -> bool {
        self.pulse.over.load(Relaxed) || self.pulse.stopped(now)
    }

    /// Gives it up. Not to be called while the state is locked.
    pub(super) fn abort(self) {
        self.pulse.over.store(true, Relaxed);
        self.task.abort();
    }
}

async fn fly(boarded: Boarded, id: u64) {
    let Boarded { refresh, pulse } = &boarded;
    let bound = refresh.timing.fetch_bound();
    let (begun, landing) = loop {
        let begun = refresh.clock.now();
        pulse.beat(begun);
        // whatever a fetch brings that was frozen is out of date, be it a document or an error
        if let Some(landing) = attempt(&*refresh.source, &refresh.clock, pulse, bound).await {
            break (begun, landing);
        }
    };
    pulse.over.store(true, Relaxed);
    refresh.landed(id, begun, landing);
}

/// One try; `None` if it was frozen with its environment.
async fn attempt(
    source: &dyn Source,
    clock: &Clock,
    pulse: &Pulse,
    bound: Duration,
) -> Option<Landing> {
    let mut fetch = match catch_unwind(AssertUnwindSafe(|| source.fetch())) {
        Ok(fetch) => fetch,
        Err(panic) => return Some(Landing::Panic(message(&*panic))),
    };
    let mut bound = pin!(sleep(bound));
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    poll_fn(|context| {
        if pulse.stopped(clock.now()) {
            return Poll::Ready(None);
        }
        // a poll that takes long is no freeze: a blocking source must not be begun again and again
        pulse.hold();
        let polled = catch_unwind(AssertUnwindSafe(|| fetch.as_mut().poll(context)));
        pulse.beat(clock.now());
        match polled {
            Ok(Poll::Ready(answer)) => return Poll::Ready(Some(Landing::Answer(answer))),
            Err(panic) => return Poll::Ready(Some(Landing::Panic(message(&*panic)))),
            Ok(Poll::Pending) => {}
        }
        if bound.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Landing::Silence));
        }
        while beats.poll_tick(context).is_ready() {}
        Poll::Pending
    })
    .await
}

pub(super) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

/// A task that ends before its fetch does (its runtime shuts down) must not leave requests waiting
/// for it. Takes no lock: a runtime that is gone drops a task in the middle of `spawn`.
struct Boarded {
    refresh: Arc<Refresh>,
    pulse: Arc<Pulse>,
}

impl Drop for Boarded {
    fn drop(&mut self) {
        if !self.pulse.over.swap(true, Relaxed) {
            self.refresh.release();
        }
    }
}

/// When a fetch under way was last seen to run.
#[derive(Debug)]
struct Pulse {
    /// It landed, was given up, or its task was dropped.
    over: AtomicBool,
    monotonic: AtomicU64,
    wall: AtomicU64,
}

impl Pulse {
    fn new(now: Stamp) -> Self {
        Self {
            over: false.into(),
            monotonic: now.monotonic.into(),
            wall: now.wall.into(),
        }
    }

    fn beat(&self, now: Stamp) {
        self.monotonic.store(now.monotonic, Relaxed);
        self.wall.store(now.wall, Relaxed);
    }

    /// Does not count as stopped until the next beat.
    fn hold(&self) {
        self.monotonic.store(u64::MAX, Relaxed);
        self.wall.store(u64::MAX, Relaxed);
    }

    fn stopped(&self, now: Stamp) -> bool {
        let last = Stamp {
            monotonic: self.monotonic.load(Relaxed),
            wall: self.wall.load(Relaxed),
        };
        last.age(now) > FROZEN
    }
}
