//! The faults of one call, one after the other: before the function, after it, and undone at its
//! end.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::carry::{CannotFail, Carry, Refusal};
use super::live::LiveFlag;
use super::seen::Seen;
use super::{EngineRef, Fired, Running};
use crate::clock::millis;
use crate::error::InjectedError;
use crate::fault::{Held, Take, cpu, exit, latency, panic, timeout};
use crate::plan::{Cpu, Exception, Exit, Latency, Mode, Panic, StatusCode, Timeout};
use crate::telemetry::{Action, Decision};

/// The faults that fire at one call. Dropping it undoes what they hold, however the call ends.
#[derive(Debug)]
pub(crate) struct Injection {
    engine: EngineRef,
    point: &'static str,
    seen: Arc<Seen>,
    before: VecDeque<Arc<LiveFlag>>,
    after: VecDeque<Arc<LiveFlag>>,
    held: Vec<Held>,
    running: Option<Running>,
}

/// What comes next, before the function.
#[derive(Debug)]
pub(crate) enum Before<Out> {
    /// Wait this long, and ask again.
    Wait(Duration),
    /// Take this, hand it to [`Injection::hold`], and ask again.
    Take(Taking),
    /// This in the function's place.
    Answer(Out),
    /// The function.
    Run,
}

/// What is to be taken for a flag.
#[derive(Debug)]
pub(crate) struct Taking {
    live: Arc<LiveFlag>,
    pub(crate) what: Take,
}

/// What comes next, after the function.
#[derive(Debug)]
pub(crate) enum After<T, Out> {
    /// Wait this long, and ask again with the value.
    Wait(Duration, T),
    /// This is returned.
    Answer(Out),
}

impl Drop for Injection {
    /// Flags whose turn never came: another one answered before them, or the call was given up.
    fn drop(&mut self) {
        for live in self.before.iter().chain(&self.after) {
            live.not_injected();
        }
    }
}

impl Injection {
    pub(crate) fn new(
        engine: EngineRef,
        point: &'static str,
        seen: Arc<Seen>,
        running: Option<Running>,
        (before, after): (Fired, Fired),
    ) -> Self {
        Self {
            engine,
            point,
            seen,
            before: before.into(),
            after: after.into(),
            held: Vec::new(),
            running,
        }
    }

    /// Whether there is anything to do, or to hold, for this call.
    pub(crate) fn matters(&self) -> bool {
        !self.before.is_empty() || !self.after.is_empty() || self.running.is_some()
    }

    /// The next step before the function, in the order of the modes.
    pub(crate) fn before<T, C: Carry<T>>(&mut self, carrier: &C) -> Before<C::Out> {
        while let Some(live) = self.before.pop_front() {
            match &live.flag.mode {
                Mode::Latency(latency) => return Before::Wait(self.delay(latency, &live)),
                &Mode::Timeout(timeout) => {
                    if let Some(wait) = self.until_deadline(timeout, &live) {
                        return Before::Wait(wait);
                    }
                }
                &Mode::DiskSpace(disk) => {
                    let what = Take::Disk(disk);
                    return Before::Take(Taking { live, what });
                }
                &Mode::Memory(memory) => {
                    let what = Take::Memory(memory);
                    return Before::Take(Taking { live, what });
                }
                &Mode::Cpu(cpu) => self.burn(cpu, &live),
                Mode::StatusCode(status) => {
                    if let Some(out) = self.reply(status, &live, carrier) {
                        return Before::Answer(out);
                    }
                }
                Mode::Exception(exception) | Mode::LostReply(exception) => {
                    if let Some(out) = self.fail(exception, &live, carrier) {
                        return Before::Answer(out);
                    }
                }
                Mode::Panic(panic) => self.panic(panic, &live),
                &Mode::Exit(exit) => self.exit(exit, &live),
            }
        }
        Before::Run
    }

    /// The next step after the function, whose work is done.
    pub(crate) fn after<T, C: Carry<T>>(&mut self, value: T, carrier: &C) -> After<T, C::Out> {
        while let Some(live) = self.after.pop_front() {
            match &live.flag.mode {
                Mode::Latency(latency) => return After::Wait(self.delay(latency, &live), value),
                &Mode::Timeout(timeout) => {
                    if let Some(wait) = self.until_deadline(timeout, &live) {
                        return After::Wait(wait, value);
                    }
                }
                Mode::StatusCode(status) => {
                    return After::Answer(self.recode(status, &live, value, carrier));
                }
                Mode::Exception(exception) | Mode::LostReply(exception) => {
                    if let Some(out) = self.fail(exception, &live, carrier) {
                        return After::Answer(out);
                    }
                }
                Mode::Panic(panic) => self.panic(panic, &live),
                &Mode::Exit(exit) => self.exit(exit, &live),
                // plan/ refuses this phase for these: there is nothing left to hold them for.
                Mode::DiskSpace(_) | Mode::Memory(_) | Mode::Cpu(_) => {}
            }
        }
        After::Answer(carrier.pass(value))
    }

