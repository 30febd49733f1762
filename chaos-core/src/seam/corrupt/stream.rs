//! A body that is mangled as it passes: nothing of it is kept back.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame};
use pin_project_lite::pin_project;
use rand_pcg::Pcg64Mcg;

use crate::fault::corruption;

pin_project! {
    /// A body each of whose chunks is cut short and mangled.
    pub(crate) struct Mangled<B> {
        #[pin]
        own: B,
        random: Pcg64Mcg,
    }
}

impl<B> Mangled<B> {
    pub(crate) fn new(own: B, random: Pcg64Mcg) -> Self {
        Self { own, random }
    }
}

impl<B: Body<Data = Bytes>> Body for Mangled<B> {
    type Data = Bytes;
    type Error = B::Error;

    // Its size is not known before it has passed, so the hint stays the default.
    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.project();
        let frame = ready!(this.own.poll_frame(cx));
        Poll::Ready(frame.map(|frame| {
            frame.map(|frame| frame.map_data(|data| corruption::chunk(&data, this.random).into()))
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.own.is_end_stream()
    }
}
