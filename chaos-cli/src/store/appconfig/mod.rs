//! A document in AppConfig: a hosted configuration, and the deployments that put it in force.

mod create;
mod deploy;
mod flags;
mod ids;
mod read;
mod write;

use aws_sdk_appconfig::Client;
use tokio::sync::OnceCell;

use self::ids::Ids;
use super::aws::Access;
use super::location::AppConfigName;

/// What the strategy is called that this command makes for itself: all at once, and no bake time,
/// so that the next deployment has to wait for nothing.
const STRATEGY: &str = "cargo-chaos.AtOnce";

/// The one that every account has. It bakes for ten minutes, in which no other deployment begins.
const AWS_STRATEGY: &str = "AppConfig.AllAtOnce";

/// A configuration profile in one environment.
#[derive(Debug)]
pub(crate) struct AppConfigStore {
    client: Client,
    name: AppConfigName,
    /// Looked up at the first use.
    ids: OnceCell<Ids>,
}

/// What a write has to know of what was read.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The number of the latest version, deployed or not.
    version: Option<i32>,
    /// The number of the latest deployment to the environment, whatever it deployed.
    deployment: Option<i32>,
    /// Feature flags as they are kept, if that is what they are.
    flags: Option<String>,
}

impl AppConfigStore {
    pub(super) async fn open(access: &Access, name: AppConfigName) -> Self {
        Self {
            client: Client::new(&access.config().await),
            name,
            ids: OnceCell::new(),
        }
    }

    pub(super) fn name(&self) -> String {
        format!("AppConfig configuration {}", self.name)
    }

    pub(super) fn variables(&self) -> String {
        let AppConfigName {
            application,
            environment,
            profile,
        } = &self.name;
        format!(
            "CHAOS_APPCONFIG_APPLICATION={application}, CHAOS_APPCONFIG_ENVIRONMENT={environment} \
             and CHAOS_APPCONFIG_CONFIGURATION={profile}"
        )
    }
}
