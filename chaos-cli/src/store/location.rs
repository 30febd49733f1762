//! Where a document is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::local::Session;
use chaos_core::source::Named;
use serde::{Deserialize, Serialize};

/// Where a document is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// The document itself, in the environment.
    Given(String),
    File(PathBuf),
    Parameter(String),
    AppConfig(AppConfigName),
    Local(Session),
}

impl Location {
    /// What the environment names, by the library's own rules.
    pub(super) fn from_env(
        env: &dyn Fn(&str) -> Option<String>,
        warnings: &mut Vec<String>,
    ) -> Option<Self> {
        let location = match Named::from_env(env, warnings)? {
            Named::Document(document) => Self::Given(document),
            Named::File(path) => Self::File(path.into()),
            Named::Parameter(name) => Self::Parameter(name),
            Named::AppConfig {
                application,
                environment,
                configuration,
                ..
            } => Self::AppConfig(AppConfigName {
                application,
                environment,
                profile: configuration,
            }),
            // nothing that this command could reach
            _ => return None,
        };
        Some(location)
    }
}

/// A configuration in `AppConfig`: names or ids of its application, environment and profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct AppConfigName {
    pub(crate) application: String,
    pub(crate) environment: String,
    pub(crate) profile: String,
}

impl FromStr for AppConfigName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split('/').collect();
        match parts[..] {
            [application, environment, profile]
                if parts.iter().all(|part| !part.trim().is_empty()) =>
            {
                Ok(Self {
                    application: application.to_owned(),
                    environment: environment.to_owned(),
                    profile: profile.to_owned(),
                })
            }
            _ => Err(
                "write three names or ids with slashes between, as orders/production/chaos"
                    .to_owned(),
            ),
        }
    }
}

impl TryFrom<String> for AppConfigName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AppConfigName> for String {
    fn from(name: AppConfigName) -> Self {
        name.to_string()
    }
}

impl fmt::Display for AppConfigName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            application,
            environment,
            profile,
        } = self;
        write!(f, "{application}/{environment}/{profile}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_parts_name_a_configuration() {
        let name: AppConfigName = "orders/production/chaos".parse().unwrap();
        assert_eq!(name.profile, "chaos");
        assert_eq!(name.to_string(), "orders/production/chaos");
        for text in ["", "orders", "orders/production", "a//c", "a/b/c/d"] {
            assert!(text.parse::<AppConfigName>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_librarys_variables_name_places_here_too() {
        let located = |vars: &[(&str, &str)]| {
            let env = |name: &str| {
                let var = vars.iter().find(|(key, _)| *key == name);
                var.map(|(_, value)| (*value).to_owned())
            };
            Location::from_env(&env, &mut Vec::new())
        };
        assert_eq!(
            located(&[("FAILURE_INJECTION_PARAM", "/a")]),
            Some(Location::Parameter("/a".to_owned()))
        );
        assert_eq!(
            located(&[("CHAOS_PARAM", "/a"), ("CHAOS_CONFIG_FILE", "/b")]),
            Some(Location::File("/b".into()))
        );
        let appconfig = located(&[
            ("CHAOS_APPCONFIG_APPLICATION", "a"),
            ("CHAOS_APPCONFIG_ENVIRONMENT", "e"),
            ("FAILURE_APPCONFIG_CONFIGURATION", "c"),
        ]);
        assert_eq!(
            appconfig,
            Some(Location::AppConfig("a/e/c".parse().unwrap()))
        );
        assert_eq!(located(&[]), None);
    }
}
