//! The environment variables of a function's process.

use std::collections::HashSet;
use std::ffi::OsString;

use tokio::process::Command;

use crate::{ACCESS_KEY_ID, ACCOUNT_ID, SECRET_ACCESS_KEY, SESSION_TOKEN};

/// What the function is, as its environment shows it.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) region: String,
    pub(crate) memory_mb: u32,
}

impl Identity {
    pub(crate) fn arn(&self) -> String {
        let Self { name, region, .. } = self;
        format!("arn:aws:lambda:{region}:{ACCOUNT_ID}:function:{name}")
    }

    /// What Lambda sets. The credentials are no credentials, and the files that could hold real
    /// ones are out of sight, so that nothing leaves the machine by mistake.
    fn variables(&self, runtime_api: &str) -> Vec<(&'static str, String)> {
        let Self {
            name,
            version,
            region,
            memory_mb,
        } = self;
        let nowhere = if cfg!(windows) { "NUL" } else { "/dev/null" };
        vec![
            ("AWS_LAMBDA_RUNTIME_API", runtime_api.to_owned()),
            ("AWS_LAMBDA_FUNCTION_NAME", name.clone()),
            ("AWS_LAMBDA_FUNCTION_VERSION", version.clone()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory_mb.to_string()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
            (
                "AWS_LAMBDA_LOG_STREAM_NAME",
                format!("chaos-local/[{version}]"),
            ),
            ("AWS_REGION", region.clone()),
            ("AWS_DEFAULT_REGION", region.clone()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY.to_owned()),
            ("AWS_SESSION_TOKEN", SESSION_TOKEN.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_CONFIG_FILE", nowhere.to_owned()),
            ("AWS_SHARED_CREDENTIALS_FILE", nowhere.to_owned()),
            ("_HANDLER", "bootstrap".to_owned()),
            ("TZ", ":UTC".to_owned()),
        ]
    }

    /// Sets what Lambda sets and what the user asked for. Variables of AWS and of chaos that we
    /// inherited are hidden; those that the command sets itself stay as they are.
    pub(crate) fn apply(
        &self,
        command: &mut Command,
        runtime_api: &str,
        asked: &[(OsString, OsString)],
        inherited: impl Iterator<Item = OsString>,
    ) {
        let own: HashSet<OsString> = command
            .as_std()
            .get_envs()
            .map(|(name, _)| name.to_owned())
            .collect();
        for name in inherited {
            if is_hidden(&name.to_string_lossy()) && !own.contains(&name) {
                command.env_remove(name);
            }
        }
        for (name, value) in self.variables(runtime_api) {
            if name == "AWS_LAMBDA_RUNTIME_API" || !own.contains(&OsString::from(name)) {
                command.env(name, value);
            }
        }
        command.envs(asked.iter().map(|(name, value)| (name, value)));
    }
}

fn is_hidden(name: &str) -> bool {
    ["AWS_", "CHAOS_", "FAILURE_", "_X_AMZN_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::ffi::{OsStr, OsString};

    use tokio::process::Command;

    use super::Identity;

    #[test]
    fn who_wins_over_whom() {
        let identity = Identity {
            name: "f".to_owned(),
            version: "1".to_owned(),
            region: "us-east-1".to_owned(),
            memory_mb: 128,
        };
        let inherited = [
            "PATH",
            "AWS_PROFILE",
            "AWS_REGION",
            "CHAOS_CONFIG",
            "CHAOS_ALLOW",
            "FAILURE_X",
        ];
        let mut command = Command::new("f");
        command
            .env("CHAOS_CONFIG", "of the command")
            .env("AWS_LAMBDA_RUNTIME_API", "elsewhere");
        let asked = [
            ("CHAOS_ALLOW".into(), "asked for".into()),
            ("TZ".into(), "asked for".into()),
        ];
        identity.apply(
            &mut command,
            "127.0.0.1:9",
            &asked,
            inherited.map(OsString::from).into_iter(),
        );

        let set: HashMap<&OsStr, Option<&OsStr>> = command.as_std().get_envs().collect();
        let value = |name: &str| {
            set.get(OsStr::new(name))
                .map(|value| value.and_then(OsStr::to_str))
        };
        assert_eq!(value("PATH"), None, "left as it is");
        for hidden in ["AWS_PROFILE", "FAILURE_X"] {
            assert_eq!(value(hidden), Some(None), "{hidden}");
        }
        for (name, expected) in [
            ("AWS_REGION", "us-east-1"),
            ("CHAOS_CONFIG", "of the command"),
            ("CHAOS_ALLOW", "asked for"),
            ("TZ", "asked for"),
            ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9"),
        ] {
            assert_eq!(value(name), Some(Some(expected)), "{name}");
        }
    }
}
