//! Applications, environments, profiles and what was deployed.

use std::time::SystemTime;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::deployment::{Record, Strategy};
use crate::ssm::ServiceError;

/// The type of a profile of feature flags.
pub(super) const FEATURE_FLAGS: &str = "AWS.AppConfig.FeatureFlags";

/// The most bytes of a hosted configuration.
const LARGEST: usize = 1024 * 1024;

#[derive(Debug)]
pub(super) struct Store {
    pub(super) applications: Vec<Application>,
    pub(super) strategies: Vec<Strategy>,
    ids: u64,
}

#[derive(Debug)]
pub(super) struct Application {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) environments: Vec<Environment>,
    pub(super) profiles: Vec<Profile>,
}

#[derive(Debug)]
pub(super) struct Environment {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) deployments: Vec<Record>,
}

#[derive(Debug)]
pub(super) struct Profile {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) location: String,
    pub(super) versions: Vec<Hosted>,
}

/// One version of a hosted configuration.
#[derive(Clone, Debug)]
pub(super) struct Hosted {
    pub(super) number: u64,
    pub(super) content: Bytes,
    pub(super) content_type: String,
    pub(super) description: Option<String>,
    pub(super) label: Option<String>,
}

/// What is deployed, and how.
#[derive(Debug)]
pub(super) struct Start<'a> {
    pub(super) application: &'a str,
    pub(super) environment: &'a str,
    pub(super) profile: &'a str,
    pub(super) version: &'a str,
    pub(super) strategy: &'a str,
    pub(super) description: Option<String>,
    pub(super) latest: Option<u64>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            applications: Vec::new(),
            strategies: Strategy::predefined(),
            ids: 0,
        }
    }
}

impl Store {
    /// Seven letters and digits, as the service's ids are, and each another one.
    pub(super) fn id(&mut self) -> String {
        const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        const LENGTH: u32 = 7;
        let all = 36_u64.pow(LENGTH);
        self.ids += 1;
        // The factor has no divisor in common with 36, so that no id comes twice.
        let mut rest = self.ids.wrapping_mul(15_485_863) % all;
        (0..LENGTH)
            .map(|_| {
                let letter = ALPHABET[usize::try_from(rest % 36).unwrap_or_default()];
                rest /= 36;
                char::from(letter)
            })
            .collect()
    }

    pub(super) fn application(&mut self, id: &str) -> Result<&mut Application, ServiceError> {
        let found = self.applications.iter_mut().find(|one| one.id == id);
        found.ok_or_else(|| missing("Application", id))
    }

    pub(super) fn strategy(&self, id: &str) -> Result<&Strategy, ServiceError> {
        let found = self.strategies.iter().find(|one| one.id == id);
        found.ok_or_else(|| missing("DeploymentStrategy", id))
    }

    pub(super) fn start(&mut self, start: Start<'_>) -> Result<&Record, ServiceError> {
        let strategy = self.strategy(start.strategy)?.clone();
        let application = self.application(start.application)?;
        let profile = application.profile(start.profile)?;
        let (id, name) = (profile.id.clone(), profile.name.clone());
        let version = profile.version(start.version)?.number;
        let environment = application.environment(start.environment)?;
        let last = environment.deployments.last();
        let number = last.map_or(0, |last| last.number);
        if start.latest.is_some_and(|latest| latest != number) {
            return Err(conflict(format!(
                "The latest deployment number is {number}, and not the one that was given."
            )));
        }
        if let Some(last) = last.filter(|last| last.state().is_under_way()) {
            return Err(conflict(format!(
                "Deployment number {} is in the state {}. An environment takes one deployment at a \
                 time.",
                last.number,
                last.state().word()
            )));
        }
        environment.deployments.push(Record {
            number: number + 1,
            profile: id,
            profile_name: name,
            version,
            strategy,
            description: start.description,
            began: Instant::now(),
            began_at: SystemTime::now(),
            stopped: None,
        });
        Ok(&environment.deployments[environment.deployments.len() - 1])
    }

    /// What a function gets that asks for a configuration by names or ids.
    pub(super) fn served(
        &self,
        [application, environment, profile]: &[String; 3],
    ) -> Option<(u64, String)> {
        let is = |id: &str, name: &str, wanted: &str| id == wanted || name == wanted;
        let mut applications = self.applications.iter();
        let application = applications.find(|one| is(&one.id, &one.name, application))?;
        let mut environments = application.environments.iter();
        let environment = environments.find(|one| is(&one.id, &one.name, environment))?;
        let mut profiles = application.profiles.iter();
        let profile = profiles.find(|one| is(&one.id, &one.name, profile))?;
        let mut deployments = environment.deployments.iter().rev();
        let deployment =
            deployments.find(|one| one.profile == profile.id && one.state().has_arrived())?;
        let mut versions = profile.versions.iter();
        let version = versions.find(|version| version.number == deployment.version)?;
        let text = String::from_utf8_lossy(&version.content).into_owned();
        let text = if profile.kind == FEATURE_FLAGS {
            flags(&text)
        } else {
            text
        };
        Some((version.number, text))
    }
}

