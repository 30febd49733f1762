use std::ffi::{OsStr, OsString};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::oneshot;

use super::environment::Identity;
use super::invocation::Invocation;
use super::logs::Logs;
use super::process::{self, Process};
use super::queue::{Queue, Waiting};
use super::reply::{InvokeError, Reply};
use super::runtime_api;
use crate::REGION;
use crate::server::{Server, Task};

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
    arn: String,
    timeout: Duration,
    init_timeout: Duration,
    queue: Arc<Queue>,
    logs: Arc<Logs>,
    server: Server,
    child: Option<Supervised>,
}

/// A child, which ends when this does, even if the whole process exits right after.
struct Supervised {
    process: Arc<Process>,
    supervisor: Mutex<Option<Task>>,
}

impl Function {
    /// A function of this name, with the defaults of Lambda.
    pub fn builder(name: impl Into<String>) -> FunctionBuilder {
        FunctionBuilder {
            identity: Identity {
                name: name.into(),
                version: "$LATEST".to_owned(),
                region: REGION.to_owned(),
                memory_mb: 128,
            },
            timeout: Duration::from_secs(3),
            init_timeout: Duration::from_secs(10),
            port: 0,
            env: Vec::new(),
            echo_logs: false,
        }
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
        let invocation = invocation.into();
        let headers = invocation.headers(&self.arn)?;
        let request_id = invocation.request_id;
        let (outcome, answer) = oneshot::channel();
        self.queue.add(Waiting {
            request_id: request_id.clone(),
            headers,
            payload: invocation.payload,
            timeout: invocation.timeout.unwrap_or(self.timeout),
            announced_deadline: invocation.announced_deadline,
            outcome,
        });
        self.wait_for_process(&request_id).await?;
        answer.await.unwrap_or(Err(InvokeError::Stopped))
    }

    /// Waits until a process has taken the invocation, or nobody will.
    async fn wait_for_process(&self, request_id: &str) -> Result<(), InvokeError> {
        // A child's own limit is the same, and tells more: give it the moment to do so.
        let patience = self.init_timeout + Duration::from_secs(1);
        let mut waited = Duration::ZERO;
        while tokio::time::timeout(patience, self.queue.handed_out(request_id))
            .await
            .is_err()
        {
            waited += patience;
            if self.queue.take_back(request_id) {
                return Err(InvokeError::NotPolled {
                    request_id: request_id.to_owned(),
                    waited,
                });
            }
        }
        Ok(())
    }

    /// Waits until the process has finished its init phase, which is when it first asks for an
    /// invocation. Not needed before [`invoke`](Self::invoke). An attached process is waited for
    /// without end.
    ///
    /// # Errors
    ///
    /// [`InvokeError::InitFailed`] if the child reported an error, ended or took too long.
    pub async fn ready(&self) -> Result<(), InvokeError> {
        self.queue.ready().await
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
        &self.arn
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
        self.child.as_ref()?.process.id()
    }

    /// How often the child was started again: after a timeout or an exit at work at once, after
    /// any other exit for the next invocation.
    pub fn restarts(&self) -> u32 {
        self.child
            .as_ref()
            .map_or(0, |child| child.process.restarts())
    }

    /// Kills the child, waits until it is gone, and closes the Runtime API. Invocations that are
    /// under way fail with [`InvokeError::Stopped`], as do later ones.
    ///
    /// Dropping a function does the same without waiting.
    pub async fn stop(&self) {
        self.queue.stop();
        if let Some(child) = &self.child {
            child.stop().await;
        }
        if let Err(error) = self.server.refuse().await {
            tracing::warn!(%error, "the port of the Runtime API is not reserved");
        }
    }
}

impl Supervised {
    async fn stop(&self) {
        let supervisor = self.take_supervisor();
        if let Some(supervisor) = supervisor {
            supervisor.end().await;
        }
        self.process.kill();
        if let Err(error) = self.process.wait().await {
            tracing::warn!(%error, "cannot wait for the function's process");
        }
    }

    fn take_supervisor(&self) -> Option<Task> {
        self.supervisor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.queue.stop();
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        // The supervisor first, or it might start another.
        drop(self.take_supervisor());
        self.process.kill();
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Function")
            .field("arn", &self.arn)
            .field("runtime_api", &self.address())
            .field("pid", &self.pid())
            .finish_non_exhaustive()
    }
}

