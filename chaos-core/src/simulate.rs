//! What a document would do to calls, without doing it.
//!
//! [`Simulation::call`] judges a call as a function does that meets it: by the same code, with the
//! same counters and, with a `seed` in the document's `settings`, the same random draws. So what is
//! simulated with a seed is what a function injects with it, call by call. Nothing is waited for and
//! nothing is taken.
//!
//! ```
//! use chaos_core::plan;
//! use chaos_core::simulate::{Call, HeldBack, Outcome, Simulation};
//! use serde_json::json;
//!
//! let document = r#"{
//!     "settings": { "seed": 7 },
//!     "latency": { "enabled": true, "min_latency": 100, "max_latency": 400, "limit": 2,
//!                  "match": [{ "path": "rawPath", "value": "/orders" }] }
//! }"#;
//! let simulation = Simulation::new(plan::read(document).plan);
//!
//! let orders = Call::handler().event(json!({ "rawPath": "/orders" }));
//! let users = Call::handler().event(json!({ "rawPath": "/users" }));
//! assert_eq!(simulation.call(&users), [Outcome::HeldBack(HeldBack::Condition)]);
//! for _ in 0..2 {
//!     let [Outcome::Strikes { wait: Some(wait) }] = simulation.call(&orders)[..] else { panic!() };
//!     assert!((100..=400).contains(&wait.as_millis()));
//! }
//! assert_eq!(simulation.call(&orders), [Outcome::HeldBack(HeldBack::Limit)]);
//! ```
//!
//! What only the function knows is taken for granted: that its operator allows the mode
//! (`CHAOS_ALLOW`) and asks for no dry run, and that its types can carry an error and a status code.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use serde_json::Value;

pub use crate::engine::HeldBack;
use crate::engine::{HANDLER, Live, LiveFlag, Seen, Verdict};
use crate::fault::{latency, timeout};
use crate::plan::{Flag, Mode, Phase, Plan};

/// A document in force for calls that are only judged. Its flags count them, as in one execution
/// environment.
#[derive(Debug)]
pub struct Simulation {
    /// Every flag of the plan.
    flags: Vec<Flag>,
    /// Those that are on.
    live: Live,
}

/// A call to be judged: of the handler, or of a point.
#[derive(Debug)]
#[must_use = "a call is judged by `Simulation::call`"]
pub struct Call {
    point: Cow<'static, str>,
    labels: Vec<(String, String)>,
    seen: Seen,
    at: SystemTime,
    remaining: Option<Duration>,
}

/// What a flag does at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It strikes.
    Strikes {
        /// How long is waited, in the modes `latency` and, where the call's deadline is known,
        /// `timeout`; `None` in all others.
        wait: Option<Duration>,
    },
    /// It does not.
    HeldBack(HeldBack),
}

impl Simulation {
    /// With a plan in force, and all counts at 0.
    pub fn new(plan: Plan) -> Self {
        Self {
            flags: plan.flags.clone(),
            live: Live::new(plan, &Live::default()),
        }
    }

    /// The plan's flags, those that are off among them, in the order in which they are applied.
    pub fn flags(&self) -> &[Flag] {
        &self.flags
    }

    /// What each of the [flags](Self::flags) does at a call, in their order. The call counts.
    pub fn call(&self, call: &Call) -> Vec<Outcome> {
        let open = self.live.window_open(call.at);
        let mut on = self.live.flags.iter();
        let mut judged: Vec<(Option<&LiveFlag>, Outcome)> = Vec::with_capacity(self.flags.len());
        for flag in &self.flags {
            judged.push(if !flag.enabled || !self.live.settings.enabled {
                (None, Outcome::HeldBack(HeldBack::Disabled))
            } else if let Some(live) = on.next() {
                (Some(live), call.judged(live, open))
            } else {
                (None, Outcome::HeldBack(HeldBack::Disabled))
            });
        }
        call.rehearse(&mut judged);
        judged.into_iter().map(|(_, outcome)| outcome).collect()
    }
}

impl Call {
    fn at_point(point: Cow<'static, str>) -> Self {
        Self {
            point,
            labels: Vec::new(),
            seen: Seen::nothing(),
            at: SystemTime::now(),
            remaining: None,
        }
    }

