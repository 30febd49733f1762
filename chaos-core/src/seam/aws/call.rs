//! One attempt under faults: what comes before it, the attempt, what comes after it.

use std::time::Duration;

use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::{AsyncSleep as _, SharedAsyncSleep};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use super::carrier::{Carrier, Outcome};
use crate::engine::{After, Before, Beginning, Injection};
use crate::fault::{denylist, latency};
use crate::seam::future::take_beside;

/// What an attempt goes out with.
pub(super) struct Attempt {
    pub(super) carrier: Carrier,
    pub(super) inner: SharedHttpConnector,
    /// The SDK's own way to wait, which tests may have replaced.
    pub(super) sleep: Option<SharedAsyncSleep>,
    /// How long the reply's first byte may take. The inner connector keeps to it, and knows nothing
    /// of waits before it is called.
    pub(super) read_timeout: Option<Duration>,
    /// What waits have left of it, where there were any.
    pub(super) left: Option<Duration>,
}

/// An attempt for which there is something to do.
pub(super) async fn attempt(
    mut attempt: Attempt,
    beginning: Option<Box<Beginning>>,
    request: HttpRequest,
) -> Outcome {
    let injection = match beginning {
        Some(mut beginning) => {
            beginning.arrive();
            if let Some(wait) = beginning.wait.take() {
                wait.await;
            }
            beginning.decide(false)
        }
        None => None,
    };
    match injection {
        Some(injection) => attempt.under(injection, request).await,
        None => attempt.send(request).await,
    }
}

impl Attempt {
    async fn under(&mut self, mut injection: Injection, request: HttpRequest) -> Outcome {
        loop {
            self.carrier.patience = self.left.or(self.read_timeout);
            match injection.before(&self.carrier) {
                Before::Wait(wait) => {
                    if !self.wait(wait).await {
                        return self.carrier.timed_out();
                    }
                }
                Before::Take(what) => injection.hold(take_beside(what).await),
                Before::Answer(out) => return out,
                Before::Twice => {}
                Before::Run => break,
            }
        }
        let mut outcome = self.send(request).await;
        loop {
            self.carrier.patience = self.left.or(self.read_timeout);
            match injection.after(outcome, &self.carrier) {
                After::Answer(out) => return out,
                After::Wait(wait, back) => {
                    outcome = back;
                    if !self.wait(wait).await {
                        return self.carrier.timed_out();
                    }
                }
            }
        }
    }

    /// Sends it, unless the name of its host is denied to the whole process: a connection that is
    /// kept alive asks no resolver.
    async fn send(&mut self, request: HttpRequest) -> Outcome {
        if denylist::denying() && denylist::denies(self.carrier.host()) {
            return self.carrier.unresolved();
        }
        let reply = self.inner.call(request);
        match (self.left, &self.sleep) {
            (Some(left), Some(sleep)) => {
                let timeout = Timeout::new(reply, sleep.sleep(left)).await;
                timeout.unwrap_or_else(|_| self.carrier.timed_out())
            }
            _ => reply.await,
        }
    }

    /// Waits so long, or until the read timeout has run out: whether it was the first.
    async fn wait(&mut self, wait: Duration) -> bool {
        let Some(left) = self.left.or(self.read_timeout) else {
            self.sleep(wait).await;
            return true;
        };
        self.sleep(wait.min(left)).await;
        self.left = Some(left.saturating_sub(wait));
        wait < left
    }

    async fn sleep(&self, wait: Duration) {
        match &self.sleep {
            Some(sleep) => sleep.sleep(wait).await,
            None => latency::wait(wait).await,
        }
    }
}
