//! The engine: holds the source and the plan in force, and decides at every injection point.

mod announcement;
mod answer;
mod around;
mod beginning;
mod carry;
mod gate;
mod injection;
mod known;
mod live;
mod options;
mod reached;
mod seen;
mod shared;
mod taking;
mod waits;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::SystemTime;

pub(crate) use self::announcement::Announcement;
pub(crate) use self::around::{Inside, Running};
pub use self::beginning::{Beginning, again, begin, begin_point};
pub use self::carry::Carry;
#[cfg(feature = "_client")]
pub(crate) use self::carry::Denial;
pub(crate) use self::carry::{CannotFail, Corrupting, Dropped, Refusal};
pub(crate) use self::gate::{
    EngineRef, current, current_scope, expect_scopes, install, may_enter_scope, scope, scope_sync,
};
pub(crate) use self::injection::{After, Before, Injection};
#[cfg(feature = "_client")]
pub(crate) use self::known::Family;
pub use self::live::HeldBack;
pub(crate) use self::live::{HANDLER, Live, LiveFlag, Verdict};
pub(crate) use self::options::{Allow, Options, killed};
pub use self::reached::{PointInfo, points};
pub use self::seen::Seen;
pub(crate) use self::shared::Shared;
use crate::clock::TimeOfDay;
use crate::plan::{Mode, Phase};
use crate::source::refresh::{Refresh, Waiting};
use crate::telemetry::{Action, Decision, Metrics};

/// Labels of one call: names and values. A call that is about several things, as a batch is, has a
/// label several times.
pub(crate) type Labels = Vec<(&'static str, String)>;

/// Decides, applies and records.
pub(crate) struct Engine {
    options: Options,
    /// What fetches the document anew; absent where it is fixed.
    refresh: Option<Arc<Refresh>>,
    shared: Arc<Shared>,
    time: TimeOfDay,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("options", &self.options)
            .field("shared", &self.shared)
            .finish_non_exhaustive()
    }
}

