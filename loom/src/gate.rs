//! Stands in for chaos-core's `engine/gate.rs`: loom's atomics in the place of the standard library's.

#[path = "../../chaos-core/src/engine/gate/state.rs"]
mod state;

mod atomic {
    pub(super) use loom::sync::atomic::{AtomicU64, Ordering, fence};
}

pub(crate) use state::{HANDLERS, POINTS};

/// The gate of one process.
pub(crate) struct Gate(state::State);

impl Gate {
    pub(crate) fn new() -> Self {
        Self(state::State(atomic::AtomicU64::new(state::State::ASKING)))
    }

    pub(crate) fn asks(&self, who: u64) -> bool {
        self.0.asks(who)
    }

    pub(crate) fn now(&self) -> u64 {
        self.0.now()
    }

    pub(crate) fn has_scopes(&self) -> bool {
        self.0.has_scopes()
    }

    pub(crate) fn before_looking(&self) -> Option<u64> {
        self.0.before_looking()
    }

    pub(crate) fn changed(&self) {
        self.0.changed();
    }

    pub(crate) fn rest(&self, who: u64, concerned: impl FnOnce() -> bool) {
        self.0.rest(who, concerned);
    }

    pub(crate) fn wake(&self) {
        self.0.wake();
    }

    pub(crate) fn expect_scopes(&self) {
        self.0.expect_scopes();
    }
}
