//! The body of a response that may be injected or mangled.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use rand_pcg::Pcg64Mcg;

use crate::engine::Refusal;
use crate::seam::corrupt::{self, Mangled};

pin_project! {
    /// The body of a response behind an [`HttpLayer`](super::HttpLayer): the client's own, unless the
    /// document says otherwise.
    #[derive(Debug)]
    pub struct ChaosBody<B> {
        #[pin]
        inner: Inner<B>,
    }
}

pin_project! {
    #[project = InnerProjected]
    #[derive(Debug)]
    enum Inner<B> {
        Own { #[pin] body: B },
        Given { text: Bytes },
        Mangled { #[pin] body: Mangled<B> },
    }
}

impl<B> ChaosBody<B> {
    pub(super) fn own(body: B) -> Self {
        let inner = Inner::Own { body };
        Self { inner }
    }
}

impl<B> From<String> for ChaosBody<B> {
    /// The text in place of a client's body.
    fn from(text: String) -> Self {
        let inner = Inner::Given { text: text.into() };
        Self { inner }
    }
}

impl<B: Body<Data = Bytes>> ChaosBody<B> {
    pub(super) fn mangle(&mut self, random: &mut Pcg64Mcg) -> Result<Option<usize>, Refusal> {
        if self.is_end_stream() {
            return Err(corrupt::no_body());
        }
        let nothing = Inner::Given { text: Bytes::new() };
        self.inner = match std::mem::replace(&mut self.inner, nothing) {
            Inner::Own { body } => {
                let body = Mangled::new(body, random.clone());
                Inner::Mangled { body }
            }
            once_is_enough => once_is_enough,
        };
        Ok(None)
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
            InnerProjected::Own { body } => body.poll_frame(cx),
            InnerProjected::Mangled { body } => body.poll_frame(cx),
            InnerProjected::Given { text } => {
                let text = std::mem::take(text);
                let frame = (!text.is_empty()).then(|| Ok(Frame::data(text)));
                Poll::Ready(frame)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Inner::Own { body } => body.is_end_stream(),
            Inner::Mangled { body } => body.is_end_stream(),
            Inner::Given { text } => text.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Own { body } => body.size_hint(),
            Inner::Mangled { body } => body.size_hint(),
            Inner::Given { text } => SizeHint::with_exact(text.len() as u64),
        }
    }
}
