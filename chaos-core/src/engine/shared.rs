//! What is in force, and what is remembered: shared by the engine and by whoever brings news of the
//! document.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;

use super::live::{Live, LiveFlag};
use super::reached::{PointInfo, Reached};
use super::{Seen, gate};
use crate::plan;
use crate::telemetry::{Decision, Metrics};

/// What the source's news changes under the engine.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(super) live: ArcSwap<Live>,
    /// Whether anything in force concerns the handler: looked at before anything else.
    pub(super) handler: AtomicBool,
    /// Whether anything in force names points, or somebody wants to know of them.
    pub(super) points: AtomicBool,
    /// Whether a handler came by: it then keeps the document fresh, and points need not.
    pub(super) handled: AtomicBool,
    /// The invocations under way that began while any flag was on: a point looks here for its own.
    pub(super) running: Mutex<Vec<Arc<Seen>>>,
    /// Every decision, where a test wants to read them.
    pub(super) record: Option<Mutex<Vec<Decision>>>,
    /// What is counted, where the operator wants metrics.
    pub(super) metrics: Option<Metrics>,
    /// The points that were reached, where somebody wants a list.
    pub(super) reached: Option<Reached>,
    /// A test's own seed, instead of the documents'.
    seed: Option<u64>,
}

impl Shared {
    /// For tests: with a list of all decisions, and perhaps with a seed for all documents.
    pub(crate) fn recording(seed: Option<u64>) -> Self {
        Self {
            record: Some(Mutex::default()),
            seed,
            ..Self::default()
        }
    }

    /// With metrics.
    pub(crate) fn counting(metrics: Metrics) -> Self {
        Self {
            metrics: Some(metrics),
            ..Self::default()
        }
    }

    /// Perhaps with a list of points, which then go the way that they go while flags name them.
    pub(crate) fn listing(mut self, list: bool) -> Self {
        self.reached = list.then(Reached::default);
        self.points = AtomicBool::new(list);
        self
    }

    /// The points that were reached, if there is a list.
    pub(crate) fn reached(&self) -> Vec<PointInfo> {
        self.reached.as_ref().map_or_else(Vec::new, Reached::list)
    }

    /// What is counted, if anything is.
    #[inline]
    pub(crate) fn metrics(&self) -> Option<&Metrics> {
        self.metrics.as_ref()
    }

    pub(crate) fn recorded(&self) -> Vec<Decision> {
        self.record.as_ref().map_or_else(Vec::new, |record| {
            record
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone()
        })
    }

    /// Puts a plan in force.
    pub(crate) fn apply(&self, mut plan: plan::Plan) {
        plan.settings.seed = self.seed.or(plan.settings.seed);
        let live = Live::new(plan, &self.live.load());
        self.handler
            .store(live.concerns_handler(), Ordering::Relaxed);
        let points = live.concerns_points() || self.reached.is_some();
        self.points.store(points, Ordering::Relaxed);
        let concerns = points || live.concerns_handler();
        self.live.store(Arc::new(live));
        gate::changed();
        if concerns {
            gate::wake();
        }
    }

    /// Ends all of it for as long as nobody confirms it. What its flags remember is kept.
    pub(crate) fn lapse(&self) {
        self.handler.store(false, Ordering::Relaxed);
        // Whoever wants a list of points goes on getting it.
        let listed = self.reached.is_some();
        self.points.store(listed, Ordering::Relaxed);
        self.live.store(Arc::new(self.live.load().lapsed()));
    }

    /// Which of the flags that are on have not begun, or have ended, for the log.
    pub(crate) fn outside_their_time(&self, now: SystemTime) -> String {
        let live = self.live.load();
        let open = |live: &Arc<LiveFlag>| live.flag.trigger.window_open(now);
        let outside = if live.window_open(now) {
            live.flags.iter().filter(|flag| !open(flag)).count()
        } else {
            live.flags.len()
        };
        match outside {
            0 => String::new(),
            outside => format!(", {outside} of them outside starts_at and expires_at"),
        }
    }

    /// How many flags are on.
    pub(crate) fn on(&self) -> usize {
        self.live.load().flags.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, Options};

    #[test]
    fn the_list_of_points_outlives_the_document() {
        let shared = Arc::new(Shared::default().listing(true));
        let engine = Engine::new(Options::default(), None, Arc::clone(&shared));
        let on = r#"{"p": {"enabled": true, "mode": "exception", "point": "store.get"}}"#;
        shared.apply(plan::read(on).plan);
        engine.reach("store.get", &vec![("key", "a".to_owned())]);
        shared.lapse();
        assert_eq!(shared.on(), 0, "it has lapsed");
        // It goes on being listed, and what was listed is there.
        assert!(engine.may_concern("store.get") && engine.may_concern("store.put"));
        engine.reach("store.get", &Vec::new());
        let listed = shared.reached();
        assert_eq!(listed.len(), 1);
        assert_eq!((&*listed[0].name, listed[0].calls), ("store.get", 2));
        assert_eq!(listed[0].labels, ["key"]);
    }
}
