//! A document in SSM Parameter Store.

mod about;
mod history;
mod reference;
mod write;

use aws_credential_types::Credentials;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::ParameterType;

use self::reference::Reference;
use super::aws::{Access, explain};
use super::local::Session;
use super::{Changed, Found, Origin, Trouble};

/// A parameter with a document.
#[derive(Debug)]
pub(crate) struct ParameterStore {
    client: Client,
    reference: Reference,
}

impl ParameterStore {
    pub(super) async fn open(access: &Access, name: String) -> Self {
        let reference = Reference::new(name);
        let mut access = access.clone();
        if access.region.is_none() {
            access.region = reference.region().map(ToOwned::to_owned);
        }
        let client = Client::new(&access.config().await);
        Self { client, reference }
    }

    /// The one of chaos-local, in front of a function that runs here.
    pub(super) async fn local(session: &Session) -> Self {
        let nobody = Credentials::new("local", "local", None, None, "cargo-chaos");
        let access = Access {
            region: Some(chaos_local::REGION.to_owned()),
            profile: None,
        };
        let config = aws_sdk_ssm::config::Builder::from(&access.config().await)
            .endpoint_url(format!("http://{}", session.parameter_store))
            .credentials_provider(nobody)
            .build();
        Self {
            client: Client::from_conf(config),
            reference: Reference::new(session.parameter.clone()),
        }
    }

    pub(super) fn name(&self) -> String {
        format!("parameter {}", self.reference)
    }

    pub(super) fn reference(&self) -> &str {
        self.reference.as_str()
    }

    pub(super) async fn read(&self) -> Result<Found, Trouble> {
        let doing = format!("cannot read {}", self.name());
        let answer = self
            .client
            .get_parameter()
            .name(self.reference.as_str())
            .with_decryption(true)
            .send()
            .await
            .map_err(|error| explain(&doing, &error))?;
        let Some(parameter) = answer.parameter else {
            return Err(Trouble::other(format!(
                "{doing}: the answer has none in it; check what answers in Parameter Store's place"
            )));
        };
        let date = parameter.last_modified_date;
        Ok(Found {
            text: parameter.value.unwrap_or_default(),
            version: u64::try_from(parameter.version).ok(),
            changed: Changed {
                at: date.and_then(|date| date.try_into().ok()),
                by: None,
            },
            under_way: None,
            origin: Origin::Parameter {
                name: parameter.name.unwrap_or_default(),
                secure: parameter.r#type == Some(ParameterType::SecureString),
            },
        })
    }

    /// Who changed it last, where that may be known.
    pub(super) async fn changed(&self, found: &Found) -> Changed {
        let about = match &found.origin {
            Origin::Parameter { name, .. } => self.about(name).await,
            _ => return found.changed.clone(),
        };
        let by = match about {
            Ok(about) if Some(about.version) == found.version => about.user,
            _ => None,
        };
        Changed {
            by,
            ..found.changed.clone()
        }
    }
}
