//! The doors of the attribute and of [`wrap`].

use std::fmt::Display;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::engine::{self, Carry, Injection, Labels, Seen};
use crate::seam::look::{HasContext, View};
use crate::seam::returns::{AsOpaque, Convert, FromInjected, Respond, ResultCarrier};
use crate::source::refresh::Waiting;

/// Wraps a handler, as [`inject_chaos`](crate::inject_chaos) does a function: for closures, and
/// for functions that are not yours to annotate.
///
/// The event's and the response's type must be such that chaos can look at the one and make the
/// other; [`wrap_opaque`] takes all others.
///
#[cfg_attr(feature = "lambda", doc = "```")]
#[cfg_attr(not(feature = "lambda"), doc = "```ignore")]
/// use lambda_runtime::{Error, LambdaEvent, service_fn};
/// use serde_json::{Value, json};
///
/// let greeting = String::from("hello");
/// let handler = chaos_core::wrap(move |event: LambdaEvent<Value>| {
///     let greeting = greeting.clone();
///     async move { Ok::<_, Error>(json!({ "said": greeting, "to": event.payload["name"] })) }
/// });
/// # async fn run(handler: impl AsyncFn(LambdaEvent<Value>) -> Result<Value, Error>) {}
/// let service = service_fn(handler);
/// # drop(service);
/// // lambda_runtime::run(service).await
/// ```
///
/// The function that makes the handler's future is called before anything else; the future
/// itself is polled only when the faults before it let it.
pub fn wrap<F, Event, Fut, R, E, Looks, Responds>(
    handler: F,
) -> impl Fn(Event) -> ChaosFuture<Fut, ResultCarrier<Convert, R::Replies>> + Clone
where
    F: Fn(Event) -> Fut + Clone,
    Fut: Future<Output = Result<R, E>> + Send + 'static,
    Event: View<Looks>,
    R: Respond<Responds> + Send + 'static,
    E: FromInjected + Send + 'static,
{
    move |event| {
        let carrier = ResultCarrier {
            errors: Convert,
            replies: R::replies(),
        };
        guard(event, View::view, &handler, carrier)
    }
}

/// Wraps a handler whose event or response chaos knows nothing of: conditions on the event do
/// not hold, and the response becomes an [`Opaque`](crate::Opaque), which stands in for it.
///
#[cfg_attr(feature = "lambda", doc = "```")]
#[cfg_attr(not(feature = "lambda"), doc = "```ignore")]
/// use lambda_runtime::{Error, LambdaEvent, service_fn};
///
/// #[derive(serde::Deserialize)]
/// struct Order { id: String }         // no `Serialize`
/// #[derive(serde::Serialize)]
/// struct Receipt { order: String }    // no `Deserialize`
///
/// let handler = chaos_core::wrap_opaque(async |event: LambdaEvent<Order>| {
///     Ok::<_, Error>(Receipt { order: event.payload.id })
/// });
/// let service = service_fn(handler);
/// # drop(service);
/// ```
pub fn wrap_opaque<F, Event, Fut, R, E>(
    handler: F,
) -> impl Fn(Event) -> ChaosFuture<Fut, ResultCarrier<Convert, AsOpaque>> + Clone
where
    F: Fn(Event) -> Fut + Clone,
    Fut: Future<Output = Result<R, E>> + Send + 'static,
    Event: HasContext,
    R: Send + 'static,
    E: FromInjected + Send + 'static,
{
    move |event| {
        let carrier = ResultCarrier {
            errors: Convert,
            replies: AsOpaque,
        };
        guard(event, |event, _| event.context(), &handler, carrier)
    }
}

pin_project! {
    /// The future of a wrapped handler: the handler's own, unless there is something to do.
    #[derive(Debug)]
    pub struct ChaosFuture<F, C>
    where
        F: Future,
        C: Carry<F::Output>,
    {
        #[pin]
        way: Way<F, C::Out>,
        carrier: C,
    }
}

pin_project! {
    #[project = WayProjection]
    enum Way<F, Out> {
        Straight { #[pin] body: F },
        Round { injected: Pin<Box<dyn Future<Output = Out> + Send>> },
    }
}

impl<F, Out> std::fmt::Debug for Way<F, Out> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Straight { .. } => "Straight",
            Self::Round { .. } => "Round",
        })
    }
}

impl<F, C> Future for ChaosFuture<F, C>
where
    F: Future,
    C: Carry<F::Output>,
{
    type Output = C::Out;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<C::Out> {
        let this = self.project();
        match this.way.project() {
            WayProjection::Straight { body } => body.poll(cx).map(|value| this.carrier.pass(value)),
            WayProjection::Round { injected } => injected.as_mut().poll(cx),
        }
    }
}

/// Calls a handler with chaos round it.
#[inline]
pub(crate) fn guard<Event, F, C>(
    event: Event,
    look: impl FnOnce(&Event, bool) -> Seen,
    call: impl FnOnce(Event) -> F,
    carrier: C,
) -> ChaosFuture<F, C>
where
    F: Future + Send + 'static,
    F::Output: Send,
    C: Carry<F::Output> + Clone + Send + Sync + 'static,
{
    let way = match begin() {
        None => Way::Straight { body: call(event) },
        Some(beginning) => {
            let seen = look(&event, beginning.wants_event);
            let (body, carrier) = (call(event), carrier.clone());
            Way::Round {
                injected: Box::pin(beginning.run(seen, body, carrier)),
            }
        }
    };
    ChaosFuture { way, carrier }
}

