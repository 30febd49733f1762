//! The same for connections that block, which see commands as they are written.

use std::future::{Future, ready};

use redis::{Cmd, ConnectionLike, Pipeline, RedisResult, Value, cmd};

use super::command::{Command, POINTS, Words, command};
use super::connection::Instrumented;
use super::pipeline::{self, Shape, Wire};
use crate::fault::denylist;
use crate::seam::client::{block_on, passes, under};
use crate::seam::handler::decide_blocking;

impl<C: ConnectionLike> Instrumented<C> {
    /// A command, and how it is sent.
    fn ask<'a>(
        &mut self,
        command: &Command<'a, impl Words<'a>>,
        send: impl FnOnce(&mut C) -> RedisResult<Value>,
    ) -> RedisResult<Value> {
        let beginning = self.begin(command, self.inner.get_db());
        if beginning.is_none() && !denylist::denying() {
            return send(&mut self.inner);
        }
        let injection = beginning.and_then(|beginning| decide_blocking(*beginning, false));
        let carrier = self.carrier(None).blocking();
        let inner = &mut self.inner;
        block_on(under(carrier, injection, |_| async { send(inner) }))
    }
}

impl<C: ConnectionLike> ConnectionLike for Instrumented<C> {
    fn req_packed_command(&mut self, packed: &[u8]) -> RedisResult<Value> {
        if passes(&POINTS) {
            return self.inner.req_packed_command(packed);
        }
        match unpacked(packed).as_deref() {
            Some([words]) => {
                let command = Command::from_args(words.iter().copied());
                self.ask(&command, |inner| inner.req_packed_command(packed))
            }
            _ => self.inner.req_packed_command(packed),
        }
    }

    fn req_command(&mut self, cmd: &Cmd) -> RedisResult<Value> {
        if passes(&POINTS) {
            return self.inner.req_command(cmd);
        }
        self.ask(&command(cmd), |inner| inner.req_command(cmd))
    }

    fn req_packed_commands(
        &mut self,
        packed: &[u8],
        offset: usize,
        count: usize,
    ) -> RedisResult<Vec<Value>> {
        let pipeline = if passes(&POINTS) {
            None
        } else {
            as_pipeline(packed, offset, count)
        };
        let Some((pipeline, shape)) = pipeline else {
            return self.inner.req_packed_commands(packed, offset, count);
        };
        let beginnings = self.begin_all(&pipeline, self.inner.get_db());
        if beginnings.is_empty() {
            return self.inner.req_packed_commands(packed, offset, count);
        }
        let decided = beginnings
            .into_iter()
            .map(|beginning| beginning.and_then(|beginning| decide_blocking(*beginning, false)));
        let injections = decided.collect();
        let carrier = self.carrier(None).blocking();
        let mut wire = Blocking(&mut self.inner);
        block_on(pipeline::run(
            carrier, injections, &mut wire, &pipeline, shape,
        ))
    }

    fn get_db(&self) -> i64 {
        self.inner.get_db()
    }

    fn supports_pipelining(&self) -> bool {
        self.inner.supports_pipelining()
    }

    fn check_connection(&mut self) -> bool {
        self.inner.check_connection()
    }

    fn is_open(&self) -> bool {
        self.inner.is_open()
    }
}

/// Sends pipelines over a connection that blocks.
struct Blocking<'a, C>(&'a mut C);

impl<C: ConnectionLike> Wire for Blocking<'_, C> {
    fn send(
        &mut self,
        pipeline: &Pipeline,
        offset: usize,
        count: usize,
    ) -> impl Future<Output = RedisResult<Vec<Value>>> + Send {
        let packed = pipeline.get_packed_pipeline();
        ready(self.0.req_packed_commands(&packed, offset, count))
    }
}

/// The pipeline that was packed, if it is one as the client sends it.
fn as_pipeline(packed: &[u8], offset: usize, count: usize) -> Option<(Pipeline, Shape)> {
    let mut commands = unpacked(packed)?;
    let mut pipeline = redis::pipe();
    // MULTI and EXEC are the client's own, and are put round it again.
    if offset > 0 {
        pipeline.atomic();
        commands.pop().filter(|words| **words == [b"EXEC"])?;
        let first = commands.first().filter(|words| **words == [b"MULTI"]);
        first?;
        commands.remove(0);
    }
    for words in commands {
        let (name, args) = words.split_first()?;
        let mut command = cmd(std::str::from_utf8(name).ok()?);
        command.arg(args);
        pipeline.add_command(command);
    }
    let shape = Shape::of(&pipeline, offset, count)?;
    Some((pipeline, shape))
}

/// The words of each command, as the client packs them: `*2\r\n$3\r\nGET\r\n$1\r\nk\r\n`.
fn unpacked(mut packed: &[u8]) -> Option<Vec<Vec<&[u8]>>> {
    let mut commands = Vec::new();
    while !packed.is_empty() {
        let words = (0..number(&mut packed, b'*')?).map(|_| {
            let length = number(&mut packed, b'$')?;
            let (word, rest) = packed.split_at_checked(length)?;
            packed = rest.strip_prefix(b"\r\n")?;
            Some(word)
        });
        commands.push(words.collect::<Option<_>>()?);
    }
    Some(commands)
}

/// The number behind a mark, at the end of a line.
fn number(packed: &mut &[u8], mark: u8) -> Option<usize> {
    let line = packed.strip_prefix(&[mark])?;
    let end = line.iter().position(|byte| *byte == b'\r')?;
    let number = std::str::from_utf8(&line[..end]).ok()?.parse().ok()?;
    *packed = line[end..].strip_prefix(b"\r\n")?;
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_packs_is_unpacked() {
        let mut get = cmd("GET");
        get.arg("user:1").arg(&b"\r\n$\xff"[..]);
        let packed = get.get_packed_command();
        let expected: [&[u8]; 3] = [b"GET", b"user:1", b"\r\n$\xff"];
        assert_eq!(unpacked(&packed).unwrap(), [expected]);
        for broken in [
            &packed[1..],
            &packed[..packed.len() - 3],
            b"*1\r\n",
            b"*x\r\n",
            b"+OK\r\n",
        ] {
            assert!(unpacked(broken).is_none(), "{broken:?}");
        }
    }

    #[test]
    fn a_pipeline_is_packed_again_as_it_was() {
        for atomic in [false, true] {
            let mut pipeline = redis::pipe();
            pipeline.cmd("SET").arg("a").arg(1).cmd("GET").arg("a");
            let (mut offset, mut count) = (0, 2);
            if atomic {
                pipeline.atomic();
                (offset, count) = (3, 1);
            }
            let packed = pipeline.get_packed_pipeline();
            let (again, _) = as_pipeline(&packed, offset, count).unwrap();
            assert_eq!(again.get_packed_pipeline(), packed);
            assert!(as_pipeline(&packed, offset + 1, count).is_none());
        }
    }
}
