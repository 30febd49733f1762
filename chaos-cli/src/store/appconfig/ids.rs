//! Names and what they stand for: the control plane knows ids only.

use super::AppConfigStore;
use crate::store::aws::explain;
use crate::store::{Kind, Trouble};

/// The ids of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) application: String,
    pub(super) environment: String,
    pub(super) profile: String,
    /// Whether the profile is one of feature flags.
    pub(super) feature_flags: bool,
}

/// Something that has an id, a name and a type.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) id: String,
    name: String,
    kind: Option<String>,
}

/// The type of a profile of feature flags.
const FEATURE_FLAGS: &str = "AWS.AppConfig.FeatureFlags";

impl Named {
    pub(super) fn new(id: Option<String>, name: Option<String>, kind: Option<String>) -> Self {
        Self {
            id: id.unwrap_or_default(),
            name: name.unwrap_or_default(),
            kind,
        }
    }

    pub(super) fn has_feature_flags(&self) -> bool {
        self.kind.as_deref() == Some(FEATURE_FLAGS)
    }
}

/// What is meant by a name or an id, if it is there. An id goes first.
pub(super) fn meant(what: &str, all: Vec<Named>, wanted: &str) -> Result<Option<Named>, Trouble> {
    if let Some(found) = all.iter().find(|one| one.id == wanted) {
        return Ok(Some(found.clone()));
    }
    let mut found: Vec<Named> = all.into_iter().filter(|one| one.name == wanted).collect();
    if found.len() > 1 {
        let ids: Vec<&str> = found.iter().map(|one| &*one.id).collect();
        return Err(Trouble::other(format!(
            "several {what}s in AppConfig are called {wanted}; name one by its id: {}",
            ids.join(", ")
        )));
    }
    Ok(found.pop())
}

/// Whether it could be an id: seven letters and digits.
fn may_be_id(name: &str) -> bool {
    name.len() == 7
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

impl AppConfigStore {
    pub(super) async fn ids(&self) -> Result<&Ids, Trouble> {
        self.ids.get_or_try_init(|| self.look_up()).await
    }

    /// Application, environment and profile.
    pub(in crate::store) async fn three_ids(&self) -> Result<[String; 3], Trouble> {
        let ids = self.ids().await?.clone();
        Ok([ids.application, ids.environment, ids.profile])
    }

    async fn look_up(&self) -> Result<Ids, Trouble> {
        let wanted = &self.name;
        let applications = self.applications().await;
        let application = found("application", applications, &wanted.application)?;
        let environments = self.environments(&application.id).await;
        let environment = found("environment", environments, &wanted.environment)?;
        let profiles = self.profiles(&application.id).await;
        let profile = found("configuration profile", profiles, &wanted.profile)?;
        Ok(Ids {
            feature_flags: profile.has_feature_flags(),
            application: application.id,
            environment: environment.id,
            profile: profile.id,
        })
    }

    pub(super) async fn applications(&self) -> Result<Vec<Named>, Trouble> {
        let mut pages = self
            .client
            .list_applications()
            .into_paginator()
            .items()
            .send();
        let mut all = Vec::new();
        while let Some(one) = pages.next().await {
            let one = one.map_err(|error| explain("cannot list the applications", &error))?;
            all.push(Named::new(one.id, one.name, None));
        }
        Ok(all)
    }

    pub(super) async fn environments(&self, application: &str) -> Result<Vec<Named>, Trouble> {
        let list = self.client.list_environments().application_id(application);
        let mut pages = list.into_paginator().items().send();
        let mut all = Vec::new();
        while let Some(one) = pages.next().await {
            let one = one.map_err(|error| explain("cannot list the environments", &error))?;
            all.push(Named::new(one.id, one.name, None));
        }
        Ok(all)
    }

    pub(super) async fn profiles(&self, application: &str) -> Result<Vec<Named>, Trouble> {
        let list = self.client.list_configuration_profiles();
        let list = list.application_id(application);
        let mut pages = list.into_paginator().items().send();
        let mut all = Vec::new();
        while let Some(one) = pages.next().await {
            let one = one.map_err(|error| explain("cannot list the profiles", &error))?;
            all.push(Named::new(one.id, one.name, one.r#type));
        }
        Ok(all)
    }
}

/// The one that is meant. Who may not list may still name it by its id.
fn found(what: &str, all: Result<Vec<Named>, Trouble>, wanted: &str) -> Result<Named, Trouble> {
    let all = match all {
        Err(trouble) if trouble.kind == Kind::Denied && may_be_id(wanted) => {
            return Ok(Named::new(Some(wanted.to_owned()), None, None));
        }
        other => other?,
    };
    meant(what, all, wanted)?.ok_or_else(|| {
        Trouble::missing(format!(
            "AppConfig has no {what} {wanted}; check the name and the region, or create it with \
             `cargo chaos init`"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str, name: &str) -> Named {
        Named::new(Some(id.to_owned()), Some(name.to_owned()), None)
    }

    #[test]
    fn an_id_goes_before_a_name() {
        let all = || vec![named("abc1234", "orders"), named("orders", "users")];
        let id = |wanted: &str| {
            let found = meant("application", all(), wanted).unwrap();
            found.map(|found| found.id)
        };
        assert_eq!(id("orders").as_deref(), Some("orders"));
        assert_eq!(id("users").as_deref(), Some("orders"));
        assert_eq!(id("abc1234").as_deref(), Some("abc1234"));
        assert_eq!(id("nothing"), None);
    }

    #[test]
    fn a_name_that_several_have_is_no_name() {
        let all = vec![named("a", "orders"), named("b", "orders")];
        let said = meant("application", all, "orders").unwrap_err().to_string();
        assert!(said.ends_with("name one by its id: a, b"), "{said}");
    }

    #[test]
    fn ids_have_seven_letters_and_digits() {
        assert!(may_be_id("abc1234"));
        assert!(!may_be_id("production") && !may_be_id("orders"));
        assert!(!may_be_id("Orders1"));
    }
}
