//! The faults of one call, on their way: before the function, after it, and undone at its end.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::carry::{CannotFail, Carry, Refusal};
use super::live::LiveFlag;
use super::seen::Seen;
use super::{EngineRef, Fired, Running};
use crate::error::InjectedError;
use crate::fault::diskspace::{self, Taken};
use crate::fault::latency;
use crate::plan::{DiskSpace, Exception, Latency, Mode, StatusCode};
use crate::telemetry::{Action, Decision};

/// The faults that fire at one call.
#[derive(Debug)]
#[doc(hidden)]
pub struct Injection(Box<State>);

#[derive(Debug)]
struct State {
    engine: EngineRef,
    point: &'static str,
    seen: Arc<Seen>,
    before: Fired,
    after: Fired,
    /// What is taken for the length of the call. Dropping gives it back, however the call ends.
    held: Vec<Taken>,
    running: Option<Running>,
}

/// How a fault leaves the call.
enum Step<Out> {
    GoOn,
    Answer(Out),
}

impl Injection {
    pub(crate) fn new(
        engine: EngineRef,
        point: &'static str,
        seen: Arc<Seen>,
        running: Option<Running>,
        before: Fired,
        after: Fired,
    ) -> Self {
        Self(Box::new(State {
            engine,
            point,
            seen,
            before,
            after,
            held: Vec::new(),
            running,
        }))
    }

    /// Whether there is anything to do, or to hold, for this call.
    pub(crate) fn matters(&self) -> bool {
        let state = &self.0;
        !state.before.is_empty() || !state.after.is_empty() || state.running.is_some()
    }

    /// Runs an async function with its faults.
    pub(crate) async fn drive<F, C>(mut self, body: Pin<&mut F>, carrier: C) -> C::Out
    where
        F: Future,
        C: Carry<F::Output>,
    {
        for live in std::mem::take(&mut self.0.before) {
            if let Some(wait) = self.0.delay(&live) {
                latency::wait(wait).await;
            } else if let Mode::DiskSpace(disk) = &live.flag.mode {
                let taken = take_beside(disk).await;
                self.0.hold(&live, taken);
            } else if let Step::Answer(out) = self.0.answer::<F::Output, C>(&live, &carrier) {
                return out;
            }
        }
        let mut value = body.await;
        for live in std::mem::take(&mut self.0.after) {
            if let Some(wait) = self.0.delay(&live) {
                latency::wait(wait).await;
                continue;
            }
            match self.0.answer_after(&live, value, &carrier) {
                After::Unchanged(same) => value = same,
                After::Answer(out) => return out,
            }
        }
        carrier.pass(value)
    }

    /// The same for a function that is not async; it really blocks.
    pub(crate) fn drive_blocking<T, C>(mut self, body: impl FnOnce() -> T, carrier: &C) -> C::Out
    where
        C: Carry<T>,
    {
        for live in std::mem::take(&mut self.0.before) {
            if let Some(wait) = self.0.delay(&live) {
                latency::block(wait);
            } else if let Mode::DiskSpace(disk) = &live.flag.mode {
                let taken = diskspace::take(&diskspace::directory(), disk.megabytes);
                self.0.hold(&live, taken);
            } else if let Step::Answer(out) = self.0.answer::<T, C>(&live, carrier) {
                return out;
            }
        }
        let mut value = body();
        for live in std::mem::take(&mut self.0.after) {
            if let Some(wait) = self.0.delay(&live) {
                latency::block(wait);
                continue;
            }
            match self.0.answer_after(&live, value, carrier) {
                After::Unchanged(same) => value = same,
                After::Answer(out) => return out,
            }
        }
        carrier.pass(value)
    }
}

/// Taking blocks can take as long as writing them, so it is done beside the runtime's threads.
async fn take_beside(disk: &DiskSpace) -> std::io::Result<Taken> {
    let megabytes = disk.megabytes;
    let take = move || diskspace::take(&diskspace::directory(), megabytes);
    if tokio::runtime::Handle::try_current().is_err() {
        return take();
    }
    match tokio::task::spawn_blocking(take).await {
        Ok(taken) => taken,
        Err(error) => Err(std::io::Error::other(error)),
    }
}

/// What a fault after the function makes of its value.
enum After<T, Out> {
    Unchanged(T),
    Answer(Out),
}

