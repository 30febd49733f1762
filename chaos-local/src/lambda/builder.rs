use std::ffi::{OsStr, OsString};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;

use super::environment::Identity;
use super::function::Function;
use super::invoker::Invoker;
use super::logs::Logs;
use super::process::Supervised;
use super::queue::Queue;
use super::runtime_api;
use crate::REGION;
use crate::server::Server;

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
    own_group: bool,
}

impl FunctionBuilder {
    pub(super) fn new(name: String) -> Self {
        Self {
            identity: Identity {
                name,
                version: "$LATEST".to_owned(),
                region: REGION.to_owned(),
                memory_mb: 128,
            },
            timeout: Duration::from_secs(3),
            init_timeout: Duration::from_secs(10),
            port: 0,
            env: Vec::new(),
            echo_logs: false,
            own_group: false,
        }
    }

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

    /// Whether the child gets a process group of its own, and is killed with all that it started:
    /// for a command that starts the function, as `cargo run` or a shell's script. Ctrl-C on the
    /// terminal then no longer reaches it. Not unless set; without groups, outside Unix, it changes
    /// nothing.
    pub fn own_group(mut self, own: bool) -> Self {
        self.own_group = own;
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
    /// The process that is started is the one that is killed: let it be the function itself, or
    /// ask for a [group of its own](Self::own_group) if a shell or a wrapper starts it.
    ///
    /// ```no_run
    /// # async fn example() -> std::io::Result<()> {
    /// let mut command = tokio::process::Command::new("target/debug/hello");
    /// command.arg("--verbose").current_dir("hello");
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
        let inherited = std::env::vars_os().map(|(name, _)| name);
        let runtime_api = function.runtime_api();
        self.identity
            .apply(&mut command, &runtime_api, &self.env, inherited);
        let program = command.as_std().get_program().to_owned();
        let child = Supervised::start(
            command,
            &function.invoker.queue,
            &function.logs,
            self.own_group,
            self.init_timeout,
        );
        function.child = Some(child.map_err(|error| {
            let program = program.display();
            let message = format!("cannot start {program}: {error}; build it, or correct its path");
            io::Error::new(error.kind(), message)
        })?);
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
            invoker: Invoker {
                arn: self.identity.arn(),
                version: self.identity.version.clone(),
                timeout: self.timeout,
                init_timeout: self.init_timeout,
                queue,
            },
            logs: Arc::new(Logs::new(self.echo_logs)),
            server,
            child: None,
        })
    }
}
