//! A connection, wrapped: where a command is about to go out.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, Value};

use super::carrier::Carrier;
use super::command::Command;
use super::pipeline;
use crate::engine;
use crate::fault::denylist;
use crate::seam::client::{call, passes};

/// What the `redis` crate's async connections wait for a reply, unless told otherwise.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);

/// Makes a seam of a connection: of `MultiplexedConnection`, `ConnectionManager`,
/// `ClusterConnection`, and whatever else implements [`redis::aio::ConnectionLike`].
///
/// It takes the connection to wait for a reply for 500 ms, which is the default of the first two. A
/// `ClusterConnection` has no such timeout unless its builder is told:
/// [`response_timeout(None)`](Instrumented::response_timeout) says so.
///
/// While a function has no source of documents, or the kill switch is set, it costs one relaxed
/// load a command.
pub fn instrument<C>(connection: C) -> Instrumented<C> {
    Instrumented {
        inner: connection,
        host: None,
        response_timeout: Some(RESPONSE_TIMEOUT),
    }
}

/// A connection whose commands are points; [`instrument`] makes one. It is cloned as the connection
/// in it is.
#[derive(Clone, Debug)]
pub struct Instrumented<C> {
    inner: C,
    host: Option<Arc<str>>,
    response_timeout: Option<Duration>,
}

impl<C> Instrumented<C> {
    /// The name of the host that it is connected to, without a port. It is the label `host`, and what
    /// mode `denylist` asks for; a connection does not tell.
    #[must_use]
    pub fn host(self, host: impl Into<Arc<str>>) -> Self {
        Self {
            host: Some(host.into()),
            ..self
        }
    }

    /// The response timeout that the connection was made with, if that is not the client's default
    /// of 500 milliseconds; `None` where it has none. A connection does not tell, and what is injected
    /// must not be waited for longer than the client would.
    #[must_use]
    pub fn response_timeout(self, response_timeout: Option<Duration>) -> Self {
        Self {
            response_timeout,
            ..self
        }
    }

    /// The connection.
    pub fn get_ref(&self) -> &C {
        &self.inner
    }

    /// The connection, for what no command is: what is called on it directly is no point.
    pub fn get_mut(&mut self) -> &mut C {
        &mut self.inner
    }

    /// The connection, as it was.
    pub fn into_inner(self) -> C {
        self.inner
    }

    fn carrier(&self) -> Carrier {
        Carrier::new(self.host.as_ref(), self.response_timeout)
    }
}

impl<C: ConnectionLike + Send> ConnectionLike for Instrumented<C> {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        if passes() {
            return self.inner.req_packed_command(cmd);
        }
        let command = Command::of(cmd);
        let labels = || command.labels(self.inner.get_db(), self.host.as_deref());
        let beginning = engine::begin_point(command.point(), labels);
        if beginning.is_none() && !denylist::denying() {
            return self.inner.req_packed_command(cmd);
        }
        let carrier = self.carrier();
        let inner = &mut self.inner;
        Box::pin(call(carrier, beginning, |_| inner.req_packed_command(cmd)))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let shape = pipeline::Shape::of(pipeline, offset, count);
        let Some(shape) = shape.filter(|_| !passes()) else {
            return self.inner.req_packed_commands(pipeline, offset, count);
        };
        let (db, host) = (self.inner.get_db(), self.host.as_deref());
        let beginnings: Vec<_> = pipeline
            .cmd_iter()
            .map(|cmd| {
                let command = Command::of(cmd);
                engine::begin_point(command.point(), || command.labels(db, host))
            })
            .collect();
        if beginnings.iter().all(Option::is_none) && !denylist::denying() {
            return self.inner.req_packed_commands(pipeline, offset, count);
        }
        let carrier = self.carrier();
        let inner = &mut self.inner;
        Box::pin(pipeline::run(carrier, beginnings, inner, pipeline, shape))
    }

    fn get_db(&self) -> i64 {
        self.inner.get_db()
    }
}

#[cfg(test)]
mod tests {
    use super::RESPONSE_TIMEOUT;

    /// There is no other way to ask.
    #[test]
    fn the_response_timeout_is_the_clients_own() {
        let own = format!("{:?}", redis::AsyncConnectionConfig::new());
        let expected = format!("response_timeout: Some({RESPONSE_TIMEOUT:?})");
        assert!(own.contains(&expected), "{own}");
    }
}
