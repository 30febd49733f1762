//! What a command can carry: the server's errors, and a connection's.

use std::sync::Arc;
use std::time::Duration;

use redis::{RedisResult, Value};

use super::corrupt;
use super::errors::{self, ERRORS, server_error};
use crate::engine::{Announcement, CannotFail, Carry, Corrupting, Denial, Dropped, Refusal};
use crate::error::InjectedError;
use crate::plan::{DenyList, StatusCode};
use crate::seam::client::{Client, ConnectionFault, Patience, unknown};

/// What comes of a command. An error of the server's is a value, until the client converts it.
pub(super) type Outcome = RedisResult<Value>;

/// Answers in the place of the server.
#[derive(Clone)]
pub(super) struct Carrier {
    host: Option<Arc<str>>,
    /// The client's response timeout.
    patience: Patience,
    /// Whether the connection is one that blocks.
    blocks: bool,
}

impl Carrier {
    pub(super) fn new(host: Option<&Arc<str>>, response_timeout: Option<Duration>) -> Self {
        Self {
            host: host.cloned(),
            patience: Patience::new(response_timeout),
            blocks: false,
        }
    }

    /// Of a connection that blocks.
    pub(super) fn blocking(self) -> Self {
        Self {
            blocks: true,
            ..self
        }
    }

    /// As the client says that a connection failed.
    fn failed(&self, fault: ConnectionFault, error: Option<InjectedError>) -> Outcome {
        Err(fault.io(self.host.as_deref(), error).into())
    }
}

impl Client<Outcome> for Carrier {
    fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    fn unresolved(&self) -> Outcome {
        self.failed(ConnectionFault::Dns, None)
    }

    fn late(&self) -> Outcome {
        self.failed(ConnectionFault::Timeout, None)
    }

    fn patience(&mut self) -> &mut Patience {
        &mut self.patience
    }

    fn blocks(&self) -> bool {
        self.blocks
    }
}

impl Carry<Outcome> for Carrier {
    type Out = Outcome;

    fn pass(&self, value: Outcome) -> Outcome {
        value
    }

    /// The server's error of that code, or a connection's.
    fn error(&self, error: InjectedError) -> Result<Outcome, CannotFail> {
        let Some(name) = error.chosen_type() else {
            return Ok(server_error("ERR", error.message()));
        };
        if let Some(fault) = ConnectionFault::named(name) {
            return Ok(self.failed(fault, Some(error)));
        }
        match errors::code(name) {
            Some(code) => Ok(server_error(code, error.message())),
            None => Err(unknown(name, ERRORS.iter().map(|row| row.code))),
        }
    }

    /// The connection is gone, and the reply with it.
    fn lose(&self, error: InjectedError) -> Result<Outcome, CannotFail> {
        let fault = ConnectionFault::chosen_by(&error)?;
        Ok(self.failed(fault, Some(error)))
    }

    fn reply(&self, _: &StatusCode, _: bool) -> Result<Outcome, Refusal> {
        Err(no_status())
    }

    fn recode(&self, value: Outcome, _: &StatusCode, _: bool) -> (Outcome, Option<Refusal>) {
        (value, Some(no_status()))
    }

    fn corrupt(&self, out: Outcome, corrupting: Corrupting) -> (Outcome, Dropped) {
        match out {
            Ok(value) if !matches!(value, Value::ServerError(_)) => {
                let (value, dropped) = corrupt::reply(value, corrupting);
                (Ok(value), dropped)
            }
            failed => {
                let why = "the command failed by itself: there is no reply";
                (failed, Err(Refusal::new(why)))
            }
        }
    }

    fn announce(&self, out: Outcome, _: &Announcement, _: bool) -> Outcome {
        out
    }

    fn timed_out(&self) -> Option<Outcome> {
        Some(self.late())
    }

    fn patience(&self) -> Option<Duration> {
        self.patience.now()
    }

    fn deny(&self, list: &DenyList) -> Denial<Outcome> {
        let Some(host) = &self.host else {
            let why = "the host of this connection is not known: name it with `.host(…)`";
            return Denial::Refused(Refusal::new(why));
        };
        if list.hosts.iter().any(|denied| denied.found_in_host(host)) {
            Denial::Answer(self.unresolved())
        } else {
            Denial::Passes
        }
    }
}

fn no_status() -> Refusal {
    Refusal::new(
        "a reply of Redis has no status code; write mode `exception`, with an `exception_type` \
         such as `LOADING` or `ConnectionReset`",
    )
}
