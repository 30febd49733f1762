//! The start of a call: what has to be waited for, and what is known of it.

use super::{
    Engine, EngineRef, HANDLER, Injection, Labels, Seen, armed, current, guarded, may_enter_scope,
};
use crate::source::refresh::Waiting;

/// A call for which there may be something to do.
#[doc(hidden)]
pub struct Beginning {
    /// Absent where the call is made before anything can be asked: see [`comes_later`].
    engine: Option<EngineRef>,
    /// The document that has to be waited for.
    pub(crate) wait: Option<Waiting>,
    point: &'static str,
    labels: Labels,
    /// Of a handler; a point looks for the invocation around it.
    seen: Option<Seen>,
    /// Whether some flag may have the handler run twice, for which its arguments are cloned.
    wants_again: bool,
}

impl std::fmt::Debug for Beginning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Beginning")
            .field("point", &self.point)
            .field("labels", &self.labels)
            .finish_non_exhaustive()
    }
}

impl Beginning {
    #[cold]
    #[inline(never)]
    fn again<A>(&self, ask: impl FnOnce() -> Option<A>) -> Option<Box<A>> {
        if !self.wants_again {
            return None;
        }
        guarded(HANDLER, ask).flatten().map(Box::new)
    }

    /// Asks now what could not be asked when the call was made.
    pub(crate) fn arrive(&mut self) {
        if self.engine.is_some() {
            return;
        }
        let arrived = current().and_then(|engine| match self.seen {
            Some(_) => handler_arrives(engine),
            None => point_arrives(engine, self.point),
        });
        let Some((engine, wait)) = arrived else {
            return;
        };
        self.seen = self.seen.take().map(|seen| seen.at(|| engine.now()));
        self.wait = wait;
        self.engine = Some(engine);
    }

    /// Whether it can be decided at once.
    pub(crate) fn is_ready(&self) -> bool {
        self.engine.is_some() && self.wait.is_none()
    }

    /// What fires, now that the document is as fresh as it gets. `can_repeat` is whether the
    /// function can be run twice.
    pub(crate) fn decide(self, can_repeat: bool) -> Option<Injection> {
        let engine = self.engine?;
        let mut injection = match self.seen {
            Some(seen) => super::decide_handler(&engine, &self.labels, seen),
            None => super::decide_point(&engine, self.point, &self.labels),
        }?;
        injection.can_repeat = can_repeat;
        Some(injection)
    }
}

/// Whether a call has to ask when its future is first polled: a test's scope may be entered until
/// then, and so may the runtime that a fetch needs, as in `runtime.block_on(handler(event))`.
fn comes_later(at_point: bool) -> bool {
    // The runtime is asked for last: that costs more than all the rest. At a point below a handler
    // nobody fetches.
    let fetches = |engine: EngineRef| !(at_point && engine.has_handler()) && engine.has_to_fetch();
    may_enter_scope()
        || current().is_some_and(fetches) && tokio::runtime::Handle::try_current().is_err()
}

/// What a handler's call has to wait for; `None` where there is nothing to do.
fn handler_arrives(engine: EngineRef) -> Option<(EngineRef, Option<Waiting>)> {
    engine.handler_came_by();
    let wait = engine.turn();
    // Whoever counts is told of the call's end as well.
    let counts = engine
        .metrics()
        .inspect(|metrics| metrics.called())
        .is_some();
    let concerned = wait.is_some() || engine.may_concern_handler() || counts;
    concerned.then_some((engine, wait))
}

/// The same of a point.
fn point_arrives(engine: EngineRef, point: &str) -> Option<(EngineRef, Option<Waiting>)> {
    count(&engine);
    let concerned = engine.may_concern(point);
    let wait = if engine.has_handler() {
        // The handler keeps the document fresh, except while it runs for long.
        if concerned {
            engine.refresh_beside();
        }
        None
    } else {
        engine.turn()
    };
    (wait.is_some() || concerned).then_some((engine, wait))
}

/// What a second run of a handler takes, if some flag may ask for one and it can be had.
#[inline]
pub fn again<A>(beginning: Option<&Beginning>, ask: impl FnOnce() -> Option<A>) -> Option<Box<A>> {
    match beginning {
        None => None,
        Some(beginning) => beginning.again(ask),
    }
}

/// The start of a handler's call: `None` where there is nothing to do.
#[inline]
pub fn begin(
    labels: impl FnOnce() -> Labels,
    look: impl FnOnce(bool) -> Seen,
) -> Option<Box<Beginning>> {
    if !armed() {
        return None;
    }
    begin_handler(labels, look)
}

// Not inlined, like all that follows: a handler's own code would make room for it on every call.
#[inline(never)]
fn begin_handler(
    labels: impl FnOnce() -> Labels,
    look: impl FnOnce(bool) -> Seen,
) -> Option<Box<Beginning>> {
    let (engine, wait) = if comes_later(false) {
        (None, None)
    } else {
        let (engine, wait) = handler_arrives(current()?)?;
        (Some(engine), wait)
    };
    // A document that is still on its way may ask for anything.
    let (wants_event, wants_again) = match &engine {
        Some(engine) if wait.is_none() => (engine.wants_event(), engine.wants_again()),
        _ => (true, true),
    };
    let (labels, seen) = guarded(HANDLER, || (labels(), look(wants_event)))?;
    let seen = match &engine {
        Some(engine) => seen.at(|| engine.now()),
        // Whose time counts is not known yet.
        None => seen,
    };
    Some(Box::new(Beginning {
        engine,
        wait,
        point: HANDLER,
        labels,
        seen: Some(Seen {
            looked: wants_event,
            ..seen
        }),
        wants_again,
    }))
}

/// Whether no point has anything to do now, whatever its name. Asked by seams that have to put
/// names together.
#[cfg(feature = "_client")]
#[inline]
pub(crate) fn quiet_at_points() -> bool {
    let is_quiet = |engine: EngineRef| {
        engine.has_handler() && engine.metrics().is_none() && !engine.may_concern_points()
    };
    !armed() || !may_enter_scope() && current().is_none_or(is_quiet)
}

/// The start of a call at a named point; labels are looked at only if some flag concerns it.
#[inline]
pub fn begin_point(point: &'static str, labels: impl FnOnce() -> Labels) -> Option<Box<Beginning>> {
    if !armed() {
        return None;
    }
    begin_at(point, labels)
}

#[inline(never)]
fn begin_at(point: &'static str, labels: impl FnOnce() -> Labels) -> Option<Box<Beginning>> {
    let (engine, wait) = if comes_later(true) {
        (None, None)
    } else {
        let (engine, wait) = point_arrives(current()?, point)?;
        (Some(engine), wait)
    };
    let labels = guarded(point, labels)?;
    Some(Box::new(Beginning {
        engine,
        wait,
        point,
        labels,
        seen: None,
        wants_again: false,
    }))
}

/// Counts a call of a point. What was counted is written where a handler ends, if there is one.
fn count(engine: &Engine) {
    let Some(metrics) = engine.metrics() else {
        return;
    };
    metrics.called();
    if !engine.has_handler() {
        metrics.write_now_and_then();
    }
}
