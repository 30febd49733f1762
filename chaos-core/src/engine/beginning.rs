//! The start of a call: what has to be waited for, and what is known of it.

use super::{
    Engine, EngineRef, HANDLER, Injection, Labels, Seen, armed, current, guarded, may_enter_scope,
};
use crate::source::refresh::Waiting;

/// A call for which there may be something to do.
#[doc(hidden)]
pub struct Beginning {
    /// Absent where a test's scope may be entered between the call and the first poll.
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

    /// What fires, now that the document is as fresh as it gets. `again` is whether the function
    /// can be run twice.
    pub(crate) fn decide(self, again: bool) -> Option<Injection> {
        let late = self.engine.is_none();
        let engine = self.engine.or_else(current)?;
        let mut injection = match self.seen {
            Some(seen) if late => {
                let seen = seen.at(|| engine.now());
                super::decide_handler(&engine, &self.labels, seen)
            }
            Some(seen) => super::decide_handler(&engine, &self.labels, seen),
            None => super::decide_point(&engine, self.point, &self.labels),
        }?;
        injection.can_repeat = again;
        Some(injection)
    }
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
    let (engine, wait) = if may_enter_scope() {
        (None, None)
    } else {
        let engine = current()?;
        engine.handler_came_by();
        let wait = engine.turn();
        // Whoever counts is told of the call's end as well.
        let counts = engine
            .metrics()
            .inspect(|metrics| metrics.called())
            .is_some();
        if wait.is_none() && !engine.may_concern_handler() && !counts {
            return None;
        }
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
    let (engine, wait) = if may_enter_scope() {
        (None, None)
    } else {
        let engine = current()?;
        count(&engine);
        let wait = if engine.has_handler() {
            // The handler keeps the document fresh, except while it runs for long.
            if engine.may_concern(point) {
                engine.refresh_beside();
            }
            None
        } else {
            engine.turn()
        };
        if wait.is_none() && !engine.may_concern(point) {
            return None;
        }
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
