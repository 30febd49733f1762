//! Resources as policies name them. What is not known is any.

use crate::ending::Ending;
use crate::progress;
use crate::store::{Location, Place, Store};

/// The resources of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Arns {
    Parameter {
        parameter: String,
        key: Option<Key>,
    },
    AppConfig {
        /// `arn:aws:appconfig:REGION:ACCOUNT:`
        prefix: String,
        application: String,
        environment: String,
        profile: String,
    },
}

/// A KMS key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Arn(String),
    /// Policies know aliases by a condition only: any key that has it.
    Alias {
        keys: String,
        alias: String,
    },
}

const ANY: &str = "*";

impl Arns {
    pub(crate) async fn of(
        place: &Place,
        account: Option<String>,
        key: Option<String>,
    ) -> Result<Self, Ending> {
        let place = place.resolved()?;
        let region = place.region.clone().or_else(|| {
            let variables = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter();
            variables
                .filter_map(|name| std::env::var(name).ok())
                .find(|region| !region.is_empty())
        });
        let owner = Owner {
            region: region.unwrap_or_else(|| ANY.to_owned()),
            account: account.unwrap_or_else(|| ANY.to_owned()),
        };
        match place.locate()? {
            Location::Parameter(name) => Ok(parameter(&name, &owner, key)),
            Location::AppConfig(name) => {
                let store = Store::open(&place).await?;
                let ids = store.ids().await.unwrap_or_else(|trouble| {
                    progress::warning(&format!(
                        "{trouble}; ids that are not known are any in the policies"
                    ));
                    [ANY, ANY, ANY].map(ToOwned::to_owned)
                });
                let [application, environment, profile] = ids;
                if key.is_some() {
                    return Err(Ending::Usage(format!(
                        "--key is for a SecureString, and {name} is in AppConfig"
                    )));
                }
                Ok(Self::AppConfig {
                    prefix: owner.arn("appconfig", ""),
                    application,
                    environment,
                    profile,
                })
            }
            Location::Given(_) | Location::File(_) | Location::Local(_) => Err(Ending::Usage(
                "no policy is needed for a document that is not in AWS; name a place with \
                     --param or --appconfig"
                    .to_owned(),
            )),
        }
    }
}

/// Whose resources they are.
struct Owner {
    region: String,
    account: String,
}

impl Owner {
    fn arn(&self, service: &str, resource: &str) -> String {
        let Self { region, account } = self;
        let partition = match &**region {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

fn parameter(name: &str, owner: &Owner, key: Option<String>) -> Arns {
    let parameter = if name.starts_with("arn:") {
        // A version or a label is no part of the resource.
        let end = name
            .match_indices(':')
            .nth(5)
            .map_or(name.len(), |(at, _)| at);
        name[..end].to_owned()
    } else {
        let name = name.split(':').next().unwrap_or(name);
        let slash = if name.starts_with('/') { "" } else { "/" };
        owner.arn("ssm", &format!("parameter{slash}{name}"))
    };
    let key = key.filter(|key| !key.is_empty()).map(|key| {
        if key.starts_with("alias/") {
            Key::Alias {
                keys: owner.arn("kms", "key/*"),
                alias: key,
            }
        } else if key.starts_with("arn:") {
            Key::Arn(key)
        } else {
            Key::Arn(owner.arn("kms", &format!("key/{key}")))
        }
    });
    Arns::Parameter { parameter, key }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, region: &str) -> String {
        let owner = Owner {
            region: region.to_owned(),
            account: "123456789012".to_owned(),
        };
        match parameter(name, &owner, None) {
            Arns::Parameter { parameter, .. } => parameter,
            other @ Arns::AppConfig { .. } => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_parameter_is_named_as_policies_do() {
        assert_eq!(
            named("/orders/chaos", "eu-west-1"),
            "arn:aws:ssm:eu-west-1:123456789012:parameter/orders/chaos"
        );
        assert_eq!(
            named("chaos:3", "cn-north-1"),
            "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/chaos"
        );
        let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/orders/chaos";
        assert_eq!(named(&format!("{arn}:3"), "us-gov-east-1"), arn);
    }
}
