//! The versions of a parameter that are kept.

use std::time::SystemTime;

use super::ParameterStore;
use super::about::About;
use crate::store::Trouble;
use crate::store::aws::explain;

/// One version.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) text: String,
    pub(super) about: About,
    pub(super) at: Option<SystemTime>,
}

impl ParameterStore {
    /// The versions after this one, oldest first.
    pub(super) async fn history(&self, name: &str, after: u64) -> Result<Vec<Version>, Trouble> {
        let doing = format!("cannot read the history of parameter {name}");
        let mut pages = self
            .client
            .get_parameter_history()
            .name(name)
            .with_decryption(true)
            .into_paginator()
            .send();
        let mut versions = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| explain(&doing, &error))?;
            let newer = page.parameters.unwrap_or_default().into_iter();
            versions.extend(newer.filter_map(|version| {
                let about = About {
                    version: u64::try_from(version.version).ok()?,
                    kind: version.r#type,
                    key: version.key_id,
                    tier: version.tier,
                    user: version.last_modified_user,
                };
                let at = version.last_modified_date;
                let at = at.and_then(|date| date.try_into().ok());
                let text = version.value.unwrap_or_default();
                (about.version > after).then_some(Version { text, about, at })
            }));
        }
        versions.sort_by_key(|version| version.about.version);
        Ok(versions)
    }
}
