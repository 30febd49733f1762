//! What a call answers: in the function's place, or with what the function returned.

use std::sync::Arc;

use super::Injection;
use super::carry::{CannotFail, Carry, Corrupting, Dropped, Refusal};
use super::live::{HANDLER, LiveFlag};
use crate::error::InjectedError;
use crate::fault::panic;
use crate::plan::{Corruption, Exception, Mode, StatusCode};
use crate::telemetry::Action;

impl Injection {
    /// The response with the code, if the function's type can carry it.
    pub(super) fn reply<T, C: Carry<T>>(
        &self,
        status: &StatusCode,
        live: &LiveFlag,
        carrier: &C,
    ) -> Option<C::Out> {
        let (out, refusal) = match carrier.reply(status, self.seen.http) {
            Ok(out) => (Some(out), None),
            Err(refusal) => (None, Some(refusal)),
        };
        self.answered(live, refusal);
        out
    }

    /// Records that a flag's fault was injected, or why not.
    #[inline(never)]
    fn answered(&self, live: &LiveFlag, refusal: Option<Refusal>) {
        match refusal {
            None => self.injected(live),
            Some(Refusal(why)) => self.cannot(live, why),
        }
    }

    /// The function's own response with its code replaced, or as it is if it has none.
    pub(super) fn recode<T, C: Carry<T>>(
        &self,
        status: &StatusCode,
        live: &LiveFlag,
        value: T,
        carrier: &C,
    ) -> Result<C::Out, C::Out> {
        let (out, refusal) = carrier.recode(value, status, self.seen.http);
        let recoded = refusal.is_none();
        self.answered(live, refusal);
        if recoded { Ok(out) } else { Err(out) }
    }

    /// What is left to do to what the function returns, once it has waited and has its code.
    pub(super) fn settle<T, C: Carry<T>>(&mut self, own: C::Out, carrier: &C) -> C::Out {
        let mut out = own;
        while let Some(live) = self.next_change() {
            match &live.flag.mode {
                Mode::Exception(exception) => {
                    if let Some(out) = self.fail(exception, &live, |error| carrier.error(error)) {
                        return out;
                    }
                }
                Mode::LostReply(exception) => {
                    if let Some(out) = self.fail(exception, &live, |error| carrier.lose(error)) {
                        return out;
                    }
                }
                Mode::Corruption(fault) => out = self.corrupt(fault, &live, out, carrier),
                _ => {}
            }
        }
        out
    }

    /// The next flag that changes what is returned, once those before it have done what they do
    /// whatever that is.
    #[inline(never)]
    fn next_change(&mut self) -> Option<Arc<LiveFlag>> {
        while let Some(live) = self.after.pop_front() {
            match &live.flag.mode {
                Mode::StatusCode(_) => {
                    self.cannot(
                        &live,
                        "this response carries no status code; the line of the flag before says why",
                    );
                }
                Mode::Exception(_) | Mode::LostReply(_) | Mode::Corruption(_) => {
                    return Some(live);
                }
                Mode::Panic(panic) => self.panic(panic, &live),
                &Mode::Exit(exit) => self.exit(exit, &live),
                // Those that wait have had their turn; plan/ refuses this phase for the others.
                Mode::Latency(_)
                | Mode::Timeout(_)
                | Mode::DiskSpace(_)
                | Mode::Memory(_)
                | Mode::Cpu(_)
                | Mode::DenyList(_)
                | Mode::Duplicate => {}
            }
        }
        None
    }

    /// The function's own response, corrupted.
    fn corrupt<T, C: Carry<T>>(
        &self,
        fault: &Corruption,
        live: &LiveFlag,
        out: C::Out,
        carrier: &C,
    ) -> C::Out {
        let (corrupted, dropped) = carrier.corrupt(out, self.corrupting(fault, live));
        self.corrupted(fault, live, dropped);
        corrupted
    }

    #[inline(never)]
    fn corrupting(&self, fault: &Corruption, live: &LiveFlag) -> Corrupting {
        Corrupting {
            fault: fault.clone(),
            random: live.random(),
            // What a point returns is nobody's HTTP response yet.
            http: self.seen.http && self.point == HANDLER,
        }
    }

    #[inline(never)]
    fn corrupted(&self, fault: &Corruption, live: &LiveFlag, dropped: Dropped) {
        match dropped {
            Ok(dropped) => {
                let mut decision = self.decision(Action::Inject, live);
                decision.headers_dropped = dropped.filter(|_| !fault.drop_headers.is_empty());
                self.record(decision);
            }
            Err(Refusal(why)) => self.cannot(live, why),
        }
    }

    /// With the header that names the flags that fired, where the handler's response carries one.
    pub(super) fn announce<T, C: Carry<T>>(&self, out: C::Out, carrier: &C) -> C::Out {
        if self.point != HANDLER {
            return out;
        }
        match self.engine.announcement(&self.seen) {
            None => out,
            Some(header) => carrier.announce(out, &header, self.seen.http),
        }
    }

    /// The injected error; a function without an error type panics, if that is allowed.
    pub(super) fn fail<Out>(
        &self,
        exception: &Exception,
        live: &LiveFlag,
        carry: impl FnOnce(InjectedError) -> Result<Out, CannotFail>,
    ) -> Option<Out> {
        let error_type = exception.error_type.as_deref();
        let error = InjectedError::new(&exception.message, error_type, &live.flag.name);
        let (out, refusal) = match carry(error) {
            Ok(out) => (Some(out), None),
            Err(CannotFail::Refused(refusal)) => (None, Some(refusal)),
            Err(CannotFail::NoError(error)) => (None, Some(self.without_error(error, live))),
        };
        self.answered(live, refusal);
        out
    }

    /// The panic in the place of the error, or why there is none.
    #[cold]
    #[inline(never)]
    fn without_error(&self, error: InjectedError, live: &LiveFlag) -> Refusal {
        if self.engine.allows_panic() {
            self.record_last(self.decision(Action::Inject, live));
            panic::panic(error.into_message());
        }
        Refusal::new(
            "the function has no error type, so an exception would be a panic; \
             return a `Result`, or name `panic` in CHAOS_ALLOW",
        )
    }
}
