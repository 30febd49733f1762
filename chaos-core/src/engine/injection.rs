//! The faults of one call, one after the other: before the function, after it, and undone at its
//! end.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::carry::Carry;
use super::live::{HANDLER, LiveFlag};
use super::seen::Seen;
use super::taking::Holding;
use super::{EngineRef, Fired, Inside, Running};
use crate::fault::{Take, exit, latency, panic};
use crate::plan::{Exit, Mode, Panic, Phase};
use crate::telemetry::{Action, Decision, Metrics};

/// The faults that fire at one call. Dropping it undoes what they hold, however the call ends.
#[derive(Debug)]
pub(crate) struct Injection {
    pub(super) engine: EngineRef,
    pub(super) point: &'static str,
    pub(super) seen: Arc<Seen>,
    pub(super) before: VecDeque<Arc<LiveFlag>>,
    pub(super) after: VecDeque<Arc<LiveFlag>>,
    /// The flag for which something is being taken.
    pub(super) taking: Option<Arc<LiveFlag>>,
    pub(super) held: Vec<Holding>,
    running: Option<Running>,
    /// Whether the function can be run once more.
    pub(crate) can_repeat: bool,
    /// Whether it has waited for what the caller takes for a call without an answer.
    pub(super) timed_out: bool,
}

/// What comes next, before the function.
#[derive(Debug)]
pub(crate) enum Before<Out> {
    /// Wait this long, and ask again.
    Wait(Duration),
    /// Take this, hand it to [`Injection::hold`], and ask again.
    Take(Take),
    /// This in the function's place.
    Answer(Out),
    /// Ask again, and then run the function twice.
    Twice,
    /// The function.
    Run,
}

/// What the next flags come to before the function, as far as that is the same for all return types:
/// what is not is compiled for each wrapped function.
enum Step {
    Take(Take),
    /// What the flag does depends on the return type.
    Ask(Arc<LiveFlag>),
    Twice,
    Run,
}

