//! The future of a wrapped async function: the function's own, unless there is something to do.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::engine::{After, Before, Beginning, Carry, Injection};
use crate::fault::{Held, Take, latency};
use crate::seam::returns::probe::Returns;
use crate::source::refresh::Waiting;

pin_project! {
    /// The future of a wrapped handler: the handler's own, unless there is something to do.
    ///
    /// It is `Send` if the handler's future and its output are.
    pub struct ChaosFuture<F: Future, C> {
        #[pin]
        body: F,
        carrier: C,
        // Absent on the idle path, which is all that a call then pays for.
        round: Rounds<F>,
    }
}

/// None, or one. What happens to one is kept out of the idle path, where inlining it would cost
/// more than running it there.
#[doc(hidden)]
pub struct Rounds<F: Future>(Option<Box<Round<F>>>);

impl<F: Future> Drop for Rounds<F> {
    #[inline]
    fn drop(&mut self) {
        if let Some(round) = self.0.take() {
            end(round);
        }
    }
}

#[cold]
#[inline(never)]
fn end<F: Future>(round: Box<Round<F>>) {
    drop(round);
}

/// A call for which there is something to do, at least to wait for the document.
struct Round<F: Future> {
    stage: Stage<F::Output>,
    injection: Option<Injection>,
    pending: Option<Pending>,
    /// A second run of the body, not polled yet, where the function can be run twice.
    again: Option<F>,
    /// Whether it shall be.
    twice: bool,
}

enum Stage<T> {
    Decide(Box<Beginning>),
    Before,
    Body,
    After(T),
    Over,
}

/// What a stage waits for.
enum Pending {
    Wait(Waiting),
    Take(Pin<Box<dyn Future<Output = Result<Held, String>> + Send>>),
}

impl Pending {
    #[inline(never)]
    fn wait(wait: Duration) -> Self {
        Self::Wait(Box::pin(latency::wait(wait)))
    }

    #[inline(never)]
    fn take(what: Take) -> Self {
        Self::Take(Box::pin(take_beside(what)))
    }
}

/// Not of a round, which is compiled for each body.
#[inline(never)]
fn poll_pending(
    pending: &mut Option<Pending>,
    injection: &mut Option<Injection>,
    cx: &mut Context<'_>,
) -> Poll<()> {
    match pending {
        None => {}
        Some(Pending::Wait(wait)) => ready!(wait.as_mut().poll(cx)),
        Some(Pending::Take(take)) => {
            let taken = ready!(take.as_mut().poll(cx));
            if let Some(injection) = injection {
                injection.hold(taken);
            }
        }
    }
    *pending = None;
    Poll::Ready(())
}

impl<F: Future> Rounds<F> {
    /// There is nothing to do.
    #[inline]
    pub fn none() -> Self {
        Self(None)
    }

    /// Of a body that is run once.
    #[cold]
    #[inline(never)]
    pub fn once(beginning: Box<Beginning>) -> Self {
        Self(Some(Round::new(beginning)))
    }

    /// Of a body that is run once, and twice where its arguments were cloned.
    #[cold]
    #[inline(never)]
    pub fn repeatable<A>(
        again: Option<Box<A>>,
        beginning: Box<Beginning>,
        body: &impl Fn(A) -> F,
    ) -> Self {
        let mut round = Round::new(beginning);
        round.again = again.map(|again| body(*again));
        Self(Some(round))
    }

    /// The same where others see that a body is made: the second one is made only if it is decided
    /// already that it shall be run.
    #[cold]
    #[inline(never)]
    pub(crate) fn repeatable_by<A>(
        beginning: Box<Beginning>,
        again: Option<Box<A>>,
        body: impl FnOnce(A) -> Option<F>,
    ) -> Self {
        let mut round = Round::new(beginning);
        if let Some(again) = again {
            round.repeat_by(|| body(*again));
        }
        Self(Some(round))
    }

    #[inline]
    pub(crate) fn of(beginning: Option<Box<Beginning>>) -> Self {
        match beginning {
            None => Self::none(),
            Some(beginning) => Self::once(beginning),
        }
    }
}

impl<F: Future, C: Carry<F::Output>> ChaosFuture<F, C> {
    #[doc(hidden)]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the body is to be made in its place")]
    pub fn new(round: Rounds<F>, body: F, carrier: C) -> Self {
        Self {
            body,
            carrier,
            round,
        }
    }

    /// Where the body is there already.
    #[doc(hidden)]
    #[inline]
    pub fn once(
        beginning: Option<Box<Beginning>>,
        body: F,
        carrier: impl FnOnce(Returns<F::Output>) -> C,
    ) -> Self {
        let carrier = carrier(Returns::new());
        Self::new(Rounds::of(beginning), body, carrier)
    }
}

impl<F: Future, C: Carry<F::Output>> Future for ChaosFuture<F, C> {
    type Output = C::Out;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<C::Out> {
        let this = self.project();
        let Some(round) = &mut this.round.0 else {
            return this.body.poll(cx).map(|value| this.carrier.pass(value));
        };
        let out = ready!(round.poll(this.body, this.carrier, cx));
        // The faults are undone now, even if whoever polls keeps the future.
        this.round.0 = None;
        Poll::Ready(out)
    }
}

