//! Putting a version in force, and stopping what is under way.

use std::time::{Duration, Instant};

use aws_sdk_appconfig::types::{DeploymentState, DeploymentSummary, GrowthType, ReplicateTo};

use super::read::is_under_way;
use super::{AWS_STRATEGY, AppConfigStore, Ids, STRATEGY};
use crate::progress;
use crate::store::aws::explain;
use crate::store::{Haste, Kind, Trouble};

/// How long another deployment may take to be rolled back once it is stopped, and how long one
/// that is immediate may take.
const PATIENCE: Duration = Duration::from_mins(1);

const A_WHILE: Duration = Duration::from_millis(250);

impl AppConfigStore {
    /// Stops a deployment to the environment that is under way, whatever it deploys, and says so.
    pub(in crate::store) async fn halt(&self) -> Result<(), Trouble> {
        let ids = self.ids().await?;
        let deployments = self.deployments(ids).await?;
        let Some(last) = deployments.first().filter(|last| is_under_way(last)) else {
            return Ok(());
        };
        let number = last.deployment_number;
        if last.state != Some(DeploymentState::RollingBack) {
            let doing = format!("cannot stop deployment {number} to {}", self.name());
            self.client
                .stop_deployment()
                .application_id(&ids.application)
                .environment_id(&ids.environment)
                .deployment_number(number)
                .send()
                .await
                .map_err(|error| explain(&doing, &error))?;
            let what = last.configuration_name.as_deref().unwrap_or("unknown");
            let version = last.configuration_version.as_deref().unwrap_or("unknown");
            let stopped = format!("deployment {number}, of version {version} of {what}");
            progress::say("Stopped", &stopped);
        }
        Ok(())
    }

    /// Deploys a version all at once, and waits until it is in force.
    pub(super) async fn deploy(
        &self,
        ids: &Ids,
        version: i32,
        latest: Option<i32>,
        haste: Haste,
    ) -> Result<(), Trouble> {
        let strategy = self.strategy().await;
        let started = Instant::now();
        let number = loop {
            match self.start(ids, version, &strategy, latest, haste).await {
                Ok(number) => break number,
                // What was stopped is being rolled back.
                Err(trouble)
                    if haste == Haste::Now
                        && trouble.kind == Kind::Conflict
                        && started.elapsed() < PATIENCE =>
                {
                    tokio::time::sleep(A_WHILE).await;
                }
                Err(trouble) => {
                    return Err(Trouble::new(
                        trouble.kind,
                        format!(
                            "{trouble}; version {version} is there, and is not deployed: try again"
                        ),
                    ));
                }
            }
        };
        self.wait_for(ids, number).await
    }

    async fn start(
        &self,
        ids: &Ids,
        version: i32,
        strategy: &str,
        latest: Option<i32>,
        haste: Haste,
    ) -> Result<i32, Trouble> {
        let doing = format!("cannot deploy version {version} of {}", self.name());
        let answer = self
            .client
            .start_deployment()
            .application_id(&ids.application)
            .environment_id(&ids.environment)
            .configuration_profile_id(&ids.profile)
            .configuration_version(version.to_string())
            .deployment_strategy_id(strategy)
            .description("cargo chaos")
            // In a hurry it does not matter what others deployed meanwhile.
            .set_latest_deployment_number(latest.filter(|_| haste == Haste::No))
            .send()
            .await
            .map_err(|error| explain(&doing, &error))?;
        Ok(answer.deployment_number)
    }

    /// Waits until a deployment has reached everybody, as far as one may see it.
    async fn wait_for(&self, ids: &Ids, number: i32) -> Result<(), Trouble> {
        let doing = format!("cannot look at deployment {number} to {}", self.name());
        let started = Instant::now();
        loop {
            let answer = self
                .client
                .get_deployment()
                .application_id(&ids.application)
                .environment_id(&ids.environment)
                .deployment_number(number)
                .send()
                .await
                .map_err(|error| explain(&doing, &error));
            let state = match answer {
                Ok(answer) => answer.state,
                Err(trouble) => {
                    progress::warning(&format!("{trouble}; it goes on all the same"));
                    return Ok(());
                }
            };
            match state {
                Some(DeploymentState::Complete | DeploymentState::Baking) => return Ok(()),
                Some(DeploymentState::RolledBack | DeploymentState::RollingBack) => {
                    return Err(Trouble::new(
                        Kind::Conflict,
                        format!(
                            "deployment {number} was rolled back by somebody, or by an alarm; what \
                             was in force before still is"
                        ),
                    ));
                }
                _ if started.elapsed() > PATIENCE => {
                    progress::warning(&format!(
                        "deployment {number} is still under way; `cargo chaos status` tells of it"
                    ));
                    return Ok(());
                }
                _ => tokio::time::sleep(A_WHILE).await,
            }
        }
    }

    /// The strategy without bake time, which is made if it is missing; or else AWS's own.
    pub(super) async fn strategy(&self) -> String {
        match self.own_strategy().await {
            Ok(id) => id,
            Err(trouble) => {
                progress::warning(&format!(
                    "{trouble}; {AWS_STRATEGY} takes its place, which lets no other deployment \
                     begin for ten minutes"
                ));
                AWS_STRATEGY.to_owned()
            }
        }
    }

    async fn own_strategy(&self) -> Result<String, Trouble> {
        let doing = "cannot list the deployment strategies";
        let mut pages = self
            .client
            .list_deployment_strategies()
            .into_paginator()
            .items()
            .send();
        while let Some(one) = pages.next().await {
            let one = one.map_err(|error| explain(doing, &error))?;
            if one.name.as_deref() == Some(STRATEGY) {
                return Ok(one.id.unwrap_or_default());
            }
        }
        let doing = "cannot create a deployment strategy without bake time";
        let created = self
            .client
            .create_deployment_strategy()
            .name(STRATEGY)
            .description("All at once and without bake time, for cargo chaos")
            .deployment_duration_in_minutes(0)
            .final_bake_time_in_minutes(0)
            .growth_type(GrowthType::Linear)
            .growth_factor(100.0)
            .replicate_to(ReplicateTo::None)
            .send()
            .await
            .map_err(|error| explain(doing, &error))?;
        Ok(created.id.unwrap_or_default())
    }
}

/// What to do about a deployment of somebody else's.
pub(super) fn in_the_way(deployment: &DeploymentSummary) -> String {
    format!(
        "{}, and an environment takes one deployment at a time; wait until it is over, or stop it \
         with `cargo chaos disable --all`",
        super::read::progress(deployment)
    )
}
