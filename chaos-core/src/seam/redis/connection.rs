//! A connection, wrapped: where a command is about to go out.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, RedisResult, Value};

use super::carrier::Carrier;
use super::command::{Command, POINTS, Words, command};
use super::pipeline::{self, Shape, Wire};
use crate::engine::{self, Beginning};
use crate::fault::denylist;
use crate::seam::client::{call, decide, passes};

/// What the `redis` crate's async connections wait for a reply, unless told otherwise.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);

/// Makes a seam of a connection: of `MultiplexedConnection`, `ConnectionManager`,
/// `ClusterConnection`, and whatever else implements [`redis::aio::ConnectionLike`]; and of
/// `Connection` and whatever else blocks and implements [`redis::ConnectionLike`].
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
        response_timeout: ResponseTimeout::Default,
    }
}

/// How long the connection waits for a reply.
#[derive(Clone, Copy, Debug)]
enum ResponseTimeout {
    /// As long as its kind does unless told otherwise.
    Default,
    Set(Option<Duration>),
}

/// A connection whose commands are points; [`instrument`] makes one. It is cloned as the connection
/// in it is.
#[derive(Clone, Debug)]
pub struct Instrumented<C> {
    pub(super) inner: C,
    host: Option<Arc<str>>,
    response_timeout: ResponseTimeout,
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

    /// The response timeout that the connection was made with, if that is not the client's default:
    /// 500 milliseconds, and none where the connection blocks. `None` is for ever. A connection does
    /// not tell, and what is injected must not be waited for longer than the client would.
    #[must_use]
    pub fn response_timeout(self, response_timeout: Option<Duration>) -> Self {
        Self {
            response_timeout: ResponseTimeout::Set(response_timeout),
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

    /// For a connection that waits so long unless told otherwise.
    pub(super) fn carrier(&self, default: Option<Duration>) -> Carrier {
        let timeout = match self.response_timeout {
            ResponseTimeout::Default => default,
            ResponseTimeout::Set(timeout) => timeout,
        };
        Carrier::new(self.host.as_ref(), timeout)
    }

    /// The start of a command.
    pub(super) fn begin<'a>(
        &self,
        command: &Command<'a, impl Words<'a>>,
        db: i64,
    ) -> Option<Box<Beginning>> {
        let labels = || command.labels(db, self.host.as_deref());
        engine::begin_point(command.point(), labels)
    }

    /// The starts of all commands of a pipeline; none where there is nothing to do at any.
    pub(super) fn begin_all(&self, pipeline: &Pipeline, db: i64) -> Vec<Option<Box<Beginning>>> {
        let mut beginnings = Vec::new();
        for (at, cmd) in pipeline.cmd_iter().enumerate() {
            if let Some(beginning) = self.begin(&command(cmd), db) {
                // Not before there is one: mostly there is none.
                beginnings.resize_with(at, || None);
                beginnings.push(Some(beginning));
            }
        }
        if !beginnings.is_empty() || denylist::denying() {
            beginnings.resize_with(pipeline.len(), || None);
        }
        beginnings
    }
}

impl<C: ConnectionLike + Send> ConnectionLike for Instrumented<C> {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        if passes(&POINTS) {
            return self.inner.req_packed_command(cmd);
        }
        let beginning = self.begin(&command(cmd), self.inner.get_db());
        if beginning.is_none() && !denylist::denying() {
            return self.inner.req_packed_command(cmd);
        }
        let carrier = self.carrier(Some(RESPONSE_TIMEOUT));
        let inner = &mut self.inner;
        Box::pin(call(carrier, beginning, |_| inner.req_packed_command(cmd)))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let shape = Shape::of(pipeline, offset, count);
        let Some(shape) = shape.filter(|_| !passes(&POINTS)) else {
            return self.inner.req_packed_commands(pipeline, offset, count);
        };
        let beginnings = self.begin_all(pipeline, self.inner.get_db());
        if beginnings.is_empty() {
            return self.inner.req_packed_commands(pipeline, offset, count);
        }
        let carrier = self.carrier(Some(RESPONSE_TIMEOUT));
        let inner = &mut self.inner;
        Box::pin(async move {
            let mut injections = Vec::with_capacity(beginnings.len());
            for beginning in beginnings {
                injections.push(decide(beginning).await);
            }
            pipeline::run(carrier, injections, &mut Async(inner), pipeline, shape).await
        })
    }

    fn get_db(&self) -> i64 {
        self.inner.get_db()
    }
}

/// Sends pipelines over a connection that does not block.
struct Async<'a, C>(&'a mut C);

impl<C: ConnectionLike + Send> Wire for Async<'_, C> {
    async fn send(
        &mut self,
        pipeline: &Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisResult<Vec<Value>> {
        let replies = self.0.req_packed_commands(pipeline, offset, count);
        replies.await
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
