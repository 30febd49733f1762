use std::net::SocketAddr;
use std::sync::Arc;

use super::builder::FunctionBuilder;
use super::invocation::Invocation;
use super::invoker::Invoker;
use super::logs::Logs;
use super::process::Supervised;
use super::reply::{InvokeError, Reply};
use crate::server::Server;

/// A Lambda function on loopback: one Runtime API, and the process that speaks it.
///
/// Each function has a port of its own, so several run beside each other. The process is either
/// started here ([`FunctionBuilder::start`]) and ends with this value, or somebody else starts it
/// with `AWS_LAMBDA_RUNTIME_API` set to [`runtime_api`](Self::runtime_api)
/// ([`FunctionBuilder::attach`]).
///
/// Invocations are handed out in the order in which they came, one to each process that asks. A
/// process that asks several times at once, as `lambda_runtime`'s `run_concurrent` does, gets
/// several.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use chaos_local::Function;
/// use serde_json::json;
///
/// let function = Function::builder("hello").start("target/debug/hello").await?;
/// let reply = function.invoke(json!({"name": "Ada"})).await?;
/// assert_eq!(reply.payload()?, json!({"greeting": "Hello, Ada"}));
/// function.stop().await;
/// # Ok(())
/// # }
/// ```
pub struct Function {
    pub(super) invoker: Invoker,
    pub(super) logs: Arc<Logs>,
    pub(crate) server: Server,
    pub(super) child: Option<Supervised>,
}

impl Function {
    /// A function of this name, with the defaults of Lambda.
    pub fn builder(name: impl Into<String>) -> FunctionBuilder {
        FunctionBuilder::new(name.into())
    }

    /// Invokes the function and waits for what comes of it. Takes an event (`serde_json::Value`)
    /// or an [`Invocation`], which says more.
    ///
    /// The timeout counts from the moment when the process takes the invocation: a process that is
    /// still starting has its own limit (see [`FunctionBuilder::init_timeout`]), and one at work
    /// takes the invocation when it has finished. Nothing is undone if the returned future is
    /// dropped: an invocation that was taken runs to its end.
    ///
    /// # Errors
    ///
    /// [`InvokeError`] if the process did not answer. An error that the function itself reported
    /// is an answer: see [`Reply::payload`].
    pub async fn invoke(&self, invocation: impl Into<Invocation>) -> Result<Reply, InvokeError> {
        self.invoker.invoke(invocation.into()).await
    }

    pub(crate) fn invoker(&self) -> Invoker {
        self.invoker.clone()
    }

    /// Waits until the process has finished its init phase, which is when it first asks for an
    /// invocation. Not needed before [`invoke`](Self::invoke). An attached process is waited for
    /// without end.
    ///
    /// # Errors
    ///
    /// [`InvokeError::InitFailed`] if the child reported an error, ended or took too long.
    pub async fn ready(&self) -> Result<(), InvokeError> {
        self.invoker.queue.ready().await
    }

    /// Where the Runtime API listens, as `127.0.0.1:PORT`: the value of `AWS_LAMBDA_RUNTIME_API`
    /// for a process that somebody else starts.
    pub fn runtime_api(&self) -> String {
        self.address().to_string()
    }

    /// Where the Runtime API listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The function's ARN, which is in every invocation's headers.
    pub fn arn(&self) -> &str {
        &self.invoker.arn
    }

    /// The lines that the child wrote to its standard output and error so far, oldest first; the
    /// last 10,000. Nothing for an attached process.
    ///
    /// A line may arrive a moment after the reply of the invocation that wrote it: wait for it
    /// with [`find_log`](Self::find_log).
    pub fn logs(&self) -> Vec<String> {
        self.logs.lines()
    }

    /// Waits until there is a line for which `wanted` is true, and returns the first such line.
    /// Waits without end: put `tokio::time::timeout` around it.
    ///
    /// ```no_run
    /// # async fn example(function: chaos_local::Function) -> Result<(), tokio::time::error::Elapsed> {
    /// let line = function.find_log(|line| line.contains("cache is empty"));
    /// let line = tokio::time::timeout(std::time::Duration::from_secs(5), line).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn find_log(&self, wanted: impl FnMut(&str) -> bool) -> String {
        self.logs.find(wanted).await
    }

    /// Forgets the lines so far.
    pub fn clear_logs(&self) {
        self.logs.clear();
    }

    /// The child's process id. `None` for an attached process, and while no child runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref()?.process().id()
    }

    /// How often the child was started again: after a timeout or an exit at work at once, after
    /// any other exit for the next invocation.
    pub fn restarts(&self) -> u32 {
        self.child
            .as_ref()
            .map_or(0, |child| child.process().restarts())
    }

    /// Kills the child, waits until it is gone, and closes the Runtime API. Invocations that are
    /// under way fail with [`InvokeError::Stopped`], as do later ones.
    ///
    /// Dropping a function does the same without waiting.
    pub async fn stop(&self) {
        self.invoker.queue.stop();
        if let Some(child) = &self.child {
            child.stop().await;
        }
        self.server.refuse().await;
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.invoker.queue.stop();
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Function")
            .field("arn", &self.invoker.arn)
            .field("runtime_api", &self.address())
            .field("pid", &self.pid())
            .finish_non_exhaustive()
    }
}
