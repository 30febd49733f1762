//! Starting a function as a process, with its document.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use chaos_local::{Function, FunctionBuilder, ParameterStore};
use serde_json::Value;
use tokio::process::Command;

use crate::{PARAMETER, Running};

/// How long a fetch may hold up a request in tests that are not about that: on a busy machine it may
/// take longer than users would wait for it.
const FETCH_TIMEOUT: Duration = Duration::from_secs(20);

/// A function that is about to be started.
#[derive(Debug)]
#[must_use = "it is started by `start`"]
pub struct Launch {
    command: Command,
    function: FunctionBuilder,
}

impl Launch {
    /// Of this program.
    pub fn of(program: impl AsRef<OsStr>) -> Self {
        Self::of_command(Command::new(program))
    }

    /// Of a command that becomes the function without starting another process.
    pub fn of_command(command: Command) -> Self {
        // two cores may be busy with other tests
        let function = Function::builder("tested")
            .timeout(Duration::from_secs(30))
            .init_timeout(Duration::from_secs(30));
        Self { command, function }.fetch_timeout(Some(FETCH_TIMEOUT))
    }

    /// With another time for which a fetch may hold up a request; `None` is the default.
    pub fn fetch_timeout(self, timeout: Option<Duration>) -> Self {
        let ms = timeout.map(|timeout| timeout.as_millis().to_string());
        // an empty variable counts as unset
        self.env("CHAOS_FETCH_TIMEOUT_MS", ms.unwrap_or_default())
    }

    /// With an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.function = self.function.env(name, value);
        self
    }

    /// With its document in `CHAOS_CONFIG`.
    pub fn document(self, document: &Value) -> Self {
        self.env("CHAOS_CONFIG", document.to_string())
    }

    /// With its document in a file, which is read again after a second.
    pub fn file(self, path: &Path) -> Self {
        self.env("CHAOS_CONFIG_FILE", path)
    }

    /// With its document in [`PARAMETER`], cached for one second.
    pub fn parameter(mut self, params: &ParameterStore) -> Self {
        self.function = self.function.envs(params.env());
        self.env("CHAOS_PARAM", PARAMETER)
            .env("CHAOS_CACHE_TTL", "1")
    }

    /// With `chaos_core::init()` in `main`, which the test function leaves out otherwise.
    pub fn with_init(self) -> Self {
        self.env("TEST_INIT", "1")
    }

    /// Starts the process and waits until it asks for its first invocation.
    ///
    /// # Panics
    ///
    /// If that does not come to pass.
    pub async fn start(self) -> Running {
        let started = self.function.start_command(self.command).await;
        let running = Running::new(started.expect("the function can be started"));
        if let Err(error) = running.function.ready().await {
            panic!("the function is not ready: {error}\n{}", running.story());
        }
        running
    }
}
