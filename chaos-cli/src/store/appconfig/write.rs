//! Writing: a new version, and its deployment.

use aws_sdk_appconfig::primitives::Blob;

use super::deploy::in_the_way;
use super::read::is_under_way;
use super::{AppConfigStore, Ids, Seen, flags};
use crate::store::aws::explain;
use crate::store::{Found, Haste, Kind, Origin, Trouble, Written};

impl AppConfigStore {
    /// Writes what was made of what was found, and deploys it. A version that somebody else made
    /// meanwhile is a conflict.
    pub(in crate::store) async fn write(
        &self,
        found: &Found,
        text: &str,
        haste: Haste,
    ) -> Result<Written, Trouble> {
        let Origin::AppConfig(seen) = &found.origin else {
            return Err(Trouble::other("this was not read from AppConfig"));
        };
        let ids = self.ids().await?;
        if haste == Haste::No {
            self.nothing_in_the_way(ids).await?;
        }
        let version = self.add(ids, text, seen).await?;
        self.deploy(ids, version, seen.deployment, haste).await?;
        Ok(Written::new(text, u64::try_from(version).ok()))
    }

    /// Writes over whatever is there.
    pub(in crate::store) async fn write_over(&self, text: &str) -> Result<Written, Trouble> {
        let ids = self.ids().await?;
        let seen = Seen {
            version: None,
            deployment: None,
            flags: ids.feature_flags.then(|| "{}".to_owned()),
        };
        let version = self.add(ids, text, &seen).await?;
        self.deploy(ids, version, None, Haste::Now).await?;
        Ok(Written::new(text, u64::try_from(version).ok()))
    }

    /// Before a version is made that then could not be deployed.
    async fn nothing_in_the_way(&self, ids: &Ids) -> Result<(), Trouble> {
        let deployments = self.deployments(ids).await?;
        match deployments.first().filter(|last| is_under_way(last)) {
            Some(last) => Err(Trouble::new(
                Kind::Conflict,
                format!("nothing is written, as {}", in_the_way(last)),
            )),
            None => Ok(()),
        }
    }

    /// Adds a version and returns its number. Where the latest one is known, it must still be that.
    pub(super) async fn add(&self, ids: &Ids, text: &str, seen: &Seen) -> Result<i32, Trouble> {
        let doing = format!("cannot add a version to {}", self.name());
        let content = match &seen.flags {
            Some(kept) => {
                flags::kept(kept, text).map_err(|why| Trouble::other(format!("{doing}: {why}")))?
            }
            None => text.to_owned(),
        };
        let answer = self
            .client
            .create_hosted_configuration_version()
            .application_id(&ids.application)
            .configuration_profile_id(&ids.profile)
            .content(Blob::new(content))
            .content_type("application/json")
            .description("cargo chaos")
            .set_latest_version_number(seen.version)
            .send()
            .await
            .map_err(|error| explain(&doing, &error));
        match answer {
            Ok(answer) => Ok(answer.version_number),
            Err(trouble) if trouble.kind == Kind::Conflict => Err(self.conflict(ids, seen).await),
            Err(trouble) => Err(trouble),
        }
    }

    /// What somebody else did meanwhile.
    async fn conflict(&self, ids: &Ids, seen: &Seen) -> Trouble {
        let latest = self.latest_version(ids).await.ok().flatten();
        let (what, theirs) = match latest.filter(|latest| Some(*latest) != seen.version) {
            Some(latest) => {
                let theirs = self.text(ids, &latest.to_string()).await.ok();
                (format!("version {latest}"), theirs)
            }
            None => ("another version".to_owned(), None),
        };
        Trouble::new(
            Kind::Conflict,
            format!(
                "somebody else made {what} of {} meanwhile, and nothing is written; look at it and \
                 try again",
                self.name()
            ),
        )
        .with_theirs(theirs)
    }
}
