//! A plan in force: its flags with their counters and their randomness.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64Mcg;

use super::seen::Seen;
use crate::plan::{By, Condition, Flag, Mode, Plan, Settings, Trigger, text_at};

pub(crate) use crate::plan::HANDLER_POINT as HANDLER;

/// The number of the next flag.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A plan in force.
#[derive(Debug, Default)]
pub(crate) struct Live {
    pub(crate) settings: Settings,
    /// Those that are enabled, in the order in which they are applied.
    pub(crate) flags: Vec<Arc<LiveFlag>>,
    /// Those that were, until nobody confirmed them.
    lapsed: Vec<Arc<LiveFlag>>,
}

/// A flag with what it remembers.
#[derive(Debug)]
pub(crate) struct LiveFlag {
    pub(crate) flag: Flag,
    /// That of no other flag in this process.
    number: u64,
    /// The calls that it concerned, so far.
    calls: AtomicU64,
    /// Those that it hit, without those in which it was not injected after all.
    fired: AtomicU64,
    random: Mutex<Pcg64Mcg>,
    /// Whether it has been said that it cannot look at an event: once is enough.
    said_blind: AtomicBool,
    /// The same of what cannot be injected, or is not allowed.
    said_cannot: AtomicBool,
}

/// Whether a flag fires, for one call that it might concern.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Fires,
    Holds(HeldBack),
    /// It has conditions, and the event cannot be looked at.
    Blind,
}

/// Why a flag does not strike at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeldBack {
    /// It is off, or the document's `settings` switch all off.
    Disabled,
    /// It is not yet `starts_at`, or `expires_at` has come: its own, or that of `settings`.
    Window,
    /// It names other points.
    Point,
    /// A label that it names is absent or has another value.
    Label,
    /// A condition does not hold, or there is no event to look at.
    Condition,
    /// The roll of `percentage` missed, or the call has no value for `by`.
    Percentage,
    /// It is one of the first calls, which `skip_first` lets through.
    SkipFirst,
    /// It is none of each n-th call, as `every` has it.
    Every,
    /// It has struck as often as `limit` allows.
    Limit,
    /// Another flag answered in the function's place, or replaced its status code, before it was this
    /// one's turn.
    Answered,
    /// It cannot be injected there: a `duplicate` at a point, or after another one.
    Impossible,
}

impl HeldBack {
    /// One word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Window => "window",
            Self::Point => "point",
            Self::Label => "label",
            Self::Condition => "condition",
            Self::Percentage => "percentage",
            Self::SkipFirst => "skip_first",
            Self::Every => "every",
            Self::Limit => "limit",
            Self::Answered => "answered",
            Self::Impossible => "impossible",
        }
    }
}

impl Live {
    /// Puts a plan in force. What equal flags of the plan before remember is kept.
    pub(crate) fn new(plan: Plan, before: &Live) -> Self {
        let settings = &plan.settings;
        let seed = settings.seed;
        // What a dry run counted is not counted against the real thing.
        let go_on = before.settings.seed == seed && before.settings.dry_run == settings.dry_run;
        let flags = if plan.settings.enabled {
            plan.flags
        } else {
            Vec::new()
        };
        let flags = flags
            .into_iter()
            .filter(|flag| flag.enabled)
            .map(|flag| {
                let kept = go_on.then(|| before.equal(&flag)).flatten();
                kept.unwrap_or_else(|| Arc::new(LiveFlag::new(flag, seed)))
            })
            .collect();
        Self {
            settings: plan.settings,
            flags,
            lapsed: Vec::new(),
        }
    }

    /// Nothing, which remembers what was there for when it comes back.
    pub(crate) fn lapsed(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            flags: Vec::new(),
            lapsed: self.flags.iter().chain(&self.lapsed).cloned().collect(),
        }
    }

    fn equal(&self, flag: &Flag) -> Option<Arc<LiveFlag>> {
        let mut remembered = self.flags.iter().chain(&self.lapsed);
        remembered.find(|live| live.flag == *flag).cloned()
    }

    /// Whether any flag may concern the handler.
    pub(crate) fn concerns_handler(&self) -> bool {
        self.flags
            .iter()
            .any(|live| live.flag.aim.concerns_point(HANDLER))
    }

    /// Whether any flag names points.
    pub(crate) fn concerns_points(&self) -> bool {
        self.flags.iter().any(|live| live.flag.aim.point.is_some())
    }

    /// Whether any flag looks at the event.
    pub(crate) fn wants_event(&self) -> bool {
        self.flags.iter().any(|live| live.wants_event())
    }

    /// Whether any flag runs the handler twice.
    pub(crate) fn wants_again(&self) -> bool {
        self.flags
            .iter()
            .any(|live| live.flag.mode == Mode::Duplicate && live.flag.aim.concerns_point(HANDLER))
    }

    /// Whether the document's own time has not run out.
    pub(crate) fn window_open(&self, now: SystemTime) -> bool {
        self.settings.expires_at.is_none_or(|end| now < end)
    }
}

