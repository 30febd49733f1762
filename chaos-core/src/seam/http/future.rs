//! The future of a request behind the layer: the client's own, unless there is something to do.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Response;
use pin_project_lite::pin_project;

use crate::seam::layer::ChaosBody;

/// A request under faults.
pub(super) type Armed<B, E> =
    Pin<Box<dyn Future<Output = Result<Response<ChaosBody<B>>, E>> + Send>>;

pin_project! {
    /// The future of a request behind an [`HttpLayer`](super::HttpLayer).
    pub struct HttpFuture<F, B, E> {
        #[pin]
        inner: Inner<F, B, E>,
    }
}

pin_project! {
    #[project = InnerProjected]
    enum Inner<F, B, E> {
        Own { #[pin] reply: F },
        Armed { reply: Armed<B, E> },
    }
}

impl<F, B, E> HttpFuture<F, B, E> {
    pub(super) fn own(reply: F) -> Self {
        let inner = Inner::Own { reply };
        Self { inner }
    }

    pub(super) fn armed(reply: Armed<B, E>) -> Self {
        let inner = Inner::Armed { reply };
        Self { inner }
    }
}

impl<F, B, E> Future for HttpFuture<F, B, E>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<ChaosBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().inner.project() {
            InnerProjected::Own { reply } => {
                let reply = reply.poll(cx);
                reply.map_ok(|response| response.map(ChaosBody::own))
            }
            InnerProjected::Armed { reply } => reply.as_mut().poll(cx),
        }
    }
}

impl<F, B, E> std::fmt::Debug for HttpFuture<F, B, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpFuture").finish_non_exhaustive()
    }
}