impl Engine {
    pub(crate) fn new(
        options: Options,
        refresh: Option<Arc<Refresh>>,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            options,
            refresh,
            shared,
            time: TimeOfDay::default(),
        }
    }

    /// With another time of day, as a test's scope has it.
    pub(crate) fn with_time(mut self, time: TimeOfDay) -> Self {
        self.time = time;
        self
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.time.now()
    }

    /// Whether it may inject what others in this process would see.
    pub(crate) fn is_process_wide(&self) -> bool {
        let live = self.shared.live.load();
        let dry_run = self.options.dry_run || live.settings.dry_run;
        let mut modes = live.flags.iter().map(|live| &live.flag.mode);
        !dry_run && modes.any(|mode| mode.is_process_wide() && self.allows(mode))
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// What is counted, if anything is.
    #[inline]
    pub(crate) fn metrics(&self) -> Option<&Metrics> {
        self.shared.metrics()
    }

    /// What has to be waited for before an invocation may begin, where the document is too old:
    /// usually nothing.
    pub(crate) fn turn(&self) -> Option<Waiting> {
        self.refresh.as_ref()?.turn()
    }

    /// Lets handlers go by without asking, where nothing concerns them and the document will never
    /// change.
    fn let_handlers_rest(&self) {
        if self.is_fixed() && self.metrics().is_none() && !self.may_concern_handler() {
            gate::rest(gate::HANDLERS, || self.may_concern_handler());
        }
    }

    /// The same of points, where a handler keeps the document fresh or nobody has to.
    fn let_points_rest(&self) {
        if self.nobody_waits_for_points() && !self.may_concern_points() {
            gate::rest(gate::POINTS, || self.may_concern_points());
        }
    }

    /// Whether a point that nothing concerns may go by unnoticed: a handler keeps the document fresh
    /// or nobody has to, and nobody counts.
    fn nobody_waits_for_points(&self) -> bool {
        (self.has_handler() || self.is_fixed()) && self.metrics().is_none()
    }

    /// Whether the document is there and never changes.
    #[inline]
    fn is_fixed(&self) -> bool {
        self.refresh
            .as_ref()
            .is_none_or(|refresh| refresh.is_fixed())
    }

    /// Whether the document is too old to be used without a fetch.
    #[inline]
    pub(crate) fn has_to_fetch(&self) -> bool {
        let refresh = self.refresh.as_ref();
        refresh.is_some_and(|refresh| !refresh.is_fresh())
    }

    /// Sees to the document beside a handler that is running.
    pub(crate) fn refresh_beside(&self) {
        if let Some(refresh) = &self.refresh
            && !refresh.is_fresh()
        {
            refresh.turn_beside();
        }
    }

    /// Fetches the document before the first invocation.
    pub(crate) fn warm_up(&self) -> Option<Waiting> {
        let refresh = self.refresh.as_ref()?;
        let answers = refresh.source().answers_in_init();
        answers.then(|| refresh.warm_up())
    }

    #[inline]
    pub(crate) fn handler_came_by(&self) {
        // Read first: a store would take the cache line from the other threads each time.
        if !self.shared.handled.load(Ordering::Relaxed) {
            self.shared.handled.store(true, Ordering::Relaxed);
        }
    }

    #[inline]
    pub(crate) fn has_handler(&self) -> bool {
        self.shared.handled.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn may_concern_handler(&self) -> bool {
        // Flags that name points want to know which invocation they are in.
        self.shared.handler.load(Ordering::Relaxed) || self.may_concern_points()
    }

    #[inline]
    pub(crate) fn may_concern_points(&self) -> bool {
        self.shared.points.load(Ordering::Relaxed)
    }

    pub(crate) fn wants_event(&self) -> bool {
        self.shared.live.load().wants_event()
    }

    pub(crate) fn wants_again(&self) -> bool {
        self.shared.live.load().wants_again()
    }

    /// Whether any flag in force concerns the point, or it is to be listed.
    pub(crate) fn may_concern(&self, point: &str) -> bool {
        self.may_concern_any(|live| live.flag.aim.concerns_point(point))
    }

    /// The same of any point whose name begins so.
    #[cfg(feature = "_client")]
    fn may_concern_under(&self, beginning: &str) -> bool {
        self.may_concern_any(|live| live.flag.aim.may_concern_under(beginning))
    }

    fn may_concern_any(&self, concerns: impl Fn(&LiveFlag) -> bool) -> bool {
        self.may_concern_points()
            && (self.shared.reached.is_some()
                || self
                    .shared
                    .live
                    .load()
                    .flags
                    .iter()
                    .any(|live| concerns(live)))
    }

    fn fire(&self, point: &'static str, labels: &Labels, seen: &Seen) -> (Fired, Fired) {
        let live = self.shared.live.load_full();
        let now = self.now();
        let (mut before, mut after) = (Vec::new(), Vec::new());
        if !live.window_open(now) {
            return (before, after);
        }
        for flag in &live.flags {
            if !flag.flag.aim.concerns_point(point) {
                continue;
            }
            match flag.judge(now, seen, |name| self.label(labels, seen, name)) {
                Verdict::Fires if self.permitted(&live, flag, point, seen) => {
                    match flag.flag.phase {
                        Phase::Before => before.push(Arc::clone(flag)),
                        Phase::After => after.push(Arc::clone(flag)),
                    }
                }
                Verdict::Fires | Verdict::Holds(_) => {}
                // It was not asked for when the call began; the next call is looked at.
                Verdict::Blind if !seen.looked && seen.known => {}
                Verdict::Blind => self.say_blind(flag, point, seen),
            }
        }
        (before, after)
    }

    fn say_blind(&self, live: &LiveFlag, point: &str, seen: &Seen) {
        let why = if seen.known {
            "the flag looks at the event, and this event's type cannot be looked at: derive \
             `Serialize` for it"
        } else {
            "the flag looks at the event, and here no event is known: it takes an argument that is \
             one (`LambdaEvent`, `lambda_http::Request`, `Value`), or a wrapped handler around it, \
             and in a spawned task one invocation at a time"
        };
        let decision = Decision::new(Action::Error, &live.flag.mode, &live.flag.name, point);
        self.record(decision.because(why), seen, !live.said_blind());
    }

    /// The values of a label: the call's own, several where it is about several things, or else the
    /// one that every call has.
    fn label<'a>(&'a self, labels: &'a Labels, seen: &'a Seen, name: &str) -> Vec<&'a str> {
        let tenant = seen.tenant.as_deref().filter(|_| name == "lambda.tenant");
        if let Some(tenant) = tenant {
            return vec![tenant];
        }
        let own = values(labels, name);
        if own.is_empty() {
            values(&self.options.labels, name)
        } else {
            own
        }
    }

    /// Whether a fault that fires may be injected; says so where not.
    fn permitted(&self, live: &Live, flag: &LiveFlag, point: &str, seen: &Seen) -> bool {
        let mode = &flag.flag.mode;
        let action = if !self.allows(mode) {
            Action::Block
        } else if self.options.dry_run || live.settings.dry_run {
            Action::DryRun
        } else {
            return true;
        };
        if action == Action::Block {
            flag.not_injected();
        }
        let loud = action == Action::DryRun || !flag.said_cannot();
        let decision = Decision::new(action, mode, &flag.flag.name, point);
        self.record(decision, seen, loud);
        false
    }

    fn allows(&self, mode: &Mode) -> bool {
        self.options.allow.allows(mode.name())
    }

    /// A function without an error type can only panic, which has to be allowed by name.
    pub(crate) fn allows_panic(&self) -> bool {
        self.options.allow.allows("panic")
    }

    /// The response header, if it is asked for and any flag has fired in the invocation.
    pub(crate) fn announcement(&self, seen: &Seen) -> Option<Announcement> {
        let name = self.options.response_header.as_ref()?;
        let flags = seen.flags();
        (!flags.is_empty()).then(|| Announcement::new(name, &flags))
    }

    /// What is said once of a flag is no longer loud.
    pub(crate) fn record(&self, mut decision: Decision, seen: &Seen, loud: bool) {
        decision.request_id.clone_from(&seen.request_id);
        if decision.action == Action::Inject && self.options.response_header.is_some() {
            seen.has_fired(&decision.flag);
        }
        decision.emit(&self.options.config_source, loud);
        if let (Action::Inject, Some(metrics)) = (decision.action, self.metrics()) {
            metrics.injected(&decision.flag, decision.mode);
        }
        if let Some(record) = &self.shared.record {
            let mut record = record.lock().unwrap_or_else(PoisonError::into_inner);
            record.push(decision);
        }
    }
}

