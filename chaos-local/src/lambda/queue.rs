//! The invocations of one function: those that wait for a process, and those that one works on.
//!
//! All state is behind one lock; whoever waits for something looks again after each change.

use std::collections::{HashMap, VecDeque};
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderMap;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::reply::{FunctionError, InitFailure, InvokeError, MAX_RESPONSE, Reply};
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
    phase: Phase,
    waiting: VecDeque<Waiting>,
    running: HashMap<String, Running>,
    /// The process is a child of ours, so it is killed when it misses a deadline.
    child: bool,
    stopped: bool,
}

/// How far the current process is.
#[derive(Default)]
enum Phase {
    /// In its init phase.
    #[default]
    Starting,
    /// It has asked for work.
    Ready,
    /// It will never ask, and this is why.
    Failed(InitFailure),
    /// It is to be killed.
    Doomed,
}

pub(crate) struct Waiting {
    pub(crate) event: Event,
    pub(crate) timeout: Duration,
    pub(crate) outcome: oneshot::Sender<Outcome>,
}

/// What a process gets for an invocation.
pub(crate) struct Event {
    pub(crate) request_id: String,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Bytes,
    /// What it is told to have; not always what it has.
    pub(crate) deadline: Announced,
}

#[derive(Clone, Copy)]
pub(crate) enum Announced {
    In(Duration),
    At(SystemTime),
}

struct Running {
    /// Gone once the deadline has passed.
    outcome: Option<oneshot::Sender<Outcome>>,
    since: Instant,
    timeout: Duration,
    _deadline: Task,
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
                .any(|waiting| waiting.event.request_id == request_id);
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
                .retain(|waiting| waiting.event.request_id != request_id);
            let taken = state.waiting.len() < before;
            if taken {
                state.doom();
            }
            taken
        })
    }

    /// Waits for the end of the init phase.
    pub(crate) async fn ready(&self) -> Result<(), InvokeError> {
        self.wait_until(|state| match &state.phase {
            _ if state.stopped => Some(Err(InvokeError::Stopped)),
            Phase::Starting => None,
            Phase::Ready | Phase::Doomed => Some(Ok(())),
            Phase::Failed(failure) => Some(Err(InvokeError::InitFailed {
                error: failure.to_error(""),
            })),
        })
        .await
    }

    // The side of the process that speaks the Runtime API.

    pub(crate) fn epoch(&self) -> u64 {
        self.lock().epoch
    }

    /// The next invocation, or none if the process that asks is gone. From here on its time runs.
    pub(crate) async fn next(self: &Arc<Self>, epoch: u64) -> Option<Event> {
        self.change(|state| {
            if state.epoch == epoch && !state.is_doomed() {
                state.phase = Phase::Ready;
            }
        });
        let event = self
            .wait_until(|state| {
                if state.epoch != epoch || state.is_doomed() || state.stopped {
                    return Some(None);
                }
                state
                    .next_waiting()
                    .map(|waiting| Some(self.hand_out(state, waiting)))
            })
            .await;
        // The invoker waits for the invocation to leave the line.
        self.changed.notify_waiters();
        event
    }

    fn hand_out(self: &Arc<Self>, state: &mut State, waiting: Waiting) -> Event {
        let Waiting {
            event,
            timeout,
            outcome,
        } = waiting;
        let request_id = event.request_id.clone();
        let since = Instant::now();
        let deadline = watch_deadline(Arc::clone(self), request_id.clone(), since + timeout);
        let running = Running {
            outcome: Some(outcome),
            since,
            timeout,
            _deadline: Task::spawn(deadline),
        };
        state.running.insert(request_id, running);
        event
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
    fn expire(&self, request_id: &str) {
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
                state.doom();
            }
        });
    }

    // The side that starts processes.

    pub(crate) async fn kill_wanted(&self) {
        self.wait_until(|state| state.is_doomed().then_some(()))
            .await;
    }

    pub(crate) async fn polled(&self) {
        self.wait_until(|state| matches!(state.phase, Phase::Ready).then_some(()))
            .await;
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
            state.phase = Phase::Starting;
            state.child = true;
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
            if matches!(state.phase, Phase::Starting | Phase::Failed(_)) {
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

async fn watch_deadline(queue: Arc<Queue>, request_id: String, deadline: Instant) {
    tokio::time::sleep_until(deadline).await;
    queue.expire(&request_id);
}

impl State {
    /// The first in the line; an invoker that went away before its turn is not served.
    fn next_waiting(&mut self) -> Option<Waiting> {
        while self
            .waiting
            .front()
            .is_some_and(|waiting| waiting.outcome.is_closed())
        {
            self.waiting.pop_front();
        }
        self.waiting.pop_front()
    }

    /// All who wait for this process hear why it does not come. The first reason is the real one.
    fn fail_init(&mut self, failure: InitFailure) {
        let failure = match std::mem::take(&mut self.phase) {
            Phase::Failed(first) => first,
            _ => failure,
        };
        for waiting in self.waiting.drain(..) {
            let error = failure.to_error(&waiting.event.request_id);
            drop(waiting.outcome.send(Err(InvokeError::InitFailed { error })));
        }
        self.phase = Phase::Failed(failure);
    }

    /// Has the process killed, if it is ours, and gives it no more work.
    fn doom(&mut self) {
        if self.child {
            self.phase = Phase::Doomed;
        }
    }

    fn is_doomed(&self) -> bool {
        matches!(self.phase, Phase::Doomed)
    }
}
