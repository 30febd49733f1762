//! The invocations of one function: those that wait for a process, and those that one works on.
//!
//! All state is behind one lock; whoever waits for something looks again after each change.

use std::collections::{HashMap, VecDeque};
use std::process::ExitStatus;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::reply::{self, FunctionError, InvokeError, MAX_RESPONSE, Reply};
use crate::server::Task;

pub(crate) type Outcome = Result<Reply, InvokeError>;

#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// Counts the processes, so that a poll of one that is gone gets nothing.
    epoch: u64,
    /// The current process has asked for work: its init phase is over.
    polled: bool,
    /// Why the current process will never ask.
    init_failure: Option<InitFailure>,
    waiting: VecDeque<Waiting>,
    running: HashMap<String, Running>,
    /// The process is a child of ours, so it is killed when it misses a deadline.
    child: bool,
    kill: bool,
    stopped: bool,
}

pub(crate) struct Waiting {
    pub(crate) request_id: String,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Bytes,
    pub(crate) timeout: Duration,
    pub(crate) announced_deadline: Option<std::time::SystemTime>,
    pub(crate) outcome: oneshot::Sender<Outcome>,
}

struct Running {
    /// Gone once the deadline has passed.
    outcome: Option<oneshot::Sender<Outcome>>,
    since: Instant,
    timeout: Duration,
    _deadline: Task,
}

/// Why a process never asked for an invocation.
#[derive(Clone, Debug)]
pub(crate) enum InitFailure {
    /// What the process said in `/init/error`.
    Reported(FunctionError),
    Exited(ExitStatus),
    TooSlow(Duration),
    NotStarted(String),
}

