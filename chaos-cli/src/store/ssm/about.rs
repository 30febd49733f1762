//! What a parameter is beside its value: what a write has to say again to keep it.

use aws_sdk_ssm::types::{ParameterStringFilter, ParameterTier, ParameterType};

use super::ParameterStore;
use crate::store::aws::explain;
use crate::store::{Kind, Trouble};

/// What is known of a parameter's last version.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    pub(super) version: u64,
    pub(super) kind: Option<ParameterType>,
    pub(super) key: Option<String>,
    pub(super) tier: Option<ParameterTier>,
    /// Who wrote it: an ARN.
    pub(super) user: Option<String>,
}

impl ParameterStore {
    /// From the description of the parameter, or from its history where only that is allowed.
    pub(super) async fn about(&self, name: &str) -> Result<About, Trouble> {
        match self.described(name).await {
            Err(trouble) if trouble.kind == Kind::Denied => {
                let history = self.history(name, 0).await?;
                history
                    .into_iter()
                    .next_back()
                    .map(|version| version.about)
                    .ok_or(trouble)
            }
            other => other,
        }
    }

    async fn described(&self, name: &str) -> Result<About, Trouble> {
        let doing = format!("cannot ask what parameter {name} is");
        let filter = ParameterStringFilter::builder()
            .key("Name")
            .option("Equals")
            .values(name)
            .build()
            .map_err(|error| Trouble::other(format!("{doing}: {error}")))?;
        let mut pages = self
            .client
            .describe_parameters()
            .parameter_filters(filter)
            .into_paginator()
            .send();
        // A page may be empty although there is another one.
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| explain(&doing, &error))?;
            if let Some(found) = page.parameters.unwrap_or_default().into_iter().next() {
                return Ok(About {
                    version: u64::try_from(found.version).unwrap_or_default(),
                    kind: found.r#type,
                    key: found.key_id,
                    tier: found.tier,
                    user: found.last_modified_user,
                });
            }
        }
        Err(Trouble::missing(format!(
            "{doing}: there is none; check the name and the region"
        )))
    }
}
