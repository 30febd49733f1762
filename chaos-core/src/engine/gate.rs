//! The way to the engine from anywhere in the process, and the one load that it costs where
//! there is none.

use std::ops::Deref;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

use super::Engine;

/// Not looked at yet.
const UNKNOWN: u8 = 0;
/// No source, or the kill switch: nothing will ever happen.
const OFF: u8 = 1;
/// There is an engine.
const ON: u8 = 2;
/// Besides, some test has an engine for its own scope.
const SCOPED: u8 = 4;

static STATE: AtomicU8 = AtomicU8::new(UNKNOWN);
static ENGINE: OnceLock<Option<Engine>> = OnceLock::new();

tokio::task_local! {
    static SCOPE: Arc<Engine>;
}

/// Whether there may be anything to do. All that a call costs while there is not.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is the whole of the idle path")]
pub(crate) fn armed() -> bool {
    cfg!(feature = "inject") && STATE.load(Ordering::Relaxed) != OFF
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
    if STATE.load(Ordering::Relaxed) & SCOPED != 0
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
        build()
    });
    if taken {
        let state = if engine.is_some() { ON } else { OFF };
        STATE.fetch_or(state, Ordering::Relaxed);
    }
    (engine, taken)
}

/// From here on, scopes are looked for.
pub(crate) fn expect_scopes() {
    STATE.fetch_or(SCOPED, Ordering::Relaxed);
}

/// Whether a future made here may be run in a scope that is not entered yet, as in
/// `scope.run(handler(event))`.
#[inline]
pub(crate) fn may_enter_scope() -> bool {
    STATE.load(Ordering::Relaxed) & SCOPED != 0 && SCOPE.try_with(|_| ()).is_err()
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
