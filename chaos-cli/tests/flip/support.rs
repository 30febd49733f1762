//! Runs the binary beside a Parameter Store, with a home of its own.

use std::path::Path;
use std::process::Stdio;

use chaos_local::{AppConfig, AppConfigAgent, ParameterStore};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

/// The parameter of these tests.
pub(crate) const NAME: &str = "/orders/chaos";

/// A Parameter Store, AppConfig with its agent, and a home without profiles.
pub(crate) struct Bench {
    pub(crate) params: ParameterStore,
    pub(crate) agent: AppConfigAgent,
    pub(crate) appconfig: AppConfig,
    pub(crate) home: TempDir,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let agent = AppConfigAgent::start().await.expect("a port");
        Self {
            params: ParameterStore::start().await.expect("a port"),
            appconfig: AppConfig::start(&agent).await.expect("a port"),
            agent,
            home: tempfile::tempdir().expect("a folder"),
        }
    }

    /// With a document in the parameter.
    pub(crate) async fn with(document: &str) -> Self {
        let bench = Self::new().await;
        bench.params.put(NAME, document).expect("a parameter");
        bench
    }

    /// The variables of a user's environment who works with this store.
    pub(crate) fn env(&self) -> Vec<(&'static str, String)> {
        let home = self.home.path().to_str().expect("UTF-8").to_owned();
        let mut env = self.params.env();
        env.extend(self.appconfig.env());
        for name in [
            "HOME",
            "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME",
            "XDG_RUNTIME_DIR",
        ] {
            env.push((name, home.clone()));
        }
        env
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-chaos"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_ours(name)) {
            command.env_remove(name);
        }
        command.envs(self.env()).kill_on_drop(true);
        command
    }

    /// Runs the command with these arguments, which are words with spaces between.
    pub(crate) async fn run(&self, arguments: &str) -> Ran {
        self.run_with(arguments, &[]).await
    }

    pub(crate) async fn run_with(&self, arguments: &str, env: &[(&str, &str)]) -> Ran {
        let mut command = self.command();
        command
            .args(arguments.split_whitespace())
            .envs(env.iter().copied())
            .stdin(Stdio::null());
        let output = command.output().await.expect("cargo-chaos starts");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ran {
            code: output.status.code().expect("an exit code"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// The same on the parameter, and it must succeed.
    pub(crate) async fn done(&self, arguments: &str) -> Ran {
        let ran = self.run(&format!("{arguments} --param {NAME}")).await;
        assert_eq!(ran.code, 0, "{ran:?}");
        ran
    }

    /// The same, and it must fail with this code.
    pub(crate) async fn fails(&self, code: i32, arguments: &str) -> Ran {
        let ran = self.run(&format!("{arguments} --param {NAME}")).await;
        assert_eq!(ran.code, code, "{ran:?}");
        assert_eq!(ran.stdout, "", "nothing was asked for");
        ran
    }

    /// The parameter's text.
    pub(crate) fn text(&self) -> String {
        self.params.get(NAME).expect("the parameter").value
    }

    pub(crate) fn document(&self) -> Value {
        serde_json::from_str(&self.text()).expect("JSON")
    }

    /// The names of the flags that are on.
    pub(crate) fn on(&self) -> Vec<String> {
        on(&self.document())
    }

    /// What was on in each version, the first one first.
    pub(crate) fn history(&self) -> Vec<String> {
        let last = self.params.get(NAME).expect("the parameter").version;
        let versions = (1..=last).filter_map(|version| {
            let text = self.params.get(&format!("{NAME}:{version}"))?.value;
            let document = serde_json::from_str(&text).ok()?;
            Some(format!("{version}: {}", on(&document).join(" ")))
        });
        versions.collect()
    }

    pub(crate) fn path(&self, name: &str) -> String {
        let path = self.home.path().join(name);
        path.to_str().expect("UTF-8").to_owned()
    }
}

/// What in the environment of a test would change what is tested.
pub(crate) fn is_ours(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    let prefixes = ["CHAOS_", "FAILURE_", "AWS_", "XDG_", "NO_COLOR", "CLICOLOR"];
    prefixes.iter().any(|prefix| name.starts_with(prefix))
}

/// The names of the flags that are on in a document, in order.
pub(crate) fn on(document: &Value) -> Vec<String> {
    let flags = document.as_object().expect("an object").iter();
    let mut on: Vec<String> = flags
        .filter(|(_, flag)| flag["enabled"] == true)
        .map(|(name, _)| name.clone())
        .collect();
    on.sort();
    on
}

pub(crate) fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).expect("a file")
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// What a person would see of both streams, and the exit code.
    pub(crate) fn shown(&self) -> String {
        let Self {
            code,
            stdout,
            stderr,
        } = self;
        format!("{stdout}--- standard error\n{stderr}--- exit code {code}\n")
    }
}

/// A snapshot of what is shown, whatever the time and the folder.
#[macro_export]
macro_rules! shown {
    ($ran:expr, $($snapshot:tt)*) => {
        let shown = $ran.shown();
        insta::with_settings!({filters => vec![
            (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "[time]"),
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]"),
            (r"in \d{5} d( \d+ h)?", "[in decades]"),
            (r"\d{4} d( \d+ h)? ago", "[years] ago"),
            (r"(less than 1|\d+) s ago", "[a moment] ago"),
            (r"/\S*/\.tmp\w+", "[home]"),
        ]}, {
            insta::assert_snapshot!(shown, $($snapshot)*);
        });
    };
}
