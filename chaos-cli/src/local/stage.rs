//! What runs: the function's process, a Parameter Store with its document, and the two doors
//! through which it is invoked.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use chaos_local::{Function, HttpApi, LambdaApi, ParameterStore};
use tokio::process::Command;

use crate::progress;
use crate::store::local::{Announced, Session};

/// The parameter that the document is in.
const PARAMETER: &str = "/chaos/local";
/// The document is read at the start of every invocation, so that each flip counts at once.
const CACHE_TTL: &str = "0";
/// A machine may be busy: rather wait for a document than go by the one before.
const FETCH_TIMEOUT_MS: &str = "5000";
/// How long a function that was built has to start.
const INIT_TIMEOUT: Duration = Duration::from_secs(30);
/// The same of a command, which may build it first.
const COMMAND_TIMEOUT: Duration = Duration::from_mins(15);
/// Where HTTP is served unless that is taken, or another port is asked for.
const PORT: u16 = 9000;
/// How many lines of a function that did not start are shown.
const LAST_LINES: usize = 15;

/// What is run.
#[derive(Debug)]
pub(crate) enum What {
    /// A function that was built.
    Program(PathBuf),
    /// A command that is one, or starts one.
    Command(Vec<OsString>),
}

/// How it is run.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) name: String,
    /// What it reads at first.
    pub(crate) document: String,
    pub(crate) port: Option<u16>,
    pub(crate) timeout: Duration,
    pub(crate) variables: Vec<(String, String)>,
}

/// Everything that runs, and ends with this value.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) name: String,
    pub(crate) http: HttpApi,
    pub(crate) lambda: LambdaApi,
    function: Function,
    _params: ParameterStore,
    _announced: Announced,
}

impl Stage {
    /// Starts everything on loopback, and does not wait for the function.
    pub(crate) async fn open(what: &What, settings: Settings) -> anyhow::Result<Self> {
        let Settings {
            name,
            document,
            port,
            timeout,
            variables,
        } = settings;
        let params = ParameterStore::start()
            .await
            .context("cannot listen on 127.0.0.1 for Parameter Store")?;
        params
            .put(PARAMETER, &document)
            .context("Parameter Store does not take the document")?;
        let lambda = LambdaApi::start()
            .await
            .context("cannot listen on 127.0.0.1 for Lambda's API")?;
        let (command, init_timeout) = what.command()?;
        let function = Function::builder(&name)
            .timeout(timeout)
            .init_timeout(init_timeout)
            .own_group(true)
            .echo_logs(true)
            .envs(params.env())
            .envs(lambda.env())
            .env("CHAOS_PARAM", PARAMETER)
            .env("CHAOS_CACHE_TTL", CACHE_TTL)
            .env("CHAOS_FETCH_TIMEOUT_MS", FETCH_TIMEOUT_MS)
            .envs(variables)
            .start_command(command)
            .await?;
        lambda.add(&function);
        let http = http(port, &function).await?;
        let session = Session {
            function: name.clone(),
            parameter_store: params.address(),
            parameter: PARAMETER.to_owned(),
        };
        Ok(Self {
            _announced: session.announce()?,
            name,
            http,
            lambda,
            function,
            _params: params,
        })
    }

    /// Waits until the function asks for its first invocation.
    pub(crate) async fn ready(&self) -> anyhow::Result<()> {
        progress::say(
            "Waiting",
            "for the function to ask for its first invocation",
        );
        let ready = self.function.ready().await;
        ready.map_err(|error| {
            let log = self.function.logs();
            let lines = &log[log.len().saturating_sub(LAST_LINES)..];
            let said = match lines {
                [] => "it logged nothing".to_owned(),
                lines => format!("the last lines of its log:\n  {}", lines.join("\n  ")),
            };
            anyhow!("{}: {error}\n{said}", self.name)
        })
    }

    /// Ends the function with all that it started, and waits until it is gone.
    pub(crate) async fn close(&self) {
        self.function.stop().await;
    }
}

impl What {
    fn command(&self) -> anyhow::Result<(Command, Duration)> {
        match self {
            Self::Program(program) => Ok((Command::new(program), INIT_TIMEOUT)),
            Self::Command(words) => {
                let (program, arguments) = words.split_first().context("there is no command")?;
                let mut command = Command::new(program);
                command.args(arguments);
                Ok((command, COMMAND_TIMEOUT))
            }
        }
    }
}

/// On the port that was asked for, or else on the usual one unless that is taken.
async fn http(port: Option<u16>, function: &Function) -> anyhow::Result<HttpApi> {
    let asked = port.unwrap_or(PORT);
    match HttpApi::start_on(asked, function).await {
        Err(error) if port.is_none() && error.kind() == io::ErrorKind::AddrInUse => {
            HttpApi::start(function).await
        }
        other => other,
    }
    .with_context(|| format!("cannot listen on 127.0.0.1:{asked}; name another port with --port"))
}
