//! Whether what came of an invocation is what a document in force says.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use super::document::{self, Answer, Effect};
use super::store::ParameterStore;

/// `CHAOS_FETCH_TIMEOUT_MS`, unless set: the longest that an invocation is held up.
const FETCH_TIMEOUT: Duration = Duration::from_millis(500);
/// Timers have milliseconds, and a wait may begin and end between two.
const TICKS: Duration = Duration::from_millis(2);
/// The longest that a source which failed is left in peace, and the bound of a fetch.
pub(super) const AFTER_TROUBLE: Duration = Duration::from_secs(65);

pub(super) struct Tally {
    ttl: Duration,
    checked: u64,
    /// How often the handler should have run.
    runs: u64,
    failed: u64,
    answered: u64,
    delayed: u64,
    held_up: u64,
    /// Invocations that met nothing, as the last document had gone unconfirmed for too long.
    lapsed: u64,
    longest: Duration,
    /// In good times, how old the last answer was at most.
    oldest: Duration,
    kinds: BTreeMap<u32, u64>,
}

impl Tally {
    pub(super) fn new(ttl: Duration) -> Self {
        Self {
            ttl,
            checked: 0,
            runs: 0,
            failed: 0,
            answered: 0,
            delayed: 0,
            held_up: 0,
            lapsed: 0,
            longest: Duration::ZERO,
            oldest: Duration::ZERO,
            kinds: BTreeMap::new(),
        }
    }

    pub(super) fn check(
        &mut self,
        n: u64,
        begun: Instant,
        answer: &Answer,
        store: &ParameterStore,
    ) {
        let took = begun.elapsed();
        let may = store.in_force(begun, begun + took.min(FETCH_TIMEOUT));
        let found = may.iter().find_map(|&version| {
            let effects = match version {
                Some(version) => document::does(version, n),
                None => vec![Effect::none(n)],
            };
            let effect = effects
                .into_iter()
                .find(|effect| fits(effect, answer, took))?;
            Some((version, effect))
        });
        let Some((version, effect)) = found else {
            panic!("invocation {n}: {answer:?} after {took:?}, and in force may be {may:?}");
        };
        self.count(version, &effect, took);
        self.lapsed += u64::from(version.is_none() && store.last().version.is_some());
        self.is_fresh(took, store);
    }

    fn count(&mut self, version: Option<u32>, effect: &Effect, took: Duration) {
        self.checked += 1;
        self.runs += u64::from(effect.runs);
        match effect.answer {
            Answer::Error(_) => self.failed += 1,
            Answer::Status(_) => self.answered += 1,
            _ => {}
        }
        self.delayed += u64::from(!effect.delay.is_zero());
        let waited = took.saturating_sub(effect.delay);
        self.held_up += u64::from(waited > TICKS);
        self.longest = self.longest.max(waited);
        if let Some(version) = version {
            *self.kinds.entry(version % document::KINDS).or_default() += 1;
        }
    }

    /// While Parameter Store is sound, what it says is in force within two cache times.
    fn is_fresh(&mut self, took: Duration, store: &ParameterStore) {
        let bound = self.ttl * 2;
        if store.sound_for() < AFTER_TROUBLE + bound {
            return;
        }
        let age = store.last().asked.elapsed().saturating_sub(took);
        assert!(
            age <= bound + FETCH_TIMEOUT,
            "in force is what was said {age:?} ago"
        );
        self.oldest = self.oldest.max(age);
    }

    /// Else the hour would show less than it says.
    pub(super) fn met_everything(&self) {
        assert!(self.failed > 0 && self.answered > 0, "{self}");
        assert!(self.delayed > 0 && self.lapsed > 0, "{self}");
        let kinds: Vec<_> = self.kinds.keys().copied().collect();
        let all: Vec<_> = (0..document::KINDS).collect();
        assert_eq!(kinds, all, "kinds of documents");
    }

    pub(super) fn nothing_is_lost(&self, of: u64, ran: u64) {
        assert_eq!(self.checked, of, "invocations");
        assert_eq!(self.runs, ran, "runs of the handler");
    }
}

fn fits(effect: &Effect, answer: &Answer, took: Duration) -> bool {
    // an invocation that is delayed until its deadline was held up within that time
    let most = if effect.delay >= super::LEFT {
        effect.delay
    } else {
        effect.delay + FETCH_TIMEOUT
    };
    effect.answer == *answer && took + TICKS >= effect.delay && took <= most + TICKS
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} invocations, of which {} failed, {} were answered and {} delayed by a document, {} \
             waited for one, {:?} at most, {} met none as it had lapsed; in good times its word was {:?} old at most",
            self.checked,
            self.failed,
            self.answered,
            self.delayed,
            self.held_up,
            self.longest,
            self.lapsed,
            self.oldest
        )
    }
}
