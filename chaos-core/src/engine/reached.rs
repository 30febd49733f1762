//! The points that were reached, where somebody wants a list of them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::gate::existing;
use super::{Engine, Labels};

/// A named point that was reached, as [`points`] and
/// [`Scope::points`](crate::testing::Scope::points) list it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PointInfo {
    /// Its name, for a flag's `point`.
    pub name: String,
    /// The names of its labels, for a flag's `labels` and `by`, in order of the alphabet and
    /// without those that every call has.
    pub labels: Vec<String>,
    /// How many calls reached it.
    pub calls: u64,
}

/// The points that this process has reached so far, by name: what a document's flags can name.
///
/// It is empty unless `CHAOS_LIST_POINTS` is set or [`Chaos::list_points`](crate::Chaos::list_points)
/// asks for it. In a [`testing::Scope`](crate::testing::Scope) it is the scope's list.
#[must_use]
pub fn points() -> Vec<PointInfo> {
    existing().map_or_else(Vec::new, |engine| engine.shared().reached())
}

/// The points that were reached, in order of their names.
#[derive(Debug, Default)]
pub(super) struct Reached(Mutex<Vec<PointInfo>>);

impl Reached {
    /// Counts a call. Where the point or one of its labels is new, all its labels are returned.
    fn call(&self, point: &str, labels: &Labels) -> Option<Vec<String>> {
        let mut points = self.points();
        let at = points.binary_search_by(|known| known.name.as_str().cmp(point));
        let at = at.unwrap_or_else(|at| {
            let new = PointInfo {
                name: point.to_owned(),
                labels: Vec::new(),
                calls: 0,
            };
            points.insert(at, new);
            at
        });
        let point = &mut points[at];
        let mut new = point.calls == 0;
        for (name, _) in labels {
            let at = point
                .labels
                .binary_search_by(|known| known.as_str().cmp(name));
            if let Err(at) = at {
                point.labels.insert(at, (*name).to_owned());
                new = true;
            }
        }
        point.calls += 1;
        new.then(|| point.labels.clone())
    }

    pub(super) fn list(&self) -> Vec<PointInfo> {
        self.points().clone()
    }

    fn points(&self) -> MutexGuard<'_, Vec<PointInfo>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Lists the point, if there is a list, and says so once.
    pub(super) fn reach(&self, point: &str, labels: &Labels) {
        let Some(reached) = &self.shared.reached else {
            return;
        };
        if let Some(labels) = reached.call(point, labels) {
            tracing::info!(
                target: "chaos", source = "chaos", action = "reach", point,
                labels = labels.join(","), "point reached"
            );
        }
    }
}
