//! The errors of hyper-util's client. They cannot be made, so they are provoked: a client fails at a
//! connection that is none.

use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::Uri;
use http_body_util::Empty;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::TokioExecutor;
use tower_service::Service;

use super::errors::{ClientErrors, ConnectionFailure};
use crate::seam::client::ConnectionFault;

/// Makes the errors of hyper-util's `legacy::Client`: for
/// [`HttpLayer::errors`](super::HttpLayer::errors).
///
/// They are that client's own, with the [`std::io::Error`] in them. `is_connect()` is true where the
/// connection was refused, where the name does not resolve, and where it timed out: the client has no
/// other timeout than that of connecting.
#[derive(Clone, Copy, Debug, Default)]
pub struct HyperUtilErrors;

impl ClientErrors<Error> for HyperUtilErrors {
    async fn error(&self, failure: ConnectionFailure) -> Error {
        let fails = Fails(Arc::new(Mutex::new(Some(failure))));
        let client: Client<Fails, Empty<Bytes>> =
            Client::builder(TokioExecutor::new()).build(fails);
        loop {
            // The first request fails as it shall, and were there a second, it would not connect.
            if let Err(error) = client
                .get(Uri::from_static("http://nowhere.invalid/"))
                .await
            {
                return error;
            }
        }
    }
}

/// Connects in vain, or to what will fail.
#[derive(Clone)]
struct Fails(Arc<Mutex<Option<ConnectionFailure>>>);

impl Service<Uri> for Fails {
    type Response = Broken;
    type Error = io::Error;
    type Future = Ready<io::Result<Broken>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let failure = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        ready(match failure {
            None => Err(io::ErrorKind::ConnectionRefused.into()),
            Some(failure) => match failure.fault() {
                ConnectionFault::Reset => Ok(Broken::new(Some(failure.into()))),
                ConnectionFault::Closed => Ok(Broken::new(None)),
                ConnectionFault::Refused | ConnectionFault::Dns | ConnectionFault::Timeout => {
                    Err(failure.into())
                }
            },
        })
    }
}

/// A connection that breaks once a request was written: with that error, or else it is closed.
struct Broken {
    error: Option<io::Error>,
    written: bool,
    reader: Option<Waker>,
}

impl Broken {
    fn new(error: Option<io::Error>) -> Self {
        Self {
            error,
            written: false,
            reader: None,
        }
    }
}

impl Connection for Broken {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Broken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        _: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.written {
            self.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(self.error.take().map_or(Ok(()), Err))
    }
}

impl Write for Broken {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.written = true;
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