impl LiveFlag {
    fn new(flag: Flag, seed: Option<u64>) -> Self {
        let seed = match seed {
            // Each name has a stream of its own, so that a flag more does not move the others.
            Some(seed) => seed ^ Trigger::pinned_draw(&flag.name, "seed").to_bits(),
            None => rand::random(),
        };
        Self {
            flag,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            calls: AtomicU64::new(0),
            fired: AtomicU64::new(0),
            random: Mutex::new(Pcg64Mcg::seed_from_u64(seed)),
            said_blind: AtomicBool::new(false),
            said_cannot: AtomicBool::new(false),
        }
    }

    fn wants_event(&self) -> bool {
        let by_event = matches!(self.flag.trigger.by, Some(By::Event(_)));
        by_event || !self.flag.aim.conditions.is_empty()
    }

    /// Whether it was said before that this flag cannot look at the event; from now on it was.
    pub(crate) fn said_blind(&self) -> bool {
        self.said_blind.swap(true, Ordering::Relaxed)
    }

    /// Whether it was said before that this flag is not injected; from now on it was.
    pub(crate) fn said_cannot(&self) -> bool {
        self.said_cannot.swap(true, Ordering::Relaxed)
    }

    /// A generator for one firing, seeded from the flag's own stream.
    pub(crate) fn random(&self) -> Pcg64Mcg {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        Pcg64Mcg::seed_from_u64(random.random())
    }

