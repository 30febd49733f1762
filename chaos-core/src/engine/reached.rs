//! The points that were reached, where somebody wants a list of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

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

/// The points that were reached, by name.
#[derive(Debug, Default)]
pub(super) struct Reached(Mutex<BTreeMap<String, Calls>>);

#[derive(Debug, Default)]
struct Calls {
    labels: BTreeSet<String>,
    calls: u64,
}

impl Reached {
    /// Counts a call. Where the point or one of its labels is new, all its labels are returned.
    fn call(&self, point: &str, labels: &Labels) -> Option<Vec<String>> {
        let mut points = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let point = points.entry(point.to_owned()).or_default();
        let known = point.labels.len();
        let names = labels.iter().map(|(name, _)| (*name).to_owned());
        point.labels.extend(names);
        point.calls += 1;
        let new = point.calls == 1 || point.labels.len() > known;
        new.then(|| point.labels.iter().cloned().collect())
    }

    pub(super) fn list(&self) -> Vec<PointInfo> {
        let points = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let points = points.iter().map(|(name, point)| PointInfo {
            name: name.clone(),
            labels: point.labels.iter().cloned().collect(),
            calls: point.calls,
        });
        points.collect()
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
