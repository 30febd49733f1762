//! What the tour is given on: a Parameter Store, and the function as a process of its own.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::retry::RetryConfig;
use aws_sdk_ssm::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_ssm::error::DisplayErrorContext;
use aws_sdk_ssm::types::ParameterType;
use chaos_local::{Function, InvokeError, ParameterStore, REGION};
use serde_json::Value;
use tokio::process::Command;

use super::log::Line;
use super::outcome::Outcome;
use super::row::Call;
use crate::progress;

/// The parameter that the document is in.
pub(crate) const PARAMETER: &str = "/chaos/tour";

/// The document is read at the start of every invocation, so that each flip counts at once.
const CACHE_TTL: &str = "0";
/// A machine may be busy: rather wait for a document than judge by the one before.
const FETCH_TIMEOUT_MS: &str = "5000";
const TIMEOUT: Duration = Duration::from_secs(20);
const INIT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a line of the log may take to arrive after the reply.
const LOG_PATIENCE: Duration = Duration::from_secs(2);
/// What may follow it.
const LOG_REST: Duration = Duration::from_millis(100);
/// How many lines of a function that did not start are shown.
const LAST_LINES: usize = 15;

/// Everything that runs, and ends with this value.
#[derive(Debug)]
pub(crate) struct Stage {
    name: String,
    ssm: Client,
    function: Function,
    _params: ParameterStore,
}

impl Stage {
    /// Starts everything on loopback, on ports that the system picks, and waits until the
    /// function is ready.
    pub(crate) async fn open(name: &str, program: &Path) -> anyhow::Result<Self> {
        let params = ParameterStore::start()
            .await
            .context("cannot listen on 127.0.0.1 for Parameter Store")?;
        progress::say(
            "Starting",
            &format!("Parameter Store on {}", params.endpoint()),
        );
        let function = Function::builder(name)
            .timeout(TIMEOUT)
            .init_timeout(INIT_TIMEOUT)
            .envs(params.env())
            .env("CHAOS_PARAM", PARAMETER)
            .env("CHAOS_CACHE_TTL", CACHE_TTL)
            .env("CHAOS_FETCH_TIMEOUT_MS", FETCH_TIMEOUT_MS)
            // Its log is read by us, not by people.
            .env("NO_COLOR", "1")
            .start_command(alone(program))
            .await?;
        progress::say(
            "Starting",
            &format!(
                "{name}, its Runtime API on http://{}",
                function.runtime_api()
            ),
        );
        progress::say("Waiting", "for it to ask for its first invocation");
        if let Err(error) = function.ready().await {
            return Err(did_not_start(name, &error, &function.logs()));
        }
        Ok(Self {
            name: name.to_owned(),
            ssm: client(params.endpoint()),
            function,
            _params: params,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Puts a document into the parameter, as `aws ssm put-parameter --overwrite` does.
    pub(crate) async fn put(&self, document: &str) -> anyhow::Result<()> {
        self.ssm
            .put_parameter()
            .name(PARAMETER)
            .value(document)
            .r#type(ParameterType::String)
            .overwrite(true)
            .send()
            .await
            .map_err(|error| anyhow!("PutParameter failed: {}", DisplayErrorContext(error)))?;
        Ok(())
    }

    pub(crate) async fn invoke(&self, event: &Value) -> Call {
        let begun = std::time::Instant::now();
        let answer = self.function.invoke(event.clone()).await;
        Call {
            outcome: Outcome::of(answer.as_ref()),
            took: answer.map_or_else(|_| begun.elapsed(), |reply| reply.duration),
        }
    }

    pub(crate) fn forget_log(&self) {
        self.function.clear_logs();
    }

    /// What chaos wrote to the function's log since it was forgotten. Waits a little for the
    /// first line that is wanted, and for what follows it.
    pub(crate) async fn log(&self, wanted: impl Fn(&Line) -> bool) -> Vec<Line> {
        let first = self
            .function
            .find_log(|line| Line::read(line).is_some_and(|line| wanted(&line)));
        let _ = tokio::time::timeout(LOG_PATIENCE, first).await;
        tokio::time::sleep(LOG_REST).await;
        let lines = self.function.logs();
        lines.iter().filter_map(|line| Line::read(line)).collect()
    }

    /// The last lines of the function's log, to be shown.
    pub(crate) fn last_lines(&self) -> String {
        quoted(&self.function.logs())
    }

    /// Ends the function's process and waits until it is gone.
    pub(crate) async fn close(&self) {
        self.function.stop().await;
    }
}

/// A terminal's Ctrl-C is for us, and we end the function: it should not fail a step before that.
fn alone(program: &Path) -> Command {
    let mut command = Command::new(program);
    #[cfg(unix)]
    command.process_group(0);
    command
}

/// A real client of SSM. Loopback needs no TLS, and the SDK's own HTTPS client is switched off.
fn client(endpoint: String) -> Client {
    let config = aws_sdk_ssm::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new(
            "tour",
            "tour",
            None,
            None,
            "cargo chaos tour",
        ))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(RetryConfig::standard())
        .build();
    Client::from_conf(config)
}

fn did_not_start(name: &str, error: &InvokeError, log: &[String]) -> anyhow::Error {
    anyhow!("{name}: {error}{}", quoted(log))
}

/// The last lines of a log, indented under what was said before.
fn quoted(log: &[String]) -> String {
    if log.is_empty() {
        return "\nit logged nothing".to_owned();
    }
    let skipped = log.len().saturating_sub(LAST_LINES);
    let mut text = "\nthe last lines of its log:".to_owned();
    for line in &log[skipped..] {
        let _ = write!(text, "\n  {line}");
    }
    text
}
