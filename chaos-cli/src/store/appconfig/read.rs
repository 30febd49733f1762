//! Reading: what functions in the environment get, or will get in a moment.

use aws_sdk_appconfig::types::{DeploymentState, DeploymentSummary};

use super::{AppConfigStore, Ids, Seen, flags};
use crate::store::aws::explain;
use crate::store::{Changed, Found, Origin, Trouble, UnderWay};

/// Whether the environment takes no other deployment until this one is over.
pub(super) fn is_under_way(deployment: &DeploymentSummary) -> bool {
    matches!(
        deployment.state,
        Some(
            DeploymentState::Deploying
                | DeploymentState::Baking
                | DeploymentState::Validating
                | DeploymentState::RollingBack
        )
    )
}

/// Whether functions get its version, or are about to.
fn is_meant(deployment: &DeploymentSummary) -> bool {
    matches!(
        deployment.state,
        Some(
            DeploymentState::Deploying
                | DeploymentState::Baking
                | DeploymentState::Validating
                | DeploymentState::Complete
        )
    )
}

impl AppConfigStore {
    pub(in crate::store) async fn read(&self) -> Result<Found, Trouble> {
        let ids = self.ids().await?;
        let deployments = self.deployments(ids).await?;
        let latest = self.latest_version(ids).await?;
        let mut meant = deployments
            .iter()
            .filter(|one| one.configuration_profile_id.as_deref() == Some(&ids.profile))
            .filter(|one| is_meant(one));
        let deployed = meant.next();
        let version = match deployed {
            Some(deployment) => deployment.configuration_version.clone(),
            None => latest.map(|latest| latest.to_string()),
        };
        let Some(version) = version else {
            return Err(Trouble::missing(format!(
                "{} has no version yet; create one with `cargo chaos init`",
                self.name()
            )));
        };
        let (kept, number) = self.version(ids, &version).await?;
        let under_way = match deployed.filter(|deployment| is_under_way(deployment)) {
            Some(deployment) => {
                let before = match meant
                    .next()
                    .and_then(|one| one.configuration_version.clone())
                {
                    Some(before) => self.text(ids, &before).await?,
                    None => "{}".to_owned(),
                };
                Some(UnderWay {
                    what: progress(deployment),
                    before,
                })
            }
            None => None,
        };
        let text = if ids.feature_flags {
            flags::document(&kept)
        } else {
            kept.clone()
        };
        Ok(Found {
            text,
            version: Some(number),
            changed: changed(deployed),
            under_way,
            origin: Origin::AppConfig(Seen {
                version: latest,
                deployment: deployments.first().map(|last| last.deployment_number),
                flags: ids.feature_flags.then_some(kept),
            }),
        })
    }

    /// The deployments to the environment, the latest first.
    pub(super) async fn deployments(&self, ids: &Ids) -> Result<Vec<DeploymentSummary>, Trouble> {
        let doing = format!("cannot list the deployments of {}", self.name());
        let list = self
            .client
            .list_deployments()
            .application_id(&ids.application)
            .environment_id(&ids.environment);
        let mut pages = list.into_paginator().items().send();
        let mut all = Vec::new();
        while let Some(one) = pages.next().await {
            all.push(one.map_err(|error| explain(&doing, &error))?);
        }
        all.sort_by_key(|one| std::cmp::Reverse(one.deployment_number));
        Ok(all)
    }

    /// The number of the latest version, deployed or not.
    pub(super) async fn latest_version(&self, ids: &Ids) -> Result<Option<i32>, Trouble> {
        let doing = format!("cannot list the versions of {}", self.name());
        let list = self
            .client
            .list_hosted_configuration_versions()
            .application_id(&ids.application)
            .configuration_profile_id(&ids.profile);
        let mut pages = list.into_paginator().items().send();
        let mut latest = None;
        while let Some(one) = pages.next().await {
            let one = one.map_err(|error| explain(&doing, &error))?;
            latest = latest.max(Some(one.version_number));
        }
        Ok(latest)
    }

    /// A version as it is kept, and its number.
    async fn version(&self, ids: &Ids, version: &str) -> Result<(String, u64), Trouble> {
        let doing = format!("cannot read version {version} of {}", self.name());
        // Only versions by number are hosted; a label or an S3 version cannot be asked for here.
        let number: i32 = version.parse().map_err(|_| {
            Trouble::other(format!(
                "{doing}: it is none that AppConfig keeps itself; deploy a hosted configuration"
            ))
        })?;
        let answer = self
            .client
            .get_hosted_configuration_version()
            .application_id(&ids.application)
            .configuration_profile_id(&ids.profile)
            .version_number(number)
            .send()
            .await
            .map_err(|error| explain(&doing, &error))?;
        let content = answer.content.unwrap_or_default().into_inner();
        let text = String::from_utf8(content)
            .map_err(|_| Trouble::other(format!("{doing}: it is no UTF-8; deploy one that is")))?;
        Ok((text, u64::try_from(number).unwrap_or_default()))
    }

    /// The document in a version.
    pub(super) async fn text(&self, ids: &Ids, version: &str) -> Result<String, Trouble> {
        let (kept, _) = self.version(ids, version).await?;
        Ok(if ids.feature_flags {
            flags::document(&kept)
        } else {
            kept
        })
    }
}

fn changed(deployment: Option<&DeploymentSummary>) -> Changed {
    let Some(deployment) = deployment else {
        return Changed::default();
    };
    let at = deployment.completed_at.or(deployment.started_at);
    Changed {
        at: at.and_then(|date| date.try_into().ok()),
        by: Some(format!("deployment {}", deployment.deployment_number)),
    }
}

/// `deployment 7 is under way (DEPLOYING, 40 %)`
pub(super) fn progress(deployment: &DeploymentSummary) -> String {
    let state = deployment
        .state
        .as_ref()
        .map_or("", DeploymentState::as_str);
    let number = deployment.deployment_number;
    match deployment.percentage_complete {
        Some(percentage) => {
            format!("deployment {number} is under way ({state}, {percentage:.0} %)")
        }
        None => format!("deployment {number} is under way ({state})"),
    }
}
