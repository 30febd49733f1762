//! Injected failures of connections, and how they become a client's own errors.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;

use crate::error::InjectedError;
use crate::seam::client::ConnectionFault;

/// How an injected connection failed. It becomes the client's error: see [`ClientErrors`].
///
/// As an [`io::Error`] it has the kind that the system would give it, and its source is the
/// [`InjectedError`].
#[derive(Debug)]
pub struct ConnectionFailure {
    fault: ConnectionFault,
    io: io::Error,
}

impl ConnectionFailure {
    pub(super) fn new(fault: ConnectionFault, host: &str, error: Option<InjectedError>) -> Self {
        Self {
            fault,
            io: fault.io(Some(host), error),
        }
    }

    #[cfg(feature = "hyper_util")]
    pub(super) fn fault(&self) -> ConnectionFault {
        self.fault
    }

    /// The kind of the system's error: `ConnectionRefused`, `ConnectionReset`, `BrokenPipe` where the
    /// connection was closed, `TimedOut`, and `Other` where a name does not resolve.
    pub fn kind(&self) -> io::ErrorKind {
        self.io.kind()
    }

    /// Whether the host's name does not resolve.
    pub fn is_dns(&self) -> bool {
        self.fault == ConnectionFault::Dns
    }

    /// Whether there was no connection: it was refused, or the name does not resolve.
    pub fn is_connect(&self) -> bool {
        self.is_dns() || self.fault == ConnectionFault::Refused
    }

    /// Whether no response came in time.
    pub fn is_timeout(&self) -> bool {
        self.fault == ConnectionFault::Timeout
    }
}

impl fmt::Display for ConnectionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io.fmt(f)
    }
}

impl Error for ConnectionFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.io)
    }
}

impl From<ConnectionFailure> for io::Error {
    /// The system's error.
    fn from(failure: ConnectionFailure) -> Self {
        failure.io
    }
}

/// Makes a client's own errors of failures that are injected.
///
/// A function or closure from [`ConnectionFailure`] to the error is one: `ApiError::from` where there
/// is such a conversion. [`Boxed`] is what an [`HttpLayer`](super::HttpLayer) has unless it is given
/// another.
pub trait ClientErrors<E> {
    /// The client's error.
    fn error(&self, failure: ConnectionFailure) -> impl Future<Output = E> + Send;
}

/// For boxed errors, which most stacks of layers end with: the [`ConnectionFailure`] is in the box.
#[derive(Clone, Copy, Debug, Default)]
pub struct Boxed;

// For any lifetime and without a condition: with one, as `From` has it, the compiler cannot tell that
// a future that waits for such a client is `Send`.
impl<'e> ClientErrors<Box<dyn Error + Send + Sync + 'e>> for Boxed {
    async fn error(&self, failure: ConnectionFailure) -> Box<dyn Error + Send + Sync + 'e> {
        Box::new(failure)
    }
}

impl<E, F: Fn(ConnectionFailure) -> E + Sync> ClientErrors<E> for F {
    async fn error(&self, failure: ConnectionFailure) -> E {
        self(failure)
    }
}
