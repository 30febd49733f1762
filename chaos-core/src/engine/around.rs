//! The invocation that a point is in.

use std::cell::RefCell;
use std::sync::{Arc, PoisonError};

use super::{Engine, Seen, Shared};

thread_local! {
    /// The invocation whose handler this thread is in.
    static HERE: RefCell<Option<Arc<Seen>>> = const { RefCell::new(None) };
}

/// An invocation under way: off the list when it ends, however it ends.
#[derive(Debug)]
pub(crate) struct Running {
    shared: Arc<Shared>,
    seen: Arc<Seen>,
}

impl Running {
    /// What this thread does until that is dropped is done for this invocation. A future is inside
    /// while it is polled, so what runs beside it on the same thread is not.
    pub(super) fn enter(&self) -> Inside {
        Inside(swap(Some(Arc::clone(&self.seen))))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let running = self.shared.running.lock();
        let mut running = running.unwrap_or_else(PoisonError::into_inner);
        running.retain(|other| !Arc::ptr_eq(other, &self.seen));
    }
}

/// Until it is dropped, points on this thread are in an invocation; it has what was before.
#[derive(Debug)]
pub(crate) struct Inside(Option<Arc<Seen>>);

impl Drop for Inside {
    fn drop(&mut self) {
        swap(self.0.take());
    }
}

/// Does nothing while the thread ends.
fn swap(seen: Option<Arc<Seen>>) -> Option<Arc<Seen>> {
    HERE.try_with(|here| here.replace(seen)).ok().flatten()
}

fn here() -> Option<Arc<Seen>> {
    HERE.try_with(|here| here.borrow().clone()).ok().flatten()
}

impl Engine {
    /// Puts an invocation on the list, once, be it wrapped twice.
    pub(super) fn register(&self, seen: &Arc<Seen>) -> Option<Running> {
        if !seen.known {
            return None;
        }
        let running = self.shared.running.lock();
        let mut running = running.unwrap_or_else(PoisonError::into_inner);
        let there = running.iter().any(|other| {
            Arc::ptr_eq(other, seen)
                || other.request_id.is_some() && other.request_id == seen.request_id
        });
        if there {
            return None;
        }
        running.push(Arc::clone(seen));
        Some(Running {
            shared: Arc::clone(&self.shared),
            seen: Arc::clone(seen),
        })
    }

    /// The invocation around a point: that whose handler reached it. In a task that was spawned it
    /// is the only one that runs; of several only the earliest deadline is known to hold.
    pub(super) fn around(&self) -> Arc<Seen> {
        if let Some(seen) = here() {
            return seen;
        }
        let running = self.shared.running.lock();
        let running = running.unwrap_or_else(PoisonError::into_inner);
        match &running[..] {
            [only] => Arc::clone(only),
            several => Arc::new(Seen {
                deadline: several.iter().filter_map(|seen| seen.deadline).min(),
                ..Seen::nothing()
            }),
        }
    }
}