    /// Holds what was taken until the call ends.
    pub(crate) fn hold(&mut self, taking: &Taking, taken: Result<Held, String>) {
        match taken {
            Ok(held) => {
                let decision = self.holding(held, &taking.live);
                self.record(decision);
            }
            Err(why) => self.cannot(&taking.live, why),
        }
    }

    fn holding(&mut self, held: Held, live: &LiveFlag) -> Decision {
        let mut decision = self.decision(Action::Inject, live);
        match &held {
            Held::Disk(taken) => {
                decision.disk_mb = Some(taken.megabytes);
                decision.message = taken.remark.map(str::to_owned);
            }
            Held::Memory(taken) => decision.memory_mb = Some(taken.megabytes()),
            Held::Cpu(busy) => decision.cpu_threads = Some(busy.threads()),
        }
        self.held.push(held);
        decision
    }

    /// Keeps cores busy until the call ends, and never past its deadline.
    fn burn(&mut self, fault: Cpu, live: &LiveFlag) {
        let longest = latency::within(Duration::from_millis(fault.ms), self.seen.deadline);
        match cpu::start(fault.threads, longest) {
            Ok(busy) => {
                let mut decision = self.holding(Held::Cpu(busy), live);
                decision.cpu_ms = Some(millis(longest));
                self.record(decision);
            }
            Err(error) => self.cannot(live, format!("no thread could be started: {error}")),
        }
    }

    fn decision(&self, action: Action, live: &LiveFlag) -> Decision {
        Decision::new(action, &live.flag.mode, &live.flag.name, self.point)
    }

    fn record(&self, decision: Decision) {
        self.engine.record(decision, &self.seen, true);
    }

    fn cannot(&self, live: &LiveFlag, why: impl Into<String>) {
        live.not_injected();
        let decision = self.decision(Action::Error, live).because(why);
        self.engine
            .record(decision, &self.seen, !live.said_cannot());
    }

    fn delay(&self, latency: &Latency, live: &LiveFlag) -> Duration {
        let wait = latency::draw(latency, &mut live.random());
        let wait = latency::within(wait, self.seen.deadline);
        self.record(self.decision(Action::Inject, live).waiting(wait));
        wait
    }

    /// The wait until the deadline, if one is known.
    fn until_deadline(&self, timeout: Timeout, live: &LiveFlag) -> Option<Duration> {
        let Some(deadline) = self.seen.deadline else {
            self.cannot(
                live,
                "the invocation's deadline is not known, so there is no telling how long to wait",
            );
            return None;
        };
        let wait = timeout::wait(timeout, deadline);
        self.record(self.decision(Action::Inject, live).waiting(wait));
        Some(wait)
    }

    fn panic(&self, fault: &Panic, live: &LiveFlag) -> ! {
        self.record(self.decision(Action::Inject, live));
        panic::panic(fault.message.clone());
    }

    fn exit(&self, fault: Exit, live: &LiveFlag) -> ! {
        self.record(self.decision(Action::Inject, live));
        exit::exit(fault.code);
    }

    /// The response with the code, if the function's type can carry it.
    fn reply<T, C: Carry<T>>(
        &self,
        status: &StatusCode,
        live: &LiveFlag,
        carrier: &C,
    ) -> Option<C::Out> {
        match carrier.reply(status, self.seen.http) {
            Ok(out) => {
                self.record(self.decision(Action::Inject, live));
                Some(out)
            }
            Err(Refusal(why)) => {
                self.cannot(live, why);
                None
            }
        }
    }

    /// The function's own response with its code replaced, if it has one.
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
        let error_type = exception.error_type.as_deref();
        let error = InjectedError::new(&exception.message, error_type, &live.flag.name);
        match carrier.error(error) {
            Ok(out) => {
                self.record(self.decision(Action::Inject, live));
                Some(out)
            }
            Err(CannotFail(error)) if self.engine.allows_panic() => {
                self.record(self.decision(Action::Inject, live));
                panic::panic(error.into_message());
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
