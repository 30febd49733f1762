//! Who asks, in one number, and how they come to rest and are woken.
//!
//! Nothing here but atomics, which are those of `super::atomic`: the package `loom` at the workspace's
//! root takes this very file and tries every order in which threads can go through it
//! (`cargo xtask proof --only loom`).

use super::atomic::{AtomicU64, Ordering, fence};

/// A handler has something to ask for.
pub(in super::super) const HANDLERS: u64 = 1;
/// A point has.
pub(in super::super) const POINTS: u64 = 2;
/// Some test has an engine for its own scope. From then on everybody asks.
const SCOPED: u64 = 4;
/// What is in force has changed once more: all that is above the bits counts changes.
const CHANGE: u64 = 8;

/// Who asks, and how often what is in force has changed.
pub(super) struct State(pub(super) AtomicU64);

impl State {
    /// Everybody asks until it is known that there is nothing to ask for.
    pub(super) const ASKING: u64 = HANDLERS | POINTS;

    /// Whether any of those asks: the one load of the idle path.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is the whole of the idle path")]
    pub(super) fn asks(&self, who: u64) -> bool {
        self.now() & who != 0
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is a part of the idle path")]
    pub(super) fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Whether there may be scopes.
    #[inline]
    pub(super) fn has_scopes(&self) -> bool {
        self.asks(SCOPED)
    }

    /// What is in force is not older than this. Nothing where there are scopes.
    #[inline]
    pub(super) fn before_looking(&self) -> Option<u64> {
        let state = self.0.load(Ordering::Acquire);
        (state & SCOPED == 0).then_some(state)
    }

    /// What is in force has changed.
    pub(super) fn changed(&self) {
        self.0.fetch_add(CHANGE, Ordering::Release);
    }

    /// Lets them rest, unless `concerned` says meanwhile that they are.
    ///
    /// Whoever puts a plan in force says what it concerns, then calls [`wake`](Self::wake); this takes
    /// the bits, then asks. Of the two orders that the fences leave, either ends awake where a flag is
    /// on.
    pub(super) fn rest(&self, who: u64, concerned: impl FnOnce() -> bool) {
        let state = self.now();
        if state & SCOPED != 0 {
            return;
        }
        let (order, unless) = (Ordering::SeqCst, Ordering::Relaxed);
        let rested = self.0.compare_exchange(state, state & !who, order, unless);
        fence(Ordering::SeqCst);
        if rested.is_ok() && concerned() {
            self.wake();
        }
    }

    /// Everybody asks again.
    pub(super) fn wake(&self) {
        fence(Ordering::SeqCst);
        self.0.fetch_or(Self::ASKING, Ordering::SeqCst);
    }

    /// From here on, scopes are looked for.
    pub(super) fn expect_scopes(&self) {
        self.0.fetch_or(SCOPED | Self::ASKING, Ordering::SeqCst);
    }
}
