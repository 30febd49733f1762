//! How long a call waits.

use std::time::Duration;

use super::Injection;
use super::carry::Carry;
use super::live::LiveFlag;
use crate::fault::{latency, timeout};
use crate::plan::{Latency, Mode, Phase, Timeout};
use crate::telemetry::Action;

impl Injection {
    /// How long to wait, if that is what comes next before the function or after it. Waits come before
    /// everything else. Whoever asks for the next one before the last one is over says how much
    /// `later` it will be by then.
    pub(crate) fn next_wait<T, C: Carry<T>>(
        &mut self,
        phase: Phase,
        carrier: &C,
        later: Duration,
    ) -> Option<Duration> {
        while !self.timed_out {
            let flags = match phase {
                Phase::Before => &mut self.before,
                Phase::After => &mut self.after,
            };
            let live = flags.pop_front_if(|live| {
                matches!(live.flag.mode, Mode::Latency(_) | Mode::Timeout(_))
            })?;
            let wait = match &live.flag.mode {
                Mode::Latency(latency) => Some(self.delay(latency, &live, later)),
                &Mode::Timeout(timeout) => self.time_out(timeout, &live, carrier, later),
                _ => None,
            };
            if wait.is_some() {
                return wait;
            }
        }
        None
    }

    fn delay(&self, latency: &Latency, live: &LiveFlag, later: Duration) -> Duration {
        let wait = latency::draw(latency, &mut live.random());
        let now = self.engine.now() + later;
        let wait = latency::within(wait, self.seen.deadline, now);
        self.record(self.decision(Action::Inject, live).waiting(wait));
        wait
    }

    /// Never past the invocation's deadline.
    pub(super) fn within(&self, wait: Duration) -> Duration {
        latency::within(wait, self.seen.deadline, self.engine.now())
    }

    /// The wait of mode `timeout`. Where the caller gives up by itself it is no longer than that, and
    /// no deadline need be known. Where neither is, the call has timed out at once.
    fn time_out<T, C: Carry<T>>(
        &mut self,
        timeout: Timeout,
        live: &LiveFlag,
        carrier: &C,
        later: Duration,
    ) -> Option<Duration> {
        self.timed_out = carrier.timed_out().is_some();
        if !self.timed_out {
            return self.until_deadline(timeout, live, later);
        }
        let now = self.engine.now() + later;
        let deadline = self.seen.deadline;
        let left = deadline.map(|deadline| timeout::wait(timeout, deadline, now));
        let wait = [left, carrier.patience()].into_iter().flatten().min();
        let decision = self.decision(Action::Inject, live);
        let decision = decision.waiting(wait.unwrap_or_default());
        self.record_last(match wait {
            Some(_) => decision,
            None => decision.because(
                "neither the invocation's deadline nor a read timeout of the client is known, so the \
                 call timed out without a wait",
            ),
        });
        Some(wait.unwrap_or_default())
    }

    /// The wait until the deadline, if one is known.
    fn until_deadline(
        &self,
        timeout: Timeout,
        live: &LiveFlag,
        later: Duration,
    ) -> Option<Duration> {
        let Some(deadline) = self.seen.deadline else {
            self.cannot(
                live,
                "the invocation's deadline is not known, so there is no telling how long to wait; it is where \
                 an argument is a `LambdaEvent` or a `lambda_http::Request`, and the deadline is to come",
            );
            return None;
        };
        let now = self.engine.now() + later;
        let wait = timeout::wait(timeout, deadline, now);
        self.record_last(self.decision(Action::Inject, live).waiting(wait));
        Some(wait)
    }
}
