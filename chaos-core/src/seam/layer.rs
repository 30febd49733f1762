//! The door for tower: a layer round the handler's service.

mod any_body;
mod opaque;

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::task::{Context, Poll, Waker};

use tower_layer::Layer;
use tower_service::Service;

pub use self::any_body::ChaosBody;
use crate::engine::{self, Beginning, Carry};
use crate::error::InjectedError;
use crate::seam::future::{ChaosFuture, Rounds};
use crate::seam::look::View;
use crate::seam::returns::{Errors, Respond, ResultCarrier};

/// Chaos round the service of a handler.
///
/// It belongs round the handler, not round the runtime (`Runtime::layer`), where an error would
/// end the process:
///
#[cfg_attr(feature = "lambda", doc = "```")]
#[cfg_attr(not(feature = "lambda"), doc = "```ignore")]
/// use chaos_core::ChaosLayer;
/// use lambda_runtime::{Error, LambdaEvent};
/// use serde_json::Value;
/// use tower::ServiceBuilder;
///
/// async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
///     Ok(event.payload)
/// }
///
/// # async fn main_() -> Result<(), Error> {
/// let service = ServiceBuilder::new().layer(ChaosLayer::new()).service_fn(handler);
/// lambda_runtime::run(service).await
/// # }
/// ```
///
/// The service is called at once, and the future that it returns is polled when the faults let it.
/// For functions and routers that is the same; a service that works in `call` itself, such as
/// tower's `Buffer`, has begun by then.
///
/// Round an axum router under `lambda_http` it goes in the same way, and not into
/// `Router::layer`, which is inside the routing.
///
/// A response with a body that middleware has put together, such as a compressed one, is taken by
/// [`ChaosLayer::any_body`].
///
/// The service's error becomes a [`ChaosError`], so that the document's `exception_type` reaches
/// the wire although the handler's own error is boxed.
pub struct ChaosLayer<Kind>(PhantomData<fn() -> Kind>);

impl<Looks, Responds> ChaosLayer<(Looks, Responds)> {
    /// For events that chaos can look at and responses that it can make: see [`View`] and
    /// [`Respond`]. Both parameters are inferred.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<Looks, Responds> Default for ChaosLayer<(Looks, Responds)> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Kind> Clone for ChaosLayer<Kind> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Kind> Copy for ChaosLayer<Kind> {}

impl<Kind> fmt::Debug for ChaosLayer<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChaosLayer")
    }
}

impl<S, Kind> Layer<S> for ChaosLayer<Kind> {
    type Service = ChaosService<S, Kind>;

    fn layer(&self, inner: S) -> Self::Service {
        ChaosService {
            inner,
            kind: PhantomData,
        }
    }
}

/// A service with chaos round it; made by [`ChaosLayer`].
pub struct ChaosService<S, Kind> {
    inner: S,
    kind: PhantomData<fn() -> Kind>,
}

impl<S: Clone, Kind> Clone for ChaosService<S, Kind> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            kind: PhantomData,
        }
    }
}

impl<S: fmt::Debug, Kind> fmt::Debug for ChaosService<S, Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChaosService")
            .field("inner", &self.inner)
            .finish()
    }
}

impl<S, Kind> ChaosService<S, Kind> {
    /// A call for which there is something to do; two where it is decided already that the service
    /// is to be called twice.
    #[cold]
    #[inline(never)]
    fn call_armed<Event: Clone, C: Carry<<S::Future as Future>::Output>>(
        &mut self,
        beginning: Box<Beginning>,
        event: Event,
        carrier: C,
    ) -> ChaosFuture<S::Future, C>
    where
        S: Service<Event>,
    {
        let again = engine::again(Some(&beginning), || Some(event.clone()));
        // The first call is the one that the service is known to be ready for.
        let body = self.inner.call(event);
        let rounds = Rounds::repeatable_by(beginning, again, |event| self.call_again(event));
        ChaosFuture::new(rounds, body, carrier)
    }

    /// A second call, if the service is ready for one.
    #[cold]
    fn call_again<Event>(&mut self, event: Event) -> Option<S::Future>
    where
        S: Service<Event>,
    {
        let mut context = Context::from_waker(Waker::noop());
        let ready = self.inner.poll_ready(&mut context);
        matches!(ready, Poll::Ready(Ok(()))).then(|| self.inner.call(event))
    }
}

impl<S, Event, R, Looks, Responds> Service<Event> for ChaosService<S, (Looks, Responds)>
where
    S: Service<Event, Response = R>,
    Event: View<Looks>,
    R: Respond<Responds>,
{
    type Response = R;
    type Error = ChaosError<S::Error>;
    type Future = ChaosFuture<S::Future, ResultCarrier<Layered, R::Replies>>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(ChaosError::Handler)
    }

    #[inline(never)]
    fn call(&mut self, event: Event) -> Self::Future {
        let carrier = ResultCarrier {
            errors: Layered,
            replies: R::replies(),
        };
        match engine::begin(Vec::new, |wants_event| event.view(wants_event)) {
            None => ChaosFuture::new(Rounds::none(), self.inner.call(event), carrier),
            Some(beginning) => self.call_armed(beginning, event, carrier),
        }
    }
}

/// The error of a service behind a [`ChaosLayer`]: the handler's own, or an injected one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChaosError<E> {
    /// The handler's own.
    Handler(E),
    /// One that the document asked for.
    Injected(InjectedError),
}

impl<E: fmt::Display> fmt::Display for ChaosError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handler(error) => error.fmt(f),
            Self::Injected(error) => error.fmt(f),
        }
    }
}

impl<E: std::error::Error> std::error::Error for ChaosError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Handler(error) => error.source(),
            Self::Injected(_) => None,
        }
    }
}

#[cfg(feature = "lambda")]
impl<E: Into<Self>> From<ChaosError<E>> for lambda_runtime::Diagnostic {
    fn from(error: ChaosError<E>) -> Self {
        match error {
            ChaosError::Handler(error) => error.into(),
            ChaosError::Injected(error) => error.into(),
        }
    }
}

/// An injected error needs no conversion here.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Layered;

impl<E> Errors<E> for Layered {
    type Out = ChaosError<E>;
    fn pass(&self, error: E) -> ChaosError<E> {
        ChaosError::Handler(error)
    }
    fn make(&self, error: InjectedError) -> Result<ChaosError<E>, InjectedError> {
        Ok(ChaosError::Injected(error))
    }
}
