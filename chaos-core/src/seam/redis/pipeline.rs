//! A pipeline under faults. Each of its commands is a point; what hits the connection hits all.

use std::future::Future;
use std::time::Duration;

use redis::{Pipeline, RedisError, RedisResult, Value};

use super::carrier::{Carrier, Outcome};
use super::errors::server_error;
use crate::engine::Injection;
use crate::plan::Phase;
use crate::seam::client::{Client as _, after, before, send, waits};

/// How the replies of a pipeline come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One for each command.
    Each,
    /// All in the reply to EXEC.
    Transaction,
}

impl Shape {
    /// That of a pipeline as the client sends it; `None` of anything else.
    pub(super) fn of(pipeline: &Pipeline, offset: usize, count: usize) -> Option<Self> {
        let commands = pipeline.len();
        match (pipeline.is_transaction(), offset, count) {
            (false, 0, count) if count == commands => Some(Self::Each),
            (true, offset, 1) if offset == commands + 1 => Some(Self::Transaction),
            _ => None,
        }
    }
}

/// What sends a pipeline.
pub(super) trait Wire {
    /// All of its commands; so many replies come after those that are skipped.
    fn send(
        &mut self,
        pipeline: &Pipeline,
        offset: usize,
        count: usize,
    ) -> impl Future<Output = RedisResult<Vec<Value>>> + Send;
}

/// A pipeline for one of whose commands there may be something to do: what fires at each.
pub(super) async fn run<W: Wire>(
    mut carrier: Carrier,
    injections: Vec<Option<Injection>>,
    wire: &mut W,
    pipeline: &Pipeline,
    shape: Shape,
) -> RedisResult<Vec<Value>> {
    let mut commands: Vec<Command> = injections.into_iter().map(Command::new).collect();
    if !wait(&mut carrier, &mut commands, Phase::Before).await {
        return carrier.late().map(|value| vec![value]);
    }
    for command in &mut commands {
        if let Some(injection) = &mut command.injection
            && let Some(answer) = before(&mut carrier, injection).await
        {
            command.answer = Some(answer?);
        }
    }
    let answered = commands.iter().any(|command| command.answer.is_some());
    if answered && shape == Shape::Transaction {
        return Err(aborted());
    }
    let outcome = if answered {
        let rest = without(pipeline, &commands);
        sent(&mut carrier, wire, &rest, Shape::Each).await
    } else {
        sent(&mut carrier, wire, pipeline, shape).await
    };
    match outcome {
        Err(error) => Err(failed(&mut carrier, &mut commands, error).await),
        Ok(replies) => settled(&mut carrier, &mut commands, replies, shape).await,
    }
}

/// One of its commands.
struct Command {
    injection: Option<Injection>,
    /// What is answered in the place of the server: the command is not sent then.
    answer: Option<Value>,
}

impl Command {
    fn new(injection: Option<Injection>) -> Self {
        Self {
            injection,
            answer: None,
        }
    }

    /// What is still to come once the pipeline was sent: after an answer that was injected, nothing.
    fn sent(&mut self) -> Option<&mut Injection> {
        let injection = self.injection.as_mut();
        injection.filter(|_| self.answer.is_none())
    }
}

/// Waits once for all commands, which are on their way together: as long as that one waits which
/// waits longest. Whether the client still waits for a reply then.
async fn wait(carrier: &mut Carrier, commands: &mut [Command], phase: Phase) -> bool {
    let sent = commands.iter_mut().filter_map(Command::sent);
    let waits_of = sent.map(|own| (whole(own, carrier.clone(), phase), own));
    match waits_of.max_by_key(|(wait, _)| *wait) {
        Some((longest, own)) if !longest.is_zero() => waits(carrier, own, longest).await,
        _ => true,
    }
}

/// How long a command waits, however many flags make it wait.
fn whole(injection: &mut Injection, mut own: Carrier, phase: Phase) -> Duration {
    let mut whole = Duration::ZERO;
    while let Some(wait) = injection.next_wait(phase, &own, whole) {
        own.patience().spend(wait);
        whole += wait;
    }
    whole
}

