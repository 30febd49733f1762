//! What tests create by names, without the wire.

use super::deployment::Strategy;
use super::store::{Application, Environment, Hosted, Profile, Store};

/// A strategy that is over at once.
pub(super) const AT_ONCE: &str = "chaos-local.AtOnce";

impl Store {
    /// The ids of what has these names, which is created where it is missing.
    pub(super) fn ensured(
        &mut self,
        [application, environment, profile]: [&str; 3],
        kind: &str,
    ) -> [String; 3] {
        if !self.strategies.iter().any(|one| one.id == AT_ONCE) {
            self.strategies.push(Strategy::at_once(AT_ONCE));
        }
        let new = [self.id(), self.id(), self.id()];
        let [application_id, environment_id, profile_id] = new;
        let known = self
            .applications
            .iter()
            .position(|one| one.name == application);
        let position = known.unwrap_or_else(|| {
            self.applications.push(Application {
                id: application_id,
                name: application.to_owned(),
                environments: Vec::new(),
                profiles: Vec::new(),
            });
            self.applications.len() - 1
        });
        let owner = &mut self.applications[position];
        let environments = &mut owner.environments;
        let known = environments.iter().position(|one| one.name == environment);
        let environment = known.unwrap_or_else(|| {
            environments.push(Environment {
                id: environment_id,
                name: environment.to_owned(),
                deployments: Vec::new(),
            });
            environments.len() - 1
        });
        let profiles = &mut owner.profiles;
        let known = profiles.iter().position(|one| one.name == profile);
        let profile = known.unwrap_or_else(|| {
            profiles.push(Profile {
                id: profile_id,
                name: profile.to_owned(),
                kind: kind.to_owned(),
                location: "hosted".to_owned(),
                versions: Vec::new(),
            });
            profiles.len() - 1
        });
        [
            owner.id.clone(),
            environments[environment].id.clone(),
            profiles[profile].id.clone(),
        ]
    }
}

pub(super) fn json_content(content: &str) -> Hosted {
    Hosted {
        number: 0,
        content: content.to_owned().into(),
        content_type: "application/json".to_owned(),
        description: None,
        label: None,
    }
}