impl State {
    fn decision(&self, action: Action, live: &LiveFlag) -> Decision {
        Decision::new(action, &live.flag.mode, &live.flag.name, self.point)
    }

    fn record(&self, decision: Decision) {
        self.engine.record(decision, &self.seen);
    }

    fn cannot(&self, live: &LiveFlag, why: impl Into<String>) {
        self.record(self.decision(Action::Error, live).because(why));
    }

    /// How long to wait, if that is what the fault asks for.
    fn delay(&self, live: &LiveFlag) -> Option<Duration> {
        let Mode::Latency(latency) = &live.flag.mode else {
            return None;
        };
        let wait = self.drawn(latency, live);
        self.record(self.decision(Action::Inject, live).waiting(wait));
        Some(wait)
    }

    fn drawn(&self, latency: &Latency, live: &LiveFlag) -> Duration {
        let wait = latency::draw(latency, &mut live.random());
        latency::within(wait, self.seen.deadline)
    }

    fn hold(&mut self, live: &LiveFlag, taken: std::io::Result<Taken>) {
        match taken {
            Ok(taken) => {
                let mut decision = self.decision(Action::Inject, live);
                decision.disk_mb = Some(taken.megabytes);
                if taken.full {
                    decision = decision.because("the disk is full");
                }
                self.held.push(taken);
                self.record(decision);
            }
            Err(error) => {
                let directory = diskspace::directory();
                self.cannot(
                    live,
                    format!("no blocks in {}: {error}", directory.display()),
                );
            }
        }
    }

    /// A fault in the function's place.
    fn answer<T, C: Carry<T>>(&self, live: &LiveFlag, carrier: &C) -> Step<C::Out> {
        match &live.flag.mode {
            Mode::StatusCode(status) => match carrier.reply(status, self.seen.http) {
                Ok(out) => {
                    self.record(self.decision(Action::Inject, live));
                    Step::Answer(out)
                }
                Err(refusal) => {
                    self.cannot(live, refusal.0);
                    Step::GoOn
                }
            },
            Mode::Exception(exception) => match self.fail(exception, live, carrier) {
                Some(out) => Step::Answer(out),
                None => Step::GoOn,
            },
            Mode::Latency(_) | Mode::DiskSpace(_) => Step::GoOn,
        }
    }

    /// A fault after the function, whose work is done.
    fn answer_after<T, C: Carry<T>>(
        &self,
        live: &LiveFlag,
        value: T,
        carrier: &C,
    ) -> After<T, C::Out> {
        match &live.flag.mode {
            Mode::StatusCode(status) => After::Answer(self.recode(status, live, value, carrier)),
            Mode::Exception(exception) => match self.fail(exception, live, carrier) {
                Some(out) => After::Answer(out),
                None => After::Unchanged(value),
            },
            Mode::Latency(_) | Mode::DiskSpace(_) => After::Unchanged(value),
        }
    }

    fn recode<T, C: Carry<T>>(
        &self,
        status: &StatusCode,
        live: &LiveFlag,
        value: T,
        carrier: &C,
    ) -> C::Out {
        let (out, refusal) = carrier.recode(value, status, self.seen.http);
        match refusal {
            None => self.record(self.decision(Action::Inject, live)),
            Some(Refusal(why)) => self.cannot(live, why),
        }
        out
    }

    /// The injected error; a function without an error type panics, if that is allowed.
    fn fail<T, C: Carry<T>>(
        &self,
        exception: &Exception,
        live: &LiveFlag,
        carrier: &C,
    ) -> Option<C::Out> {
        let error = InjectedError::new(
            &exception.message,
            exception.error_type.as_deref(),
            &live.flag.name,
        );
        match carrier.error(error) {
            Ok(out) => {
                self.record(self.decision(Action::Inject, live));
                Some(out)
            }
            Err(CannotFail(error)) if self.engine.allows_panic() => {
                self.record(self.decision(Action::Inject, live));
                std::panic::panic_any(error.to_string());
            }
            Err(CannotFail(_)) => {
                self.cannot(
                    live,
                    "the function has no error type, so an exception would be a panic; \
                     return a `Result`, or name `panic` in CHAOS_ALLOW",
                );
                None
            }
        }
    }
}