/// An invocation for which there may be something to do.
struct Beginning {
    /// Absent where a test's scope may be entered between the call and the first poll.
    engine: Option<engine::EngineRef>,
    wait: Option<Waiting>,
    wants_event: bool,
}

#[inline]
fn begin() -> Option<Beginning> {
    if !engine::armed() {
        return None;
    }
    if engine::may_enter_scope() {
        return Some(Beginning {
            engine: None,
            wait: None,
            wants_event: true,
        });
    }
    let engine = engine::current()?;
    engine.handler_came_by();
    let wait = engine.turn();
    if wait.is_none() && !engine.may_concern_handler() {
        return None;
    }
    // A document that is still on its way may ask for anything.
    let wants_event = wait.is_some() || engine.wants_event();
    Some(Beginning {
        engine: Some(engine),
        wait,
        wants_event,
    })
}

impl Beginning {
    async fn run<F, C>(self, seen: Seen, body: F, carrier: C) -> C::Out
    where
        F: Future,
        C: Carry<F::Output>,
    {
        if let Some(wait) = self.wait {
            wait.await;
        }
        let body = pin!(body);
        let injection = self
            .engine
            .or_else(engine::current)
            .and_then(|engine| engine::decide_handler(&engine, &Vec::new(), seen));
        match injection {
            Some(injection) => injection.drive(body, carrier).await,
            None => carrier.pass(body.await),
        }
    }
}

// --- what the attribute expands to -----------------------------------------------------------

/// Before a handler: a document that is too old is waited for.
#[inline]
pub async fn enter() {
    let wait = engine::current().and_then(|engine| {
        engine.handler_came_by();
        engine.turn()
    });
    if let Some(wait) = wait {
        wait.await;
    }
}

/// Before a point: as before a handler, in a function that has none.
#[inline]
pub async fn enter_point() {
    let wait = engine::current().and_then(|engine| {
        if engine.has_handler() {
            return None;
        }
        engine.turn()
    });
    if let Some(wait) = wait {
        wait.await;
    }
}

/// Before a handler that is not async; whether what is in force may be used.
#[inline]
pub fn enter_blocking() -> bool {
    engine::current().is_none_or(|engine| {
        engine.handler_came_by();
        engine.turn().is_none_or(wait_blocking)
    })
}

/// Before a point that is not async: as before a handler, in a function that has none.
#[inline]
pub fn enter_point_blocking() -> bool {
    engine::current()
        .is_none_or(|engine| engine.has_handler() || engine.turn().is_none_or(wait_blocking))
}

/// Waits where that lets the fetch go on, which is on a runtime of several threads. Elsewhere
/// this call goes without chaos: what is in force is too old to be met.
#[cold]
fn wait_blocking(wait: Waiting) -> bool {
    let Ok(runtime) = Handle::try_current() else {
        return false;
    };
    let several = runtime.runtime_flavor() == RuntimeFlavor::MultiThread;
    // tokio may still refuse, inside a `LocalSet`
    several
        && catch_unwind(AssertUnwindSafe(|| {
            tokio::task::block_in_place(|| runtime.block_on(wait));
        }))
        .is_ok()
}

/// Whether some flag looks at the event, or may once the document is there.
pub fn wants_event() -> bool {
    if engine::may_enter_scope() {
        return true;
    }
    engine::current().is_some_and(|engine| engine.wants_event() || engine.is_stale())
}

/// Whether some flag may look at the labels of a call that is decided later.
pub fn wants_labels() -> bool {
    engine::may_enter_scope()
        || engine::current().is_some_and(|engine| engine.may_concern_handler())
}

/// What fires at the handler.
#[inline]
pub fn decide_handler(
    labels: impl FnOnce() -> Labels,
    look: impl FnOnce(bool) -> Seen,
) -> Option<Injection> {
    let engine = engine::current()?;
    if !engine.may_concern_handler() {
        return None;
    }
    let seen = look(engine.wants_event());
    engine::decide_handler(&engine, &labels(), seen)
}

/// What fires at a named point.
#[inline]
pub fn decide_point(point: &'static str, labels: impl FnOnce() -> Labels) -> Option<Injection> {
    let engine = engine::current()?;
    if !engine.may_concern_points() || !engine.concerns(point) {
        return None;
    }
    engine::decide_point(&engine, point, &labels())
}

/// Runs an async body with its faults.
pub async fn drive<F, C>(injection: Injection, body: Pin<&mut F>, carrier: C) -> C::Out
where
    F: Future,
    C: Carry<F::Output>,
{
    injection.drive(body, carrier).await
}

/// Runs a body that is not async with its faults.
pub fn drive_blocking<T, C: Carry<T>>(
    injection: Injection,
    body: impl FnOnce() -> T,
    carrier: &C,
) -> C::Out {
    injection.drive_blocking(body, carrier)
}

/// A label's value.
pub fn label(value: &(impl Display + ?Sized)) -> String {
    value.to_string()
}