/// What a body takes, told to the compiler before the body is: without it there is no telling
/// what an argument of the closure that makes the body is.
pub struct Kind<A>(PhantomData<fn() -> A>);

impl<A> Kind<A> {
    /// To be inferred.
    #[inline]
    pub fn unknown() -> Self {
        Self(PhantomData)
    }

    /// As these; never called.
    pub fn is_that_of(&self, _: A) {}

    /// A body that can be made twice.
    #[inline]
    pub fn repeatable<T, B: Fn(A) -> T>(self, body: B) -> B {
        body
    }

    /// One that cannot.
    #[inline]
    pub fn once<T, B: FnOnce(A) -> T>(self, body: B) -> B {
        body
    }
}

/// The carrier for what a body's future resolves to.
#[inline]
pub fn carrier_of<A, F: Future, C>(
    _: &impl FnOnce(A) -> F,
    carrier: impl FnOnce(Returns<F::Output>) -> C,
) -> C {
    carrier(Returns::new())
}

impl<F: Future, C> std::fmt::Debug for ChaosFuture<F, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChaosFuture").finish_non_exhaustive()
    }
}

impl<F: Future> Round<F> {
    #[cold]
    #[inline(never)]
    fn new(beginning: Box<Beginning>) -> Box<Self> {
        Box::new(Self {
            stage: Stage::Decide(beginning),
            injection: None,
            pending: None,
            again: None,
            twice: false,
        })
    }

    #[cold]
    fn repeat_by(&mut self, again: impl FnOnce() -> Option<F>) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Decide(beginning) if beginning.is_ready() => {
                self.injection = beginning.decide(false);
                Stage::Before
            }
            other => other,
        };
        if let Some(injection) = &mut self.injection
            && injection.asks_to_repeat()
        {
            self.again = again();
            injection.can_repeat = self.again.is_some();
        }
    }

    #[cold]
    #[inline(never)]
    fn poll<C: Carry<F::Output>>(
        &mut self,
        mut body: Pin<&mut F>,
        carrier: &C,
        cx: &mut Context<'_>,
    ) -> Poll<C::Out> {
        loop {
            ready!(poll_pending(&mut self.pending, &mut self.injection, cx));
            // Taken out while it is worked on: a panic leaves the call over.
            match std::mem::replace(&mut self.stage, Stage::Over) {
                Stage::Decide(mut beginning) => {
                    beginning.arrive();
                    if let Some(wait) = beginning.wait.take() {
                        self.pending = Some(Pending::Wait(wait));
                        self.stage = Stage::Decide(beginning);
                    } else {
                        self.injection = beginning.decide(self.again.is_some());
                        self.stage = Stage::Before;
                    }
                }
                Stage::Before => {
                    if let Some(out) = self.before(carrier) {
                        return Poll::Ready(out);
                    }
                }
                Stage::Body => match self.poll_body(body.as_mut(), cx) {
                    Poll::Ready(value) => self.stage = self.after_body(value, body.as_mut()),
                    Poll::Pending => {
                        self.stage = Stage::Body;
                        return Poll::Pending;
                    }
                },
                Stage::After(value) => {
                    if let Some(out) = self.after(value, carrier) {
                        return Poll::Ready(out);
                    }
                }
                Stage::Over => panic!("a wrapped future was polled after it had ended"),
            }
        }
    }

    fn poll_body(&self, body: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _inside = self.injection.as_ref().and_then(Injection::enter);
        body.poll(cx)
    }

    /// The first of two runs is followed by the second, and its result by nothing.
    fn after_body(&mut self, value: F::Output, mut body: Pin<&mut F>) -> Stage<F::Output> {
        match self.again.take() {
            Some(again) if self.twice => {
                drop(value);
                body.set(again);
                Stage::Body
            }
            _ => Stage::After(value),
        }
    }

    fn before<C: Carry<F::Output>>(&mut self, carrier: &C) -> Option<C::Out> {
        let next = match &mut self.injection {
            Some(injection) => injection.before(carrier),
            None => Before::Run,
        };
        self.stage = Stage::Before;
        match next {
            Before::Wait(wait) => self.pending = Some(Pending::wait(wait)),
            Before::Take(what) => self.pending = Some(Pending::take(what)),
            Before::Answer(out) => return Some(out),
            Before::Twice => self.twice = true,
            Before::Run => self.stage = Stage::Body,
        }
        None
    }

    fn after<C: Carry<F::Output>>(&mut self, value: F::Output, carrier: &C) -> Option<C::Out> {
        let Some(injection) = &mut self.injection else {
            return Some(carrier.pass(value));
        };
        match injection.after(value, carrier) {
            After::Answer(out) => Some(out),
            After::Wait(wait, value) => {
                self.pending = Some(Pending::wait(wait));
                self.stage = Stage::After(value);
                None
            }
        }
    }
}

/// Taking can take as long as writing what is taken, so it is done beside the runtime's threads.
pub(crate) async fn take_beside(what: Take) -> Result<Held, String> {
    if tokio::runtime::Handle::try_current().is_err() {
        return what.take();
    }
    let beside = tokio::task::spawn_blocking(move || what.take()).await;
    beside.unwrap_or_else(|error| Err(error.to_string()))
}
