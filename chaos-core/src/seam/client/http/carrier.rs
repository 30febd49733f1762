//! What a request can carry: a status, a body that is mangled, a connection that fails.

use std::time::Duration;

use http::Response;

use crate::engine::{Announcement, CannotFail, Carry, Corrupting, Denial, Dropped, Refusal};
use crate::error::InjectedError;
use crate::plan::{DenyList, StatusCode};
use crate::seam::client::{Client, ConnectionFault, Patience};
use crate::seam::{corrupt, proxy};

/// What comes of a request.
pub(crate) type Outcome<R, E> = Result<R, Failure<E>>;

/// Why there is no response.
#[derive(Debug)]
pub(crate) enum Failure<E> {
    /// The client's own error.
    Own(E),
    /// What the client has to make an error of.
    Injected(ConnectionFault, Option<InjectedError>),
}

/// How a client's responses are made and changed.
pub(crate) trait Replies<R> {
    /// Of an injected one.
    fn make(&self, response: Response<String>) -> R;
    /// With another code.
    fn recode(&self, response: R, code: http::StatusCode) -> R;
    /// Corrupted.
    fn corrupt(&self, response: R, corrupting: &mut Corrupting) -> (R, corrupt::Dropped);
}

/// Answers in the place of whoever is called.
pub(crate) struct Carrier<C> {
    replies: C,
    host: String,
    /// The client's timeout.
    patience: Patience,
}

impl<C> Carrier<C> {
    pub(crate) fn new(replies: C, host: &str, timeout: Option<Duration>) -> Self {
        Self {
            replies,
            host: host.to_owned(),
            patience: Patience::new(timeout),
        }
    }
}

impl<R, E, C: Replies<R>> Client<Outcome<R, E>> for Carrier<C> {
    fn host(&self) -> Option<&str> {
        Some(&self.host)
    }

    fn unresolved(&self) -> Outcome<R, E> {
        Err(Failure::Injected(ConnectionFault::Dns, None))
    }

    fn late(&self) -> Outcome<R, E> {
        Err(Failure::Injected(ConnectionFault::Timeout, None))
    }

    fn patience(&mut self) -> &mut Patience {
        &mut self.patience
    }
}

impl<R, E, C: Replies<R>> Carry<Outcome<R, E>> for Carrier<C> {
    type Out = Outcome<R, E>;

    fn pass(&self, value: Outcome<R, E>) -> Outcome<R, E> {
        value
    }

    /// The failure of a connection that the flag names.
    fn error(&self, error: InjectedError) -> Result<Outcome<R, E>, CannotFail> {
        let fault = ConnectionFault::chosen_by(&error)?;
        Ok(Err(Failure::Injected(fault, Some(error))))
    }

    fn reply(&self, fault: &StatusCode, _: bool) -> Result<Outcome<R, E>, Refusal> {
        Ok(Ok(self.replies.make(proxy::response(fault))))
    }

    fn recode(
        &self,
        value: Outcome<R, E>,
        fault: &StatusCode,
        _: bool,
    ) -> (Outcome<R, E>, Option<Refusal>) {
        match value {
            Ok(response) => {
                let code = proxy::status(fault);
                (Ok(self.replies.recode(response, code)), None)
            }
            Err(error) => (Err(error), Some(no_response())),
        }
    }

    fn corrupt(&self, out: Outcome<R, E>, mut corrupting: Corrupting) -> (Outcome<R, E>, Dropped) {
        match out {
            Ok(response) => {
                let (response, dropped) = self.replies.corrupt(response, &mut corrupting);
                (Ok(response), dropped.map(Some))
            }
            Err(error) => (Err(error), Err(no_response())),
        }
    }

    fn announce(&self, out: Outcome<R, E>, _: &Announcement, _: bool) -> Outcome<R, E> {
        out
    }

    fn timed_out(&self) -> Option<Outcome<R, E>> {
        Some(self.late())
    }

    fn patience(&self) -> Option<Duration> {
        self.patience.now()
    }

    fn deny(&self, list: &DenyList) -> Denial<Outcome<R, E>> {
        if list.hosts.iter().any(|host| host.found_in_host(&self.host)) {
            Denial::Answer(self.unresolved())
        } else {
            Denial::Passes
        }
    }
}

fn no_response() -> Refusal {
    Refusal::new("the request failed by itself: there is no response")
}