/// What the agent makes of feature flags: of each its attributes, or that it is off.
fn flags(hosted: &str) -> String {
    let hosted: Value = serde_json::from_str(hosted).unwrap_or_default();
    let values = hosted["values"].as_object().cloned().unwrap_or_default();
    let flags: Map<String, Value> = values
        .into_iter()
        .map(|(name, mut flag)| {
            if flag["enabled"] != true {
                flag = json!({ "enabled": false });
            } else if let Some(attributes) = flag.as_object_mut() {
                attributes.retain(|key, _| !key.starts_with('_'));
            }
            (name, flag)
        })
        .collect();
    Value::Object(flags).to_string()
}

impl Application {
    pub(super) fn environment(&mut self, id: &str) -> Result<&mut Environment, ServiceError> {
        let found = self.environments.iter_mut().find(|one| one.id == id);
        found.ok_or_else(|| missing("Environment", id))
    }

    pub(super) fn profile(&mut self, id: &str) -> Result<&mut Profile, ServiceError> {
        let found = self.profiles.iter_mut().find(|one| one.id == id);
        found.ok_or_else(|| missing("ConfigurationProfile", id))
    }
}

impl Environment {
    pub(super) fn deployment(&mut self, number: &str) -> Result<&mut Record, ServiceError> {
        let mut deployments = self.deployments.iter_mut();
        let found = deployments.find(|one| one.number.to_string() == number);
        found.ok_or_else(|| missing("Deployment", number))
    }

    /// Stops one that is under way; what was in force before is again.
    pub(super) fn stop(&mut self, number: &str) -> Result<&Record, ServiceError> {
        let deployment = self.deployment(number)?;
        let state = deployment.state();
        if deployment.stopped.is_some() || !state.is_under_way() {
            return Err(bad_request(format!(
                "Deployment number {number} is in the state {} and cannot be stopped.",
                state.word()
            )));
        }
        deployment.stopped = Some(Instant::now());
        Ok(deployment)
    }
}

impl Profile {
    /// By its number or its label.
    pub(super) fn version(&self, wanted: &str) -> Result<&Hosted, ServiceError> {
        let found = self.versions.iter().find(|version| {
            version.number.to_string() == wanted || version.label.as_deref() == Some(wanted)
        });
        found.ok_or_else(|| missing("HostedConfigurationVersion", wanted))
    }

    /// Adds a version. `latest` is the number that the last one has as far as the caller knows.
    pub(super) fn add(
        &mut self,
        mut hosted: Hosted,
        latest: Option<u64>,
    ) -> Result<&Hosted, ServiceError> {
        let last = self.versions.last().map_or(0, |version| version.number);
        if latest.is_some_and(|latest| latest != last) {
            return Err(conflict(format!(
                "The latest version number is {last}, and not the one that was given."
            )));
        }
        if hosted.content.len() > LARGEST {
            return Err(ServiceError {
                code: "PayloadTooLargeException",
                message: format!("The content has more than {LARGEST} bytes."),
                status: 413,
            });
        }
        hosted.number = last + 1;
        self.versions.push(hosted);
        Ok(&self.versions[self.versions.len() - 1])
    }
}

fn missing(what: &str, id: &str) -> ServiceError {
    ServiceError {
        code: "ResourceNotFoundException",
        message: format!("{what} {id} could not be found."),
        status: 404,
    }
}

fn conflict(message: String) -> ServiceError {
    ServiceError {
        code: "ConflictException",
        message,
        status: 409,
    }
}

pub(super) fn bad_request(message: impl Into<String>) -> ServiceError {
    ServiceError {
        code: "BadRequestException",
        message: message.into(),
        status: 400,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_id_comes_twice() {
        let mut store = Store::default();
        let ids: HashSet<String> = (0..10_000).map(|_| store.id()).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| id.len() == 7));
    }

    #[test]
    fn of_a_feature_flag_that_is_off_only_that_arrives() {
        let hosted = json!({
            "version": "1",
            "flags": {"a": {"name": "a"}, "b": {"name": "b"}},
            "values": {
                "a": {"enabled": true, "percentage": 5, "_updatedAt": "2026-01-01T00:00:00Z"},
                "b": {"enabled": false, "percentage": 5},
            },
        });
        let served: Value = serde_json::from_str(&flags(&hosted.to_string())).unwrap();
        assert_eq!(
            served,
            json!({"a": {"enabled": true, "percentage": 5}, "b": {"enabled": false}})
        );
    }
}