/// The commands that nothing was answered to.
fn without(pipeline: &Pipeline, commands: &[Command]) -> Pipeline {
    let mut rest = redis::pipe();
    for (cmd, command) in pipeline.cmd_iter().zip(commands) {
        if command.answer.is_none() {
            rest.add_command(cmd.clone());
        }
    }
    rest
}

async fn sent<W: Wire>(
    carrier: &mut Carrier,
    wire: &mut W,
    pipeline: &Pipeline,
    shape: Shape,
) -> RedisResult<Vec<Value>> {
    let commands = pipeline.len();
    if commands == 0 {
        return Ok(Vec::new());
    }
    let (offset, count) = match shape {
        Shape::Each => (0, commands),
        Shape::Transaction => (commands + 1, 1),
    };
    let replies = send(carrier, |_| async {
        let replies = wire.send(pipeline, offset, count).await;
        replies.map(Value::Array)
    });
    match replies.await? {
        Value::Array(replies) => Ok(replies),
        other => Ok(vec![other]),
    }
}

/// What comes after a pipeline that failed as a whole.
async fn failed(carrier: &mut Carrier, commands: &mut [Command], error: RedisError) -> RedisError {
    let mut last = error;
    if !wait(carrier, commands, Phase::After).await {
        return carrier.late().err().unwrap_or(last);
    }
    for injection in commands.iter_mut().filter_map(Command::sent) {
        let outcome: Outcome = after(carrier, injection, Err(last.clone())).await;
        if let Err(error) = outcome.and_then(Value::extract_error) {
            last = error;
        }
    }
    last
}

/// What comes after a pipeline that has its replies.
async fn settled(
    carrier: &mut Carrier,
    commands: &mut [Command],
    replies: Vec<Value>,
    shape: Shape,
) -> RedisResult<Vec<Value>> {
    if !wait(carrier, commands, Phase::After).await {
        return carrier.late().map(|value| vec![value]);
    }
    let asked = commands.iter().filter(|own| own.answer.is_none()).count();
    // The one reply to EXEC has them all, if it was not given up. Of any other number nobody knows
    // which is whose, so what comes after a command comes after all of it.
    let mut replies = match (shape, <[Value; 1]>::try_from(replies)) {
        (Shape::Transaction, Ok([Value::Array(inside)])) if inside.len() == asked => inside,
        (Shape::Each, Ok(one)) if asked == 1 => one.into(),
        (Shape::Each, Err(several)) if several.len() == asked => several,
        (_, Ok(other)) => return undivided(carrier, commands, other.into()).await,
        (_, Err(others)) => return undivided(carrier, commands, others).await,
    }
    .into_iter();
    let mut settled = Vec::with_capacity(commands.len());
    for command in commands {
        settled.push(match (command.answer.take(), &mut command.injection) {
            (Some(injected), _) => injected,
            (None, None) => replies.next().unwrap_or_default(),
            (None, Some(injection)) => {
                let own = replies.next().unwrap_or_default();
                after(carrier, injection, Ok(own)).await?
            }
        });
    }
    Ok(match shape {
        Shape::Each => settled,
        Shape::Transaction => vec![Value::Array(settled)],
    })
}

/// What comes after a pipeline whose commands have no replies of their own.
async fn undivided(
    carrier: &mut Carrier,
    commands: &mut [Command],
    replies: Vec<Value>,
) -> RedisResult<Vec<Value>> {
    let mut outcome: Outcome = Ok(Value::Array(replies));
    for injection in commands.iter_mut().filter_map(Command::sent) {
        outcome = after(carrier, injection, outcome).await;
    }
    Ok(match outcome? {
        Value::Array(replies) => replies,
        other => vec![other],
    })
}

/// What the client makes of a transaction one of whose commands was refused.
fn aborted() -> RedisError {
    let why = "Transaction discarded because of previous errors.";
    let refused = server_error("EXECABORT", why).and_then(Value::extract_error);
    refused.map_or_else(|error| error, |_| std::io::Error::other(why).into())
}