    /// Decides for one call at a point that the flag concerns.
    pub(crate) fn judge<'a>(
        &self,
        now: SystemTime,
        seen: &Seen,
        label: impl Fn(&str) -> Vec<&'a str>,
    ) -> Verdict {
        let Flag { aim, trigger, .. } = &self.flag;
        if !trigger.window_open(now) {
            return Verdict::Holds(HeldBack::Window);
        }
        let values = |name: &str| label(name).into_iter().map(Cow::Borrowed);
        if !aim.labels_hold(values) {
            return Verdict::Holds(HeldBack::Label);
        }
        if self.wants_event() {
            let Some(event) = &seen.event else {
                return Verdict::Blind;
            };
            let ask = || Condition::all_hold(&aim.conditions, event);
            if !aim.conditions.is_empty() && !seen.holds(self.number, ask) {
                return Verdict::Holds(HeldBack::Condition);
            }
        }
        let nth = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        // Rolled for each call, so that the counts do not move the rolls of those that follow.
        let hit = self
            .draw(seen, label)
            .is_some_and(|draw| trigger.hits(draw));
        if nth <= trigger.skip_first {
            Verdict::Holds(HeldBack::SkipFirst)
        } else if !trigger.counts(nth) {
            Verdict::Holds(HeldBack::Every)
        } else if !hit {
            Verdict::Holds(HeldBack::Percentage)
        } else if !self.within_limit() {
            Verdict::Holds(HeldBack::Limit)
        } else {
            Verdict::Fires
        }
    }

    /// In [0, 1): at random, or the same each time for the value that `by` names. A call without
    /// that value is nobody's, and is not hit; one that is about several is hit where any would be.
    fn draw<'a>(&self, seen: &Seen, label: impl Fn(&str) -> Vec<&'a str>) -> Option<f64> {
        let pinned = |value: &str| Trigger::pinned_draw(&self.flag.name, value);
        match &self.flag.trigger.by {
            None => {
                let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
                Some(random.random())
            }
            Some(By::Label(name)) => label(name).into_iter().map(pinned).min_by(f64::total_cmp),
            Some(By::Event(path)) => Some(pinned(&text_at(seen.event.as_ref()?, path)?)),
        }
    }

    fn within_limit(&self) -> bool {
        let limit = self.flag.trigger.limit.unwrap_or(u64::MAX);
        self.fired
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |fired| {
                (fired < limit).then_some(fired.saturating_add(1))
            })
            .is_ok()
    }

    /// It fired and was not injected after all, which does not count against its limit.
    pub(crate) fn not_injected(&self) {
        let _ = self
            .fired
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |fired| {
                fired.checked_sub(1)
            });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;
    use crate::plan;

    fn live(document: &Value) -> Live {
        let reading = plan::read_value(document);
        assert_eq!(reading.findings, []);
        Live::new(reading.plan, &Live::default())
    }

    /// One flag, with these attributes more.
    fn with(attributes: &Value) -> Live {
        let mut flag = json!({ "enabled": true, "mode": "exception" });
        let attributes = attributes.as_object().unwrap().clone();
        flag.as_object_mut().unwrap().extend(attributes);
        live(&json!({ "f": flag }))
    }

    #[test]
    fn no_more_is_asked_of_a_call_than_its_flags_need() {
        let [handler, points, event, again] = [1, 2, 4, 8];
        let condition = json!([{ "path": "a", "operator": "exists" }]);
        let cases = [
            (json!({}), handler),
            (json!({ "enabled": false }), 0),
            (json!({ "point": "store.*" }), points),
            (json!({ "point": "*" }), handler | points),
            (json!({ "match": condition }), handler | event),
            (json!({ "by": "user.id" }), handler | event),
            (json!({ "by": "label:tenant" }), handler),
            (json!({ "mode": "duplicate" }), handler | again),
            (json!({ "mode": "duplicate", "point": "store.*" }), points),
        ];
        for (attributes, expected) in cases {
            let live = with(&attributes);
            let asked = [
                (live.concerns_handler(), handler),
                (live.concerns_points(), points),
                (live.wants_event(), event),
                (live.wants_again(), again),
            ];
            let asked = asked.into_iter().filter(|(asked, _)| *asked);
            assert_eq!(
                asked.map(|(_, bit)| bit).sum::<i32>(),
                expected,
                "{attributes}"
            );
        }
    }

    #[test]
    fn a_document_is_over_at_the_time_it_names() {
        let live = live(&json!({ "settings": { "expires_at": "2026-12-01T18:00:00Z" } }));
        let end = live.settings.expires_at.unwrap();
        assert!(live.window_open(end - Duration::from_nanos(1)));
        assert!(!live.window_open(end));
    }

    #[test]
    fn what_lapsed_is_remembered_and_concerns_nobody() {
        let before = with(&json!({ "limit": 1 }));
        let lapsed = before.lapsed().lapsed();
        assert!(!lapsed.concerns_handler());
        let plan = Plan {
            flags: vec![before.flags[0].flag.clone()],
            ..Plan::default()
        };
        let again = Live::new(plan, &lapsed);
        assert!(Arc::ptr_eq(&again.flags[0], &before.flags[0]));
    }

    #[test]
    fn a_flag_says_each_thing_once_and_counts_what_it_injected() {
        let live = with(&json!({ "limit": 1 }));
        let flag = &live.flags[0];
        assert_eq!((flag.said_blind(), flag.said_blind()), (false, true));
        assert_eq!((flag.said_cannot(), flag.said_cannot()), (false, true));
        flag.not_injected();
        assert!(flag.within_limit() && !flag.within_limit());
        flag.not_injected();
        assert!(flag.within_limit() && !flag.within_limit());
    }

    #[test]
    fn each_reason_has_a_word_of_its_own() {
        let words = [
            (HeldBack::Disabled, "disabled"),
            (HeldBack::Window, "window"),
            (HeldBack::Point, "point"),
            (HeldBack::Label, "label"),
            (HeldBack::Condition, "condition"),
            (HeldBack::Percentage, "percentage"),
            (HeldBack::SkipFirst, "skip_first"),
            (HeldBack::Every, "every"),
            (HeldBack::Limit, "limit"),
            (HeldBack::Answered, "answered"),
            (HeldBack::Impossible, "impossible"),
        ];
        for (reason, word) in words {
            assert_eq!(reason.as_str(), word);
        }
    }

    #[test]
    fn conditions_are_asked_once_an_invocation_however_many_points_it_has() {
        let met = json!([{ "path": "a", "value": "1" }]);
        let seen = |event| Seen {
            event: Some(event),
            ..Seen::event()
        };
        let judge = |live: &Live, seen: &Seen| {
            let verdict = live.flags[0].judge(SystemTime::now(), seen, |_| Vec::new());
            verdict == Verdict::Fires
        };
        // A helper without a name is a handler too, in the invocation round it.
        for attributes in [
            json!({ "match": met, "point": "store.*" }),
            json!({ "match": met }),
        ] {
            let (live, other) = (with(&attributes), with(&attributes));
            let mut seen = seen(json!({ "a": 1 }));
            assert!(judge(&live, &seen));
            // No event changes; here it does, to tell who looks at it.
            seen.event = Some(json!({ "a": 2 }));
            assert!(judge(&live, &seen), "{attributes}");
            assert!(!judge(&other, &seen), "another flag asks for itself");
        }
    }
}