/// What a [`Function`] is to be. Made by [`Function::builder`].
#[derive(Clone, Debug)]
#[must_use = "a function exists once it is started or attached to"]
pub struct FunctionBuilder {
    identity: Identity,
    timeout: Duration,
    init_timeout: Duration,
    port: u16,
    env: Vec<(OsString, OsString)>,
    echo_logs: bool,
}

impl FunctionBuilder {
    /// The time that each invocation has. 3 seconds unless set, as in Lambda.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The time that the process has until it asks for its first invocation. 10 seconds unless
    /// set, as in Lambda.
    pub fn init_timeout(mut self, timeout: Duration) -> Self {
        self.init_timeout = timeout;
        self
    }

    /// The memory that the function is told it has, in MB; 128 unless set. It is not enforced.
    pub fn memory_mb(mut self, megabytes: u32) -> Self {
        self.identity.memory_mb = megabytes;
        self
    }

    /// The function's version; `$LATEST` unless set.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.identity.version = version.into();
        self
    }

    /// The function's region; [`REGION`] unless set.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.identity.region = region.into();
        self
    }

    /// The port of the Runtime API on 127.0.0.1; one that the system picks unless set.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// An environment variable of the child; it wins over those that Lambda sets.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env
            .push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Environment variables of the child, such as
    /// [`ParameterStore::env`](crate::ParameterStore::env).
    pub fn envs<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        variables
            .into_iter()
            .fold(self, |builder, (name, value)| builder.env(name, value))
    }

    /// Whether the child's lines are also written to our standard error. Not unless set.
    pub fn echo_logs(mut self, echo: bool) -> Self {
        self.echo_logs = echo;
        self
    }

    /// Starts a program as the function's process. It takes no arguments; see
    /// [`start_command`](Self::start_command).
    ///
    /// # Errors
    ///
    /// If the program cannot be started or the port is taken.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start(self, program: impl AsRef<OsStr>) -> io::Result<Function> {
        self.start_command(Command::new(program)).await
    }

    /// Starts a command as the function's process.
    ///
    /// The environment is ours, less everything that begins with `AWS_`, `CHAOS_`, `FAILURE_` or
    /// `_X_AMZN_`, plus what Lambda sets, with credentials that are worth nothing. What the
    /// command sets itself stays, what [`env`](Self::env) sets wins. Standard output and error
    /// are read ([`Function::logs`]), standard input is closed.
    ///
    /// ```no_run
    /// # async fn example() -> std::io::Result<()> {
    /// let mut command = tokio::process::Command::new("strace");
    /// command.args(["-f", "target/debug/hello"]);
    /// let function = chaos_local::Function::builder("hello").start_command(command).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the program cannot be started or the port is taken.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    #[expect(clippy::unused_async, reason = "that it needs a runtime should show")]
    pub async fn start_command(self, command: impl Into<Command>) -> io::Result<Function> {
        let mut command = command.into();
        let mut function = self.listen()?;
        self.identity
            .apply(&mut command, &function.runtime_api(), &self.env);
        function.queue.process_starts();
        let process = Arc::new(Process::start(&mut command, &function.logs)?);
        let supervisor = Task::spawn(process::supervise(
            Arc::clone(&process),
            command,
            Arc::clone(&function.queue),
            Arc::clone(&function.logs),
            self.init_timeout,
        ));
        function.child = Some(Supervised {
            process,
            supervisor: Mutex::new(Some(supervisor)),
        });
        Ok(function)
    }

    /// Only listens: the process is somebody else's, and is never killed. An invocation past its
    /// deadline fails for the invoker; whatever the process answers later is taken and dropped.
    /// Variables set with [`env`](Self::env) are of no use here.
    ///
    /// ```no_run
    /// # async fn example() -> std::io::Result<()> {
    /// let function = chaos_local::Function::builder("hello").port(9001).attach().await?;
    /// println!("AWS_LAMBDA_RUNTIME_API={}", function.runtime_api());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the port is taken.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    #[expect(clippy::unused_async, reason = "that it needs a runtime should show")]
    pub async fn attach(self) -> io::Result<Function> {
        self.listen()
    }

    fn listen(&self) -> io::Result<Function> {
        let queue = Arc::new(Queue::default());
        let api = Arc::clone(&queue);
        let server = Server::start(self.port, move |request| {
            runtime_api::answer(Arc::clone(&api), request)
        })?;
        Ok(Function {
            arn: self.identity.arn(),
            timeout: self.timeout,
            init_timeout: self.init_timeout,
            queue,
            logs: Arc::new(Logs::new(self.echo_logs)),
            server,
            child: None,
        })
    }
}
