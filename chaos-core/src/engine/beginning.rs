//! The start of a call: what has to be waited for, and what is known of it.

use super::gate::{armed, handler_armed, state_before_looking};
use super::{
    Engine, EngineRef, HANDLER, Injection, Labels, Seen, current, guarded, known, may_enter_scope,
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
        let at_point = self.seen.is_none();
        let arrived = current().and_then(|engine| {
            let stale = has_to_fetch(&engine, at_point);
            if at_point {
                point_arrives(engine, self.point, stale)
            } else {
                handler_arrives(engine, stale)
            }
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

/// Who is asked at a call, and whether the document has to be fetched first.
enum Arrival {
    /// It has to ask when its future is first polled: a test's scope may be entered until then, and
    /// so may the runtime that a fetch needs, as in `runtime.block_on(handler(event))`.
    Later,
    Now(EngineRef, bool),
}

/// `None` where there is no engine.
#[inline]
fn arrival(at_point: bool) -> Option<Arrival> {
    if may_enter_scope() {
        return Some(Arrival::Later);
    }
    let engine = current()?;
    // The clocks are read once a call.
    let stale = has_to_fetch(&engine, at_point);
    if stale && tokio::runtime::Handle::try_current().is_err() {
        return Some(Arrival::Later);
    }
    Some(Arrival::Now(engine, stale))
}

/// At a point below a handler nobody fetches.
#[inline]
fn has_to_fetch(engine: &Engine, at_point: bool) -> bool {
    !(at_point && engine.has_handler()) && engine.has_to_fetch()
}

/// What a handler's call has to wait for; `None` where there is nothing to do.
fn handler_arrives(engine: EngineRef, stale: bool) -> Option<(EngineRef, Option<Waiting>)> {
    engine.handler_came_by();
    let wait = if stale { engine.turn() } else { None };
    // Whoever counts is told of the call's end as well.
    let counts = engine
        .metrics()
        .inspect(|metrics| metrics.called())
        .is_some();
    let concerned = wait.is_some() || engine.may_concern_handler() || counts;
    if !concerned {
        engine.let_handlers_rest();
    }
    concerned.then_some((engine, wait))
}

/// The same of a point.
fn point_arrives(
    engine: EngineRef,
    point: &'static str,
    stale: bool,
) -> Option<(EngineRef, Option<Waiting>)> {
    let before = state_before_looking();
    count(&engine);
    let wait = if stale { engine.turn() } else { None };
    let concerned = engine.may_concern(point);
    // The handler keeps the document fresh, except while it runs for long.
    if concerned && engine.has_handler() {
        engine.refresh_beside();
    }
    if wait.is_none() && !concerned {
        engine.let_points_rest();
        if let Some(before) = before.filter(|_| engine.nobody_waits_for_points()) {
            known::unconcerned(point, before);
        }
        return None;
    }
    Some((engine, wait))
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
    if !handler_armed() {
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
    let (engine, wait) = match arrival(false)? {
        Arrival::Later => (None, None),
        Arrival::Now(engine, stale) => {
            let (engine, wait) = handler_arrives(engine, stale)?;
            (Some(engine), wait)
        }
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

/// The start of a call at a named point; labels are looked at only if some flag concerns it.
#[inline]
pub fn begin_point(point: &'static str, labels: impl FnOnce() -> Labels) -> Option<Box<Beginning>> {
    if !armed() || known::is_unconcerned(point) {
        return None;
    }
    begin_at(point, labels)
}

#[inline(never)]
fn begin_at(point: &'static str, labels: impl FnOnce() -> Labels) -> Option<Box<Beginning>> {
    let (engine, wait) = match arrival(true)? {
        Arrival::Later => (None, None),
        Arrival::Now(engine, stale) => {
            let (engine, wait) = point_arrives(engine, point, stale)?;
            (Some(engine), wait)
        }
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
