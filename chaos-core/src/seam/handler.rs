//! The doors of the attribute and of [`wrap`].

use std::fmt::Display;
use std::future::Future;

use crate::engine::{self, After, Before, Beginning, Carry, Injection};
use crate::seam::future::{ChaosFuture, Rounds};
use crate::seam::look::{HasContext, View};
use crate::seam::returns::probe::Returns;
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
/// itself is polled only when the faults before it let it. The mode `duplicate` calls it a second
/// time, if the document is there when it is called: in a test that is inside of what the scope runs,
/// as in `scope.run(async { handler(event).await })`.
pub fn wrap<F, Event, Fut, R, E, Looks, Responds>(
    handler: F,
) -> impl Fn(Event) -> ChaosFuture<Fut, ResultCarrier<Convert, R::Replies>> + Clone
where
    F: Fn(Event) -> Fut + Clone,
    Fut: Future<Output = Result<R, E>>,
    Event: View<Looks>,
    R: Respond<Responds>,
    E: FromInjected,
{
    move |event| {
        let carrier = ResultCarrier {
            errors: Convert,
            replies: R::replies(),
        };
        let rounds = match engine::begin(Vec::new, |wants_event| event.view(wants_event)) {
            None => Rounds::none(),
            Some(beginning) => rounds(beginning, &event, &handler),
        };
        ChaosFuture::new(rounds, handler(event), carrier)
    }
}

/// What there is to do round a call, which is made twice only if that is decided already.
#[cold]
#[inline(never)]
fn rounds<Event: Clone, Fut: Future>(
    beginning: Box<Beginning>,
    event: &Event,
    handler: &impl Fn(Event) -> Fut,
) -> Rounds<Fut> {
    let again = engine::again(Some(&beginning), || Some(event.clone()));
    Rounds::repeatable_by(beginning, again, |event| Some(handler(event)))
}

/// Wraps a handler whose event or response chaos knows nothing of: conditions on the event do
/// not hold, the mode `duplicate` runs it once and says so, and the response becomes an
/// [`Opaque`](crate::Opaque), which stands in for it.
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
    Fut: Future<Output = Result<R, E>>,
    Event: HasContext,
    E: FromInjected,
{
    move |event| {
        let carrier = ResultCarrier {
            errors: Convert,
            replies: AsOpaque,
        };
        let rounds = Rounds::of(engine::begin(Vec::new, |_| event.context()));
        ChaosFuture::new(rounds, handler(event), carrier)
    }
}

/// As [`wrap_opaque`], for events that are `Clone`: the mode `duplicate` has them, as it has those of
/// [`wrap`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let handler = chaos_core::wrap_opaque_clone(async |event: serde_json::Value| {
///     Ok::<_, chaos_core::InjectedError>(event["order"].clone())
/// });
/// let reply = handler(serde_json::json!({ "order": 7 })).await.unwrap();
/// assert_eq!(reply.into_own(), Some(serde_json::json!(7)));
/// # }
/// ```
pub fn wrap_opaque_clone<F, Event, Fut, R, E>(
    handler: F,
) -> impl Fn(Event) -> ChaosFuture<Fut, ResultCarrier<Convert, AsOpaque>> + Clone
where
    F: Fn(Event) -> Fut + Clone,
    Fut: Future<Output = Result<R, E>>,
    Event: HasContext + Clone,
    E: FromInjected,
{
    move |event| {
        let carrier = ResultCarrier {
            errors: Convert,
            replies: AsOpaque,
        };
        let rounds = match engine::begin(Vec::new, |_| event.context()) {
            None => Rounds::none(),
            Some(beginning) => {
                let again = engine::again(Some(&beginning), || Some(event.clone()));
                Rounds::repeatable_by(beginning, again, |event| Some(handler(event)))
            }
        };
        ChaosFuture::new(rounds, handler(event), carrier)
    }
}

// --- what the attribute expands to, besides ---------------------------------------------------

/// Runs a body that is not async with its faults, once; it really blocks.
#[inline]
pub fn run_blocking<T, C: Carry<T>>(
    beginning: Option<Box<Beginning>>,
    body: impl FnOnce() -> T,
    carrier: impl FnOnce(Returns<T>) -> C,
) -> C::Out {
    let carrier = carrier(Returns::new());
    match beginning {
        None => carrier.pass(body()),
        Some(beginning) => run_round(*beginning, false, |_| body(), &carrier),
    }
}

/// The same for a body that can be run twice where its arguments were cloned.
#[inline]
pub fn run_blocking_repeatable<A, T, C: Carry<T>>(
    beginning: Option<Box<Beginning>>,
    again: Option<Box<A>>,
    arguments: A,
    body: impl Fn(A) -> T,
    carrier: impl FnOnce(Returns<T>) -> C,
) -> C::Out {
    let carrier = carrier(Returns::new());
    let Some(beginning) = beginning else {
        return carrier.pass(body(arguments));
    };
    let can_repeat = again.is_some();
    let run = |twice| match again {
        Some(again) if twice => {
            drop(body(arguments));
            body(*again)
        }
        _ => body(arguments),
    };
    run_round(*beginning, can_repeat, run, &carrier)
}

/// `run` is told whether to run twice.
#[cold]
#[inline(never)]
fn run_round<T, C: Carry<T>>(
    beginning: Beginning,
    can_repeat: bool,
    run: impl FnOnce(bool) -> T,
    carrier: &C,
) -> C::Out {
    let Some(mut injection) = decide_blocking(beginning, can_repeat) else {
        return carrier.pass(run(false));
    };
    let mut twice = false;
    loop {
        match injection.before(carrier) {
            Before::Wait(wait) => injection.block(wait),
            Before::Take(what) => injection.hold(what.take()),
            Before::Answer(out) => return out,
            Before::Twice => twice = true,
            Before::Run => break,
        }
    }
    let inside = injection.enter();
    let mut value = run(twice);
    drop(inside);
    loop {
        match injection.after(value, carrier) {
            After::Wait(wait, same) => {
                injection.block(wait);
                value = same;
            }
            After::Answer(out) => return out,
        }
    }
}

/// What fires at a call that is not async, now that the document is as fresh as it gets.
pub(crate) fn decide_blocking(mut beginning: Beginning, can_repeat: bool) -> Option<Injection> {
    beginning.arrive();
    let fresh = beginning.wait.take().is_none_or(wait_blocking);
    fresh.then(|| beginning.decide(can_repeat)).flatten()
}

/// Waits where that lets the fetch go on, which is on a runtime of several threads. Elsewhere
/// this call goes without chaos: what is in force is too old to be met.
#[cfg(feature = "lambda")]
fn wait_blocking(wait: Waiting) -> bool {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use tokio::runtime::{Handle, RuntimeFlavor};

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

/// The threads come with the runtime's features; without it there are no handlers.
#[cfg(not(feature = "lambda"))]
fn wait_blocking(_: Waiting) -> bool {
    false
}

/// A label's value.
pub fn label(value: &(impl Display + ?Sized)) -> String {
    value.to_string()
}