/// What comes next, after the function.
#[derive(Debug)]
pub(crate) enum After<T, Out> {
    /// Wait this long, and ask again with the value.
    Wait(Duration, T),
    /// This is returned.
    Answer(Out),
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
            taking: None,
            held: Vec::new(),
            running,
            can_repeat: false,
            timed_out: false,
        }
    }

    /// Whether there is anything to do, to hold, or to write at the end, for this call.
    pub(crate) fn matters(&self) -> bool {
        !self.before.is_empty()
            || !self.after.is_empty()
            || self.running.is_some()
            || self.ends_invocation().is_some()
    }

    /// Held while a handler runs: the points that it reaches are in its invocation.
    pub(crate) fn enter(&self) -> Option<Inside> {
        self.running.as_ref().map(Running::enter)
    }

    /// What is counted, if the end of this call is that of an invocation.
    fn ends_invocation(&self) -> Option<&Metrics> {
        self.engine.metrics().filter(|_| self.point == HANDLER)
    }

    /// The next step before the function, in the order of the modes.
    pub(crate) fn before<T, C: Carry<T>>(&mut self, carrier: &C) -> Before<C::Out> {
        match self.next_before(carrier) {
            Before::Answer(out) => Before::Answer(self.announce(out, carrier)),
            other => other,
        }
    }

    fn next_before<T, C: Carry<T>>(&mut self, carrier: &C) -> Before<C::Out> {
        if self.timed_out
            && let Some(out) = carrier.timed_out()
        {
            return Before::Answer(out);
        }
        if let Some(wait) = self.next_wait(Phase::Before, carrier, Duration::ZERO) {
            return Before::Wait(wait);
        }
        loop {
            let live = match self.step() {
                Step::Take(what) => return Before::Take(what),
                Step::Ask(live) => live,
                Step::Twice => return Before::Twice,
                Step::Run => return Before::Run,
            };
            let out = match &live.flag.mode {
                Mode::DenyList(list) => self.deny(list, &live, carrier),
                Mode::StatusCode(status) => self.reply(status, &live, carrier),
                Mode::Exception(exception) | Mode::LostReply(exception) => {
                    self.fail(exception, &live, |error| carrier.error(error))
                }
                _ => None,
            };
            if let Some(out) = out {
                return Before::Answer(out);
            }
        }
    }

    #[inline(never)]
    fn step(&mut self) -> Step {
        while let Some(live) = self.before.pop_front() {
            match &live.flag.mode {
                &Mode::DiskSpace(disk) => {
                    self.taking = Some(live);
                    return Step::Take(Take::Disk(disk));
                }
                &Mode::Memory(memory) => {
                    self.taking = Some(live);
                    return Step::Take(Take::Memory(memory));
                }
                &Mode::Cpu(cpu) => self.burn(cpu, &live),
                Mode::DenyList(_)
                | Mode::StatusCode(_)
                | Mode::Exception(_)
                | Mode::LostReply(_) => return Step::Ask(live),
                Mode::Panic(panic) => self.panic(panic, &live),
                &Mode::Exit(exit) => self.exit(exit, &live),
                Mode::Duplicate => {
                    if self.repeat(&live) {
                        return Step::Twice;
                    }
                }
                // Waits came first. Of the other one plan/ refuses this phase: there is no response yet.
                Mode::Latency(_) | Mode::Timeout(_) | Mode::Corruption(_) => {}
            }
        }
        Step::Run
    }

    /// The next step after the function, whose work is done.
    pub(crate) fn after<T, C: Carry<T>>(&mut self, value: T, carrier: &C) -> After<T, C::Out> {
        match self.next_after(value, carrier) {
            After::Answer(out) => After::Answer(self.announce(out, carrier)),
            other @ After::Wait(..) => other,
        }
    }

    fn next_after<T, C: Carry<T>>(&mut self, value: T, carrier: &C) -> After<T, C::Out> {
        if self.timed_out
            && let Some(out) = carrier.timed_out()
        {
            return After::Answer(out);
        }
        if let Some(wait) = self.next_wait(Phase::After, carrier, Duration::ZERO) {
            return After::Wait(wait, value);
        }
        let recodes = |live: &mut Arc<LiveFlag>| matches!(live.flag.mode, Mode::StatusCode(_));
        if let Some(live) = self.after.pop_front_if(recodes)
            && let Mode::StatusCode(status) = &live.flag.mode
        {
            return After::Answer(match self.recode(status, &live, value, carrier) {
                Ok(out) => out,
                Err(out) => self.settle(out, carrier),
            });
        }
        After::Answer(self.settle(carrier.pass(value), carrier))
    }

    /// Waits, in a function that is not async.
    pub(crate) fn block(&self, wait: Duration) {
        if !self.engine.time.goes_by(wait) {
            latency::block(wait);
        }
    }

    pub(super) fn decision(&self, action: Action, live: &LiveFlag) -> Decision {
        Decision::new(action, &live.flag.mode, &live.flag.name, self.point)
    }

    pub(super) fn record(&self, decision: Decision) {
        self.engine.record(decision, &self.seen, true);
    }

    /// The same of what may end the process: nothing could be written after it.
    pub(super) fn record_last(&self, decision: Decision) {
        self.record(decision);
        if let Some(metrics) = self.engine.metrics() {
            metrics.write();
        }
    }

    /// Records that the flag's fault was injected, as the document asks for it.
    #[inline(never)]
    pub(super) fn injected(&self, live: &LiveFlag) {
        self.record(self.decision(Action::Inject, live));
    }

    #[cold]
    #[inline(never)]
    pub(super) fn cannot(&self, live: &LiveFlag, why: impl Into<String>) {
        live.not_injected();
        let decision = self.decision(Action::Error, live).because(why);
        self.engine
            .record(decision, &self.seen, !live.said_cannot());
    }

    /// Whether a flag that fires asks for a second run.
    pub(crate) fn asks_to_repeat(&self) -> bool {
        let mut flags = self.before.iter();
        self.point == HANDLER && flags.any(|live| live.flag.mode == Mode::Duplicate)
    }

    /// Whether the function is to be run once more: a handler whose arguments could be cloned is,
    /// once.
    fn repeat(&mut self, live: &LiveFlag) -> bool {
        if self.point != HANDLER {
            self.cannot(live, "only a handler is run twice: leave `point` out");
        } else if std::mem::take(&mut self.can_repeat) {
            self.injected(live);
            return true;
        } else {
            self.cannot(
                live,
                "the handler cannot be run twice, or is already: it can where the types of its \
                 arguments are `Clone` and a method takes `&self`; not behind `wrap_opaque` or \
                 `ChaosLayer::opaque` (use `wrap_opaque_clone` or `ChaosLayer::opaque_clone`), nor where \
                 a function that returns a future is more than one `async` block, where a service is \
                 not ready for a second call, or where what is wrapped was called before the \
                 document came",
            );
        }
        false
    }

    #[cold]
    #[inline(never)]
    pub(super) fn panic(&self, fault: &Panic, live: &LiveFlag) -> ! {
        self.record_last(self.decision(Action::Inject, live));
        panic::panic(fault.message.clone());
    }

    #[cold]
    #[inline(never)]
    pub(super) fn exit(&self, fault: Exit, live: &LiveFlag) -> ! {
        self.record_last(self.decision(Action::Inject, live));
        exit::exit(fault.code);
    }
}

impl Drop for Injection {
    /// Gives everything back before anything is said of it.
    fn drop(&mut self) {
        // Flags whose turn never came, or was not over: another one answered before them, or the call
        // was given up.
        for live in self.taking.iter().chain(&self.before).chain(&self.after) {
            live.not_injected();
        }
        let given_back = |Holding { held, decision }| {
            drop(held);
            decision.cleared()
        };
        let cleared: Vec<Decision> = self.held.drain(..).map(given_back).collect();
        for decision in cleared {
            self.record(decision);
        }
        if let Some(metrics) = self.ends_invocation() {
            metrics.write();
        }
    }
}
