//! A body that may come byte by byte, and may break off.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use tokio::time::{Sleep, sleep};

pub(super) struct Drip<F> {
    left: Bytes,
    step: usize,
    pause: Duration,
    pausing: Option<Pin<Box<Sleep>>>,
    breaks_off: bool,
    /// Called once the last byte has been handed over.
    whole: F,
}

impl<F: Fn()> Drip<F> {
    pub(super) fn new(text: String, whole: F) -> Self {
        Self {
            step: text.len(),
            left: text.into(),
            pause: Duration::ZERO,
            pausing: None,
            breaks_off: false,
            whole,
        }
    }

    pub(super) fn by_the_byte(mut self, pause: Duration) -> Self {
        self.step = 1;
        self.pause = pause;
        self
    }

    pub(super) fn cut(mut self) -> Self {
        self.left.truncate(self.left.len() / 2);
        self.breaks_off = true;
        self
    }
}

impl<F: Fn() + Unpin> Body for Drip<F> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = &mut *self;
        if this.left.is_empty() {
            let broken = || Err(io::ErrorKind::ConnectionReset.into());
            return Poll::Ready(this.breaks_off.then(broken));
        }
        if !this.pause.is_zero() {
            let pause = this.pause;
            let pausing = this.pausing.get_or_insert_with(|| Box::pin(sleep(pause)));
            ready!(pausing.as_mut().poll(context));
            this.pausing = None;
        }
        let step = this.step.min(this.left.len());
        let piece = this.left.split_to(step);
        if this.left.is_empty() && !this.breaks_off {
            (this.whole)();
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}
