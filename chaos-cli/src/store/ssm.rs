//! A document in SSM Parameter Store.

use aws_credential_types::Credentials;
use aws_sdk_ssm::Client;

use super::aws::{Access, explain};
use super::local::Session;
use super::{Changed, Found, Trouble};

/// A parameter with a document.
#[derive(Debug)]
pub(crate) struct ParameterStore {
    client: Client,
    /// A name or an ARN.
    reference: String,
}

impl ParameterStore {
    pub(super) async fn open(access: &Access, reference: String) -> Self {
        let mut access = access.clone();
        if access.region.is_none() {
            access.region = region_of(&reference).map(ToOwned::to_owned);
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
            reference: session.parameter.clone(),
        }
    }

    pub(super) fn name(&self) -> String {
        format!("parameter {}", self.reference)
    }

    pub(super) async fn read(&self) -> Result<Found, Trouble> {
        let doing = format!("cannot read {}", self.name());
        let answer = self
            .client
            .get_parameter()
            .name(&self.reference)
            .with_decryption(true)
            .send()
            .await
            .map_err(|error| explain(&doing, &error))?;
        let Some(parameter) = answer.parameter else {
            return Err(Trouble::other(format!(
                "{doing}: the answer has none in it"
            )));
        };
        let changed = Changed {
            at: parameter
                .last_modified_date
                .and_then(|date| date.try_into().ok()),
            by: None,
        };
        Ok(Found {
            text: parameter.value.unwrap_or_default(),
            version: u64::try_from(parameter.version).ok(),
            changed,
        })
    }
}

/// The region that an ARN names.
fn region_of(reference: &str) -> Option<&str> {
    let mut parts = reference.split(':');
    let arn = parts.next() == Some("arn");
    parts.nth(2).filter(|region| arn && !region.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_names_its_region() {
        let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/orders/chaos";
        assert_eq!(region_of(arn), Some("eu-west-1"));
        assert_eq!(region_of("/orders/chaos"), None);
        assert_eq!(region_of("orders:3"), None);
    }
}