    /// An invocation of the handler.
    pub fn handler() -> Self {
        Self::at_point(HANDLER.into())
    }

    /// A call of the point of that name.
    pub fn point(name: impl Into<String>) -> Self {
        Self::at_point(name.into().into())
    }

    /// With a label, or with one value more of a label that it has. `lambda.function`,
    /// `lambda.version`, `lambda.region` and `lambda.tenant` are labels too.
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }

    /// In an invocation with that event. Without one, flags that look at the event hold back.
    pub fn event(mut self, event: Value) -> Self {
        self.seen = Seen {
            event: Some(event),
            ..Seen::nothing()
        };
        self
    }

    /// At that time of day; it is now unless set.
    pub fn at(mut self, at: SystemTime) -> Self {
        self.at = at;
        self
    }

    /// With so long to go until the invocation's deadline, past which no latency goes. Unless it is
    /// set no deadline is known.
    pub fn remaining(mut self, remaining: Duration) -> Self {
        self.remaining = Some(remaining);
        self
    }

    fn judged(&self, live: &LiveFlag, open: bool) -> Outcome {
        if !open {
            return Outcome::HeldBack(HeldBack::Window);
        }
        if !live.flag.aim.concerns_point(&self.point) {
            return Outcome::HeldBack(HeldBack::Point);
        }
        let label = |name: &str| {
            let named = self.labels.iter().filter(|(label, _)| label == name);
            named.map(|(_, value)| value.as_str()).collect()
        };
        match live.judge(self.at, &self.seen, label) {
            Verdict::Fires => Outcome::Strikes { wait: None },
            Verdict::Holds(why) => Outcome::HeldBack(why),
            Verdict::Blind => Outcome::HeldBack(HeldBack::Condition),
        }
    }

    /// Goes through the flags that strike as `engine/injection.rs` does: those before the work and
    /// then those after it, until one answers.
    fn rehearse(&self, judged: &mut [(Option<&LiveFlag>, Outcome)]) {
        let deadline = self
            .remaining
            .and_then(|remaining| self.at.checked_add(remaining));
        let mut now = self.at;
        let mut answered = false;
        let mut can_repeat = self.point == HANDLER;
        for phase in [Phase::Before, Phase::After] {
            for (live, outcome) in &mut *judged {
                let (Some(live), Outcome::Strikes { wait }) = (live, &mut *outcome) else {
                    continue;
                };
                if live.flag.phase != phase {
                    continue;
                }
                let repeats = live.flag.mode == Mode::Duplicate;
                let hindered = if answered {
                    Some(HeldBack::Answered)
                } else if repeats && !std::mem::take(&mut can_repeat) {
                    Some(HeldBack::Impossible)
                } else {
                    None
                };
                if let Some(why) = hindered {
                    live.not_injected();
                    *outcome = Outcome::HeldBack(why);
                    continue;
                }
                *wait = waits(live, deadline, now);
                now += wait.unwrap_or_default();
                answered = answers(&live.flag.mode);
            }
        }
    }
}

/// How long the flag waits. What else is drawn at random for it is drawn, for its next roll to be
/// the one that it would be.
fn waits(live: &LiveFlag, deadline: Option<SystemTime>, now: SystemTime) -> Option<Duration> {
    match &live.flag.mode {
        Mode::Latency(latency) => {
            let wait = latency::draw(latency, &mut live.random());
            Some(latency::within(wait, deadline, now))
        }
        Mode::Timeout(timeout) => Some(timeout::wait(*timeout, deadline?, now)),
        Mode::Corruption(_) => {
            let _of_the_body = live.random();
            None
        }
        _ => None,
    }
}

/// Whether nothing comes after the fault: it answers in the function's place, ends it, or, after the
/// work, settles what is returned.
fn answers(mode: &Mode) -> bool {
    match mode {
        Mode::StatusCode(_)
        | Mode::Exception(_)
        | Mode::LostReply(_)
        | Mode::Panic(_)
        | Mode::Exit(_) => true,
        Mode::Latency(_)
        | Mode::Timeout(_)
        | Mode::DiskSpace(_)
        | Mode::Memory(_)
        | Mode::Cpu(_)
        | Mode::DenyList(_)
        | Mode::Duplicate
        | Mode::Corruption(_) => false,
    }
}
