//! Scopes whose faults are the whole process's take turns.
//!
//! One scope has the turn, and with it those that are run inside it: they would wait for
//! themselves. Whoever waits must not keep the one that has the turn from ending: on the same
//! thread it yields. Nor must a clock that is paused run ahead meanwhile, as it does when its
//! runtime has nothing to do: so another runtime's turn is waited for on a thread of its own, which
//! holds the clock.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Notify;

use crate::engine::{self, Engine};

/// The runs that have the turn.
static RUNS: Mutex<Vec<Run>> = Mutex::new(Vec::new());
/// Told when the last of them has ended: futures, and threads.
static OVER: Notify = Notify::const_new();
static OVER_FOR_THREADS: Condvar = Condvar::new();

/// How long a thread waits before it looks whether it is still wanted.
const A_WHILE: Duration = Duration::from_millis(50);

#[derive(Debug)]
struct Run {
    engine: Arc<Engine>,
    thread: ThreadId,
}

/// A share of the turn. Dropping it gives it up, however the run ends.
#[derive(Debug)]
pub(super) struct Turn {
    engine: Arc<Engine>,
}

/// Whether there is a turn to take, and then who has it.
enum Asked {
    /// The scope has nothing to do with others.
    Apart,
    Taken(Turn),
    /// A run that began on that thread has it.
    Elsewhere(ThreadId),
}

/// Waits for the turn, if the scope needs it.
pub(super) async fn wait(engine: &Arc<Engine>) -> Option<Turn> {
    loop {
        let over = OVER.notified();
        tokio::pin!(over);
        // From here on no news is missed.
        over.as_mut().enable();
        match ask(engine) {
            Asked::Apart => return None,
            Asked::Taken(turn) => return Some(turn),
            Asked::Elsewhere(thread) if holds_a_clock(thread) => {
                // It is over soon; if its runtime ends first, this one is at its end too.
                let _ = tokio::task::spawn_blocking(wait_a_while).await;
            }
            Asked::Elsewhere(_) => over.await,
        }
    }
}

/// Blocks until it is the scope's turn, if it needs it.
///
/// # Panics
///
/// Where that would be for ever: on the only thread that could end the run that has the turn.
pub(super) fn block(engine: &Arc<Engine>) -> Option<Turn> {
    loop {
        match ask(engine) {
            Asked::Apart => return None,
            Asked::Taken(turn) => return Some(turn),
            Asked::Elsewhere(thread) => {
                assert!(
                    thread != thread::current().id() || several_threads(),
                    "another scope with a fault of the whole process is being run on this thread, \
                     and `run_blocking` would keep it from ending: use `run`, or another thread"
                );
                beside(wait_a_while);
            }
        }
    }
}

fn ask(engine: &Arc<Engine>) -> Asked {
    let mut runs = runs();
    let has_it = |engine: &Arc<Engine>| runs.iter().any(|run| Arc::ptr_eq(&run.engine, engine));
    let inside = engine::current_scope().is_some_and(|outer| has_it(&outer));
    if !inside && !engine.is_process_wide() {
        return Asked::Apart;
    }
    match runs.first() {
        Some(run) if !inside && !has_it(engine) => Asked::Elsewhere(run.thread),
        _ => {
            runs.push(Run {
                engine: Arc::clone(engine),
                thread: thread::current().id(),
            });
            Asked::Taken(Turn {
                engine: Arc::clone(engine),
            })
        }
    }
}

fn runs() -> MutexGuard<'static, Vec<Run>> {
    RUNS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait_a_while() {
    let runs = runs();
    if !runs.is_empty() {
        // Whoever waits asks again, whatever woke it.
        drop(OVER_FOR_THREADS.wait_timeout(runs, A_WHILE));
    }
}

/// Whether this runtime may have a paused clock, and a run on that thread is not one of its own.
/// Only a runtime of one thread can pause.
fn holds_a_clock(thread: ThreadId) -> bool {
    let flavor = Handle::try_current().map(|runtime| runtime.runtime_flavor());
    matches!(flavor, Ok(RuntimeFlavor::CurrentThread)) && thread != thread::current().id()
}

fn several_threads() -> bool {
    let flavor = Handle::try_current().map(|runtime| runtime.runtime_flavor());
    matches!(flavor, Ok(flavor) if flavor != RuntimeFlavor::CurrentThread)
}

/// Lets the runtime's other tasks go on meanwhile, where it has threads for that.
#[cfg(feature = "lambda")]
fn beside(wait: fn()) {
    // tokio may still refuse, inside a `LocalSet`
    let waited =
        several_threads() && std::panic::catch_unwind(|| tokio::task::block_in_place(wait)).is_ok();
    if !waited {
        wait();
    }
}

/// The threads come with the runtime's features.
#[cfg(not(feature = "lambda"))]
fn beside(wait: fn()) {
    wait();
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut runs = runs();
        let own = |run: &Run| Arc::ptr_eq(&run.engine, &self.engine);
        if let Some(place) = runs.iter().position(own) {
            runs.swap_remove(place);
        }
        if runs.is_empty() {
            OVER.notify_waiters();
            OVER_FOR_THREADS.notify_all();
        }
    }
}
