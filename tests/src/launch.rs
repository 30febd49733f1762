//! Starting a function as a process, with its document.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use chaos_local::{Function, FunctionBuilder, ParameterStore};
use serde_json::Value;
use tokio::process::Command;

use crate::{PARAMETER, Running};

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
        Self {
            command,
            // two cores may be busy with other tests
            function: Function::builder("tested")
                .timeout(Duration::from_secs(30))
                .init_timeout(Duration::from_secs(30)),
        }
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