/// The values of the labels of that name.
fn values<'a>(labels: &'a Labels, name: &str) -> Vec<&'a str> {
    let named = labels.iter().filter(|(label, _)| *label == name);
    named.map(|(_, value)| value.as_str()).collect()
}

/// Flags that fire, in order.
pub(crate) type Fired = Vec<Arc<LiveFlag>>;

/// What fires at the handler, if anything does.
pub(crate) fn decide_handler(engine: &EngineRef, labels: &Labels, seen: Seen) -> Option<Injection> {
    // A function that shows no event may be inside an invocation all the same.
    let seen = if seen.known {
        Arc::new(seen)
    } else {
        engine.around()
    };
    let running = engine.register(&seen);
    decide(engine, HANDLER, labels, seen, running)
}

/// What fires at a named point, if anything does.
pub(crate) fn decide_point(
    engine: &EngineRef,
    point: &'static str,
    labels: &Labels,
) -> Option<Injection> {
    guarded(point, || engine.reach(point, labels))?;
    decide(engine, point, labels, engine.around(), None)
}

fn decide(
    engine: &EngineRef,
    point: &'static str,
    labels: &Labels,
    seen: Arc<Seen>,
    running: Option<Running>,
) -> Option<Injection> {
    let fired = guarded(point, || engine.fire(point, labels, &seen))?;
    let injection = Injection::new(engine.clone(), point, seen, running, fired);
    Some(injection).filter(Injection::matters)
}

/// What panics in here is ours, or what the user gave us to ask: a label, a way to serialize, a
/// source. The function then runs as if nothing were asked.
pub(crate) fn guarded<T>(point: &str, ask: impl FnOnce() -> T) -> Option<T> {
    let answer = catch_unwind(AssertUnwindSafe(ask)).ok();
    if answer.is_none() {
        tracing::error!(
            target: "chaos", source = "chaos", action = "error", point,
            "asking what to inject panicked (see above): nothing is injected; look at the labels \
             here, and at how the event is serialized"
        );
    }
    answer
}

#[cfg(test)]
mod tests;
