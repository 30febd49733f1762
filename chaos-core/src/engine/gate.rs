//! The way to the engine from anywhere in the process, and the one load that it costs where
//! there is none.

mod state;

use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use self::atomic::AtomicU64;
use self::state::State;
pub(super) use self::state::{HANDLERS, POINTS};
use super::Engine;

/// What `state.rs` is made of; where every order of threads is tried, loom's own take its place.
mod atomic {
    pub(super) use std::sync::atomic::{AtomicU64, Ordering, fence};
}

static STATE: State = State(AtomicU64::new(State::ASKING));
static ENGINE: OnceLock<Option<Engine>> = OnceLock::new();

tokio::task_local! {
    static SCOPE: Arc<Engine>;
}

/// Whether there may be anything to do at a point. All that it costs while there is not.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is the whole of the idle path")]
pub(crate) fn armed() -> bool {
    asks(POINTS)
}

/// The same at a handler.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is the whole of the idle path")]
pub(super) fn handler_armed() -> bool {
    asks(HANDLERS)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "it is the whole of the idle path")]
fn asks(who: u64) -> bool {
    cfg!(feature = "inject") && STATE.asks(who)
}

/// Who asks, and how often what is in force has changed.
#[inline]
pub(super) fn state() -> u64 {
    STATE.now()
}

/// The same for whoever looks at what is in force after it, and then remembers what came of that.
/// Nothing where there are scopes, which have plans of their own.
#[inline]
pub(super) fn state_before_looking() -> Option<u64> {
    STATE.before_looking()
}

/// What is in force has changed: all that was remembered of it is forgotten.
#[cold]
pub(super) fn changed() {
    STATE.changed();
}

/// Lets them rest, unless `concerned` says meanwhile that they are.
#[cold]
pub(super) fn rest(who: u64, concerned: impl FnOnce() -> bool) {
    STATE.rest(who, concerned);
}

/// Everybody asks again.
#[cold]
pub(super) fn wake() {
    STATE.wake();
}

/// The process's engine, or that of a test's scope.
#[derive(Clone, Debug)]
pub(crate) enum EngineRef {
    Process(&'static Engine),
    Scope(Arc<Engine>),
}

impl Deref for EngineRef {
    type Target = Engine;
    #[inline]
    fn deref(&self) -> &Engine {
        match self {
            Self::Process(engine) => engine,
            Self::Scope(engine) => engine,
        }
    }
}

/// The engine to ask, built from the environment when it is first asked for.
#[inline]
pub(crate) fn current() -> Option<EngineRef> {
    if STATE.has_scopes()
        && let Ok(engine) = SCOPE.try_with(Arc::clone)
    {
        return Some(EngineRef::Scope(engine));
    }
    let engine = match ENGINE.get() {
        Some(engine) => engine,
        None => install(crate::chaos::from_environment).0,
    };
    engine.as_ref().map(EngineRef::Process)
}

/// The engine to ask what it knows, if there is one yet.
pub(super) fn existing() -> Option<EngineRef> {
    let process = || ENGINE.get()?.as_ref().map(EngineRef::Process);
    current_scope().map(EngineRef::Scope).or_else(process)
}

/// Installs the process's engine, unless there is one; says whether this one was taken.
#[cold]
pub(crate) fn install(build: impl FnOnce() -> Option<Engine>) -> (&'static Option<Engine>, bool) {
    let mut taken = false;
    let engine = ENGINE.get_or_init(|| {
        taken = true;
        built(build)
    });
    if taken && engine.is_none() {
        rest(HANDLERS | POINTS, || false);
    }
    (engine, taken)
}

/// What panics in here is ours, or a source of the user's own. All that is wrapped then runs as if there
/// were no source.
fn built(build: impl FnOnce() -> Option<Engine>) -> Option<Engine> {
    catch_unwind(AssertUnwindSafe(build)).unwrap_or_else(|_| {
        tracing::error!(
            target: "chaos", source = "chaos", action = "error",
            "setting chaos up panicked (see above): nothing is injected in this process; look at its source"
        );
        None
    })
}

/// From here on, scopes are looked for.
pub(crate) fn expect_scopes() {
    STATE.expect_scopes();
}

/// Whether a future made here may be run in a scope that is not entered yet, as in
/// `scope.run(handler(event))`.
#[inline]
pub(crate) fn may_enter_scope() -> bool {
    STATE.has_scopes() && SCOPE.try_with(|_| ()).is_err()
}

/// The engine of the scope around the caller.
pub(crate) fn current_scope() -> Option<Arc<Engine>> {
    SCOPE.try_with(Arc::clone).ok()
}

/// Runs a future with an engine of its own.
pub(crate) async fn scope<F: Future>(engine: Arc<Engine>, future: F) -> F::Output {
    SCOPE.scope(engine, future).await
}

/// The same for a function that is not async.
pub(crate) fn scope_sync<R>(engine: Arc<Engine>, call: impl FnOnce() -> R) -> R {
    SCOPE.sync_scope(engine, call)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking() -> State {
        State(AtomicU64::new(State::ASKING))
    }

    #[test]
    fn who_rests_asks_no_more_until_somebody_wakes_all() {
        let state = asking();
        state.rest(HANDLERS, || false);
        assert!(!state.asks(HANDLERS) && state.asks(POINTS));
        state.rest(POINTS, || false);
        assert!(!state.asks(HANDLERS | POINTS));
        state.wake();
        assert!(state.asks(HANDLERS) && state.asks(POINTS));
    }

    #[test]
    fn nobody_rests_who_is_concerned_meanwhile() {
        let state = asking();
        state.rest(HANDLERS | POINTS, || true);
        assert!(state.asks(HANDLERS) && state.asks(POINTS));
    }

    #[test]
    fn every_change_is_another_state_and_wakes_nobody() {
        let state = asking();
        state.rest(POINTS, || false);
        let before = state.before_looking();
        assert_eq!(before, Some(state.now()));
        state.changed();
        assert_ne!(state.before_looking(), before);
        assert!(state.asks(HANDLERS) && !state.asks(POINTS) && !state.has_scopes());
    }

    #[test]
    fn where_there_are_scopes_everybody_asks_and_nothing_is_remembered() {
        let state = asking();
        state.rest(HANDLERS | POINTS, || false);
        state.expect_scopes();
        assert!(state.has_scopes() && state.before_looking().is_none());
        state.rest(HANDLERS | POINTS, || false);
        assert!(state.asks(HANDLERS) && state.asks(POINTS));
    }

    #[test]
    fn an_engine_that_panics_while_it_is_built_is_none() {
        assert!(built(|| panic!("as it should")).is_none());
    }

    #[test]
    fn what_changes_is_the_state_that_everybody_sees() {
        let before = super::state();
        super::changed();
        assert_ne!(super::state(), before);
    }
}