/// An answer to an invocation that nobody is waiting for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnknownRequest;

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and lets everybody look again.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.notify_waiters();
        result
    }

    async fn wait_until<T>(&self, mut look: impl FnMut(&mut State) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(found) = look(&mut self.lock()) {
                return found;
            }
            changed.await;
        }
    }

    // The invoker's side.

    pub(crate) fn add(&self, invocation: Waiting) {
        self.change(|state| {
            if state.stopped {
                drop(invocation.outcome.send(Err(InvokeError::Stopped)));
            } else {
                state.waiting.push_back(invocation);
            }
        });
    }

    /// Waits until this invocation is no longer waiting.
    pub(crate) async fn handed_out(&self, request_id: &str) {
        self.wait_until(|state| {
            let waits = state
                .waiting
                .iter()
                .any(|waiting| waiting.request_id == request_id);
            (!waits).then_some(())
        })
        .await;
    }

    /// Takes back an invocation that nobody asked for, unless somebody is at work, who may come
    /// for it yet. A child that neither works nor asks is stuck, and killed.
    pub(crate) fn take_back(&self, request_id: &str) -> bool {
        self.change(|state| {
            if state
                .running
                .values()
                .any(|running| running.outcome.is_some())
            {
                return false;
            }
            let before = state.waiting.len();
            state
                .waiting
                .retain(|waiting| waiting.request_id != request_id);
            let taken = state.waiting.len() < before;
            state.kill |= taken && state.child;
            taken
        })
    }

    /// Waits for the end of the init phase.
    pub(crate) async fn ready(&self) -> Result<(), InvokeError> {
        self.wait_until(|state| {
            if state.stopped {
                return Some(Err(InvokeError::Stopped));
            }
            if let Some(failure) = &state.init_failure {
                let error = failure.error("");
                return Some(Err(InvokeError::InitFailed { error }));
            }
            state.polled.then_some(Ok(()))
        })
        .await
    }

    // The side of the process that speaks the Runtime API.

    pub(crate) fn epoch(&self) -> u64 {
        self.lock().epoch
    }

    /// The next invocation, or none if the process that asks is gone.
    pub(crate) async fn next(&self, epoch: u64) -> Option<Waiting> {
        self.change(|state| {
            if state.epoch == epoch {
                state.polled = true;
                state.init_failure = None;
            }
        });
        self.wait_until(|state| {
            if state.epoch != epoch || state.kill || state.stopped {
                return Some(None);
            }
            // An invoker that went away before its turn is not served.
            while state
                .waiting
                .front()
                .is_some_and(|waiting| waiting.outcome.is_closed())
            {
                state.waiting.pop_front();
            }
            state.waiting.pop_front().map(Some)
        })
        .await
    }

    pub(crate) fn start(
        &self,
        request_id: &str,
        outcome: oneshot::Sender<Outcome>,
        timeout: Duration,
        deadline: Task,
    ) {
        let running = Running {
            outcome: Some(outcome),
            since: Instant::now(),
            timeout,
            _deadline: deadline,
        };
        self.change(|state| state.running.insert(request_id.to_owned(), running));
    }

    pub(crate) fn is_running(&self, request_id: &str) -> bool {
        self.lock().running.contains_key(request_id)
    }

    pub(crate) fn answer(
        &self,
        request_id: &str,
        raw: Bytes,
        streamed: bool,
        failed: bool,
    ) -> Result<(), UnknownRequest> {
        let running = self
            .change(|state| state.running.remove(request_id))
            .ok_or(UnknownRequest)?;
        let result = if !streamed && raw.len() > MAX_RESPONSE {
            Err(InvokeError::ResponseTooLarge {
                request_id: request_id.to_owned(),
                size: raw.len(),
            })
        } else {
            let duration = running.since.elapsed();
            Ok(Reply {
                request_id: request_id.to_owned(),
                raw,
                duration,
                streamed,
                failed,
            })
        };
        if let Some(outcome) = running.outcome {
            drop(outcome.send(result));
        }
        Ok(())
    }

    pub(crate) fn report_init_error(&self, error: FunctionError) {
        self.change(|state| state.fail_init(InitFailure::Reported(error)));
    }

    /// The deadline has passed: the invoker is told, and a child is killed.
    pub(crate) fn expire(&self, request_id: &str) {
        self.change(|state| {
            let Some(running) = state.running.get_mut(request_id) else {
                return;
            };
            if let Some(outcome) = running.outcome.take() {
                let after = running.timeout;
                drop(outcome.send(Err(InvokeError::TimedOut {
                    request_id: request_id.to_owned(),
                    after,
                })));
                state.kill = state.child;
            }
        });
    }

    // The side that starts processes.

    pub(crate) async fn kill_wanted(&self) {
        self.wait_until(|state| state.kill.then_some(())).await;
    }

    pub(crate) async fn polled(&self) {
        self.wait_until(|state| state.polled.then_some(())).await;
    }

    /// Waits until there is something to do for a process.
    pub(crate) async fn work(&self) {
        self.wait_until(|state| (!state.waiting.is_empty()).then_some(()))
            .await;
    }

    /// A new process is about to be started.
    pub(crate) fn process_starts(&self) {
        self.change(|state| {
            state.epoch += 1;
            state.polled = false;
            state.child = true;
            state.init_failure = None;
            state.kill = false;
        });
    }

    /// The process has ended. Returns whether it was at work.
    pub(crate) fn process_ended(
        &self,
        status: ExitStatus,
        init_too_slow: Option<Duration>,
    ) -> bool {
        self.change(|state| {
            state.epoch += 1;
            if !state.polled {
                state.fail_init(
                    init_too_slow.map_or(InitFailure::Exited(status), InitFailure::TooSlow),
                );
            }
            let was_at_work = !state.running.is_empty();
            for (request_id, running) in state.running.drain() {
                if let Some(outcome) = running.outcome {
                    drop(outcome.send(Err(InvokeError::Exited { request_id, status })));
                }
            }
            was_at_work
        })
    }

    pub(crate) fn process_did_not_start(&self, error: String) {
        self.change(|state| state.fail_init(InitFailure::NotStarted(error)));
    }

    /// Nobody is served from now on.
    pub(crate) fn stop(&self) {
        self.change(|state| {
            state.stopped = true;
            let waiting = state.waiting.drain(..).map(|waiting| waiting.outcome);
            let running = state
                .running
                .drain()
                .filter_map(|(_, running)| running.outcome);
            for outcome in waiting.chain(running) {
                drop(outcome.send(Err(InvokeError::Stopped)));
            }
        });
    }
}

impl State {
    /// All who wait for this process hear why it does not come. The first reason is the real one.
    fn fail_init(&mut self, failure: InitFailure) {
        let failure = self.init_failure.get_or_insert(failure);
        for waiting in self.waiting.drain(..) {
            let error = failure.error(&waiting.request_id);
            drop(waiting.outcome.send(Err(InvokeError::InitFailed { error })));
        }
    }
}

impl InitFailure {
    fn error(&self, request_id: &str) -> FunctionError {
        match self {
            Self::Reported(error) => error.clone(),
            Self::Exited(status) => reply::exited(request_id, *status),
            Self::TooSlow(limit) => reply::timed_out(request_id, *limit),
            Self::NotStarted(error) => {
                reply::runtime_error("Runtime.InvalidEntrypoint", request_id, error)
            }
        }
    }
}
