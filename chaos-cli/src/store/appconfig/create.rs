//! Creating what is missing, and the first version.

use super::ids::{Ids, Named, meant};
use super::{AppConfigStore, Seen};
use crate::progress;
use crate::store::aws::explain;
use crate::store::{Haste, Kind, Trouble, Written};

impl AppConfigStore {
    /// Creates the application, the environment and the profile as far as they are missing, and
    /// deploys the first version. There must be none.
    pub(in crate::store) async fn create(&self, text: &str) -> Result<Written, Trouble> {
        let ids = self.ensured().await?;
        let exists = |what: &str| {
            Err(Trouble::new(
                Kind::Exists,
                format!("{} {what} already", self.name()),
            ))
        };
        if ids.feature_flags {
            return exists("is a profile of feature flags");
        }
        if self.latest_version(&ids).await?.is_some() {
            return exists("has a version");
        }
        let deployments = self.deployments(&ids).await?;
        let seen = Seen {
            version: None,
            deployment: deployments.first().map(|last| last.deployment_number),
            flags: None,
        };
        let version = self.add(&ids, text, &seen).await?;
        self.deploy(&ids, version, seen.deployment, Haste::No)
            .await?;
        Ok(Written::new(text, u64::try_from(version).ok()))
    }

    async fn ensured(&self) -> Result<Ids, Trouble> {
        let wanted = &self.name;
        let applications = self.applications().await?;
        let application = match meant("application", applications, &wanted.application)? {
            Some(there) => there,
            None => self.create_application().await?,
        };
        let environments = self.environments(&application.id).await?;
        let environment = match meant("environment", environments, &wanted.environment)? {
            Some(there) => there,
            None => self.create_environment(&application.id).await?,
        };
        let profiles = self.profiles(&application.id).await?;
        let profile = match meant("configuration profile", profiles, &wanted.profile)? {
            Some(there) => there,
            None => self.create_profile(&application.id).await?,
        };
        Ok(Ids {
            feature_flags: profile.has_feature_flags(),
            application: application.id,
            environment: environment.id,
            profile: profile.id,
        })
    }

    async fn create_application(&self) -> Result<Named, Trouble> {
        let name = &self.name.application;
        let doing = format!("cannot create the application {name}");
        let create = self.client.create_application().name(name);
        let created = create
            .send()
            .await
            .map_err(|error| explain(&doing, &error))?;
        progress::say("Created", &format!("application {name}"));
        Ok(Named::new(created.id, created.name, None))
    }

    async fn create_environment(&self, application: &str) -> Result<Named, Trouble> {
        let name = &self.name.environment;
        let doing = format!("cannot create the environment {name}");
        let create = self.client.create_environment();
        let create = create.application_id(application).name(name);
        let created = create
            .send()
            .await
            .map_err(|error| explain(&doing, &error))?;
        progress::say("Created", &format!("environment {name}"));
        Ok(Named::new(created.id, created.name, None))
    }

    async fn create_profile(&self, application: &str) -> Result<Named, Trouble> {
        let name = &self.name.profile;
        let doing = format!("cannot create the configuration profile {name}");
        let created = self
            .client
            .create_configuration_profile()
            .application_id(application)
            .name(name)
            .location_uri("hosted")
            .r#type("AWS.Freeform")
            .send()
            .await
            .map_err(|error| explain(&doing, &error))?;
        progress::say("Created", &format!("configuration profile {name}"));
        Ok(Named::new(created.id, created.name, created.r#type))
    }
}
