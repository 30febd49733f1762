//! Round services whose response has a body of any type.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use rand_pcg::Pcg64Mcg;
use tower_service::Service;

use super::{ChaosError, ChaosLayer, ChaosService, Layered};
use crate::engine::{self, Announcement, Corrupting, Dropped, Refusal};
use crate::plan::StatusCode;
use crate::seam::corrupt::{self, Mangled};
use crate::seam::future::{ChaosFuture, Rounds};
use crate::seam::look::{View, kind};
use crate::seam::proxy;
use crate::seam::returns::{Replies, ResultCarrier};

impl<Looks> ChaosLayer<kind::AnyBody<Looks>> {
    /// For events that chaos can look at, and responses whose body is any
    /// `http_body::Body<Data = Bytes>`: one that is compressed, boxed or put together by other
    /// middleware, and cannot be made of a text. The response's body becomes a [`ChaosBody`], which
    /// is the service's own, the same mangled as it passes, or an injected one.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use chaos_core::ChaosLayer;
    /// use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
    /// use serde_json::Value;
    /// use tower::{ServiceBuilder, ServiceExt as _, service_fn};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let service = ServiceBuilder::new().layer(ChaosLayer::any_body());
    /// let service = service.service(service_fn(async |_: Value| {
    ///     Ok::<_, String>(http::Response::new(Full::from("own").boxed()))
    /// }));
    /// let reply = service.oneshot(Value::Null).await.unwrap();
    /// assert_eq!(reply.into_body().collect().await.unwrap().to_bytes(), "own");
    /// # }
    /// ```
    #[must_use]
    pub const fn any_body() -> Self {
        Self(PhantomData)
    }
}

pin_project! {
    /// The body of a response behind [`ChaosLayer::any_body`], or that of a client behind an `HttpLayer`: the service's own, as it is or mangled
    /// as it passes, or an injected one.
    pub struct ChaosBody<B> {
        #[pin]
        inner: Inner<B>,
    }
}

pin_project! {
    #[project = Passing]
    enum Inner<B> {
        Own { #[pin] body: B },
        Mangled { #[pin] body: Mangled<B> },
        Injected { text: Option<Bytes> },
    }
}

impl<B> ChaosBody<B> {
    pub(crate) fn own(body: B) -> Self {
        Self {
            inner: Inner::Own { body },
        }
    }
}

impl<B: Body<Data = Bytes>> ChaosBody<B> {
    /// From here on. How long it will be is not known.
    pub(crate) fn mangle(&mut self, random: &Pcg64Mcg) -> Result<Option<usize>, Refusal> {
        if self.is_end_stream() {
            return Err(corrupt::no_body());
        }
        let gone = Inner::Injected { text: None };
        self.inner = match std::mem::replace(&mut self.inner, gone) {
            Inner::Own { body } => Inner::Mangled {
                body: Mangled::new(body, random.clone()),
            },
            // An injected one is not corrupted, nor is one twice.
            other => other,
        };
        Ok(None)
    }
}

impl<B> From<String> for ChaosBody<B> {
    fn from(text: String) -> Self {
        let text = Some(Bytes::from(text)).filter(|text| !text.is_empty());
        Self {
            inner: Inner::Injected { text },
        }
    }
}

impl<B: Body<Data = Bytes>> Body for ChaosBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project().inner.project() {
            Passing::Own { body } => body.poll_frame(cx),
            Passing::Mangled { body } => body.poll_frame(cx),
            Passing::Injected { text } => {
                Poll::Ready(text.take().map(|text| Ok(Frame::data(text))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Inner::Own { body } => body.is_end_stream(),
            Inner::Mangled { body } => body.is_end_stream(),
            Inner::Injected { text } => text.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Own { body } => body.size_hint(),
            Inner::Mangled { body } => body.size_hint(),
            Inner::Injected { text } => {
                let length = text.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
        }
    }
}

impl<B> fmt::Debug for ChaosBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = match &self.inner {
            Inner::Own { .. } => "own",
            Inner::Mangled { .. } => "mangled",
            Inner::Injected { .. } => "injected",
        };
        f.debug_tuple("ChaosBody").field(&inner).finish()
    }
}

impl<S, Event, B, Looks> Service<Event> for ChaosService<S, kind::AnyBody<Looks>>
where
    S: Service<Event, Response = Response<B>>,
    Event: View<Looks>,
    B: Body<Data = Bytes>,
{
    type Response = Response<ChaosBody<B>>;
    type Error = ChaosError<S::Error>;
    type Future = ChaosFuture<S::Future, ResultCarrier<Layered, AsBody>>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(ChaosError::Handler)
    }

    #[inline]
    fn call(&mut self, event: Event) -> Self::Future {
        let carrier = ResultCarrier {
            errors: Layered,
            replies: AsBody,
        };
        match engine::begin(Vec::new, |wants_event| event.view(wants_event)) {
            None => ChaosFuture::new(Rounds::none(), self.inner.call(event), carrier),
            Some(beginning) => self.call_armed(beginning, event, carrier),
        }
    }
}

/// As an `http::Response` whose body becomes a [`ChaosBody`].
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct AsBody;

impl<B: Body<Data = Bytes>> Replies<Response<B>> for AsBody {
    type Out = Response<ChaosBody<B>>;
    fn pass(&self, value: Response<B>) -> Self::Out {
        value.map(ChaosBody::own)
    }
    fn reply(&self, fault: &StatusCode, _: bool) -> Result<Self::Out, Refusal> {
        Ok(proxy::response(fault))
    }
    fn recode(
        &self,
        mut value: Response<B>,
        fault: &StatusCode,
        _: bool,
    ) -> (Self::Out, Option<Refusal>) {
        *value.status_mut() = proxy::status(fault);
        (self.pass(value), None)
    }
    fn corrupt(&self, mut out: Self::Out, mut corrupting: Corrupting) -> (Self::Out, Dropped) {
        let mangle = |body: &mut ChaosBody<B>, random: &mut Pcg64Mcg| body.mangle(random);
        let dropped = corrupt::response_by(&mut out, &mut corrupting, mangle);
        (out, dropped.map(Some))
    }
    fn announce(&self, mut out: Self::Out, header: &Announcement, _: bool) -> Self::Out {
        corrupt::announce(out.headers_mut(), header);
        out
    }
}
