//! What a fetch led to, and what the engine and the log hear of it.

use std::time::Duration;

use super::flight::Landing;
use super::report::{self, Later, Line};
use super::state::{InForce, State};
use super::{News, Reception, Refresh, Shared};
use crate::clock::{Stamp, millis};
use crate::source::SourceError;

/// Tells silence from other reasons, whichever bound it exceeded.
pub(super) const NO_ANSWER: &str = "no answer";

pub(super) fn no_answer(within: Duration) -> String {
    format!(
        "no answer within {} ms; see that the function can reach it, in a VPC by a NAT gateway or an \
         interface endpoint",
        millis(within)
    )
}

impl Refresh {
    /// A fetch that began at `begun` has come to its end.
    pub(super) fn landed(&self, id: u64, begun: Stamp, landing: Landing) {
        let mut later = Later::new(self);
        let now = self.clock.now();
        let mut shared = self.lock();
        // one that was given up may still come in
        if shared.flight.take_if(|flight| flight.is(id)).is_some() {
            self.settle(&mut shared, begun, now, landing, &mut later);
        }
    }

    /// What a fetch led to. An answer is as old as its question: it may have been on its way for
    /// most of that time.
    pub(super) fn settle(
        &self,
        shared: &mut Shared,
        begun: Stamp,
        now: Stamp,
        landing: Landing,
        later: &mut Later<'_>,
    ) {
        match landing {
            Landing::Answer(Ok(text)) => self.found(&mut shared.state, begun, text, later),
            Landing::Answer(Err(error)) if !error.is_unavailable() => {
                self.gone(&mut shared.state, begun, &error, later);
            }
            Landing::Answer(Err(error)) => {
                let reason = error.chain();
                self.failed(shared, now, &error.to_string(), reason, later);
            }
            Landing::Silence => {
                let reason = no_answer(self.timing.fetch_bound());
                self.failed(shared, now, NO_ANSWER, reason, later);
            }
            Landing::Panic(message) => {
                let reason = format!("the source panicked: {message}");
                self.failed(shared, now, "panic", reason, later);
            }
        }
        self.release();
    }

    /// There is a document.
    fn found(&self, state: &mut State, as_of: Stamp, text: String, later: &mut Later<'_>) {
        let was_gone = matches!(state.in_force, InForce::Gone(_));
        if state.answered(as_of) || was_gone {
            later.push(Line::Recovered);
        }
        if state.is_news(&text) {
            let accepted = self.tell(News::Document(&text)) == Reception::Accepted;
            state.applied(text, accepted);
        }
        self.stay_fresh(as_of);
    }

    /// There is none: no chaos, at once.
    fn gone(&self, state: &mut State, as_of: Stamp, error: &SourceError, later: &mut Later<'_>) {
        let reason = error.chain();
        let recovered = state.answered(as_of);
        let before = std::mem::replace(&mut state.in_force, InForce::Gone(reason.clone()));
        if !matches!(before, InForce::Gone(_)) {
            self.tell(News::Gone);
        }
        if before != state.in_force {
            later.push(Line::Gone(reason));
        } else if recovered {
            later.push(Line::Recovered);
        }
        self.stay_fresh(as_of);
    }

    /// There is no telling: a fetch failed.
    fn failed(
        &self,
        shared: &mut Shared,
        now: Stamp,
        key: &str,
        reason: String,
        later: &mut Later<'_>,
    ) {
        self.tell(News::FetchFailed);
        let new = shared.state.failed(now, key);
        self.trouble(shared, now, new, reason, later);
    }

    /// A fetch failed or a wait for one ran out, for a reason that is new or not.
    pub(super) fn trouble(
        &self,
        shared: &mut Shared,
        now: Stamp,
        new: bool,
        reason: String,
        later: &mut Later<'_>,
    ) {
        if !new {
            later.push(Line::Again(reason));
            return self.lapse(shared, now, later);
        }
        // the line says what is in force, so it speaks for a lapse as well
        if shared.state.lapses(now) {
            self.tell(News::Lapsed);
        }
        let effect = report::effect(&shared.state.in_force, &self.timing);
        later.push(Line::Trouble(reason, effect));
    }
}
