//! The parameters and their versions. Pure: no I/O and no clock but the one for dates.

use std::collections::{BTreeMap, VecDeque};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::error::ServiceError;
use super::name::{self, Reference, Target};

/// The service keeps this many versions of a parameter and drops the oldest.
const MAX_VERSIONS: usize = 100;

/// The key of a `SecureString` that names none.
const DEFAULT_KEY: &str = "alias/aws/ssm";

/// What kind of value a parameter has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ParameterType {
    /// Text.
    String,
    /// Texts separated by commas.
    StringList,
    /// Text that is encrypted, and readable only with decryption.
    SecureString,
}

/// How much a parameter can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tier {
    /// 4096 characters.
    Standard,
    /// 8192 characters.
    Advanced,
    /// Standard where the value fits, else advanced. No parameter is of this tier.
    #[serde(rename = "Intelligent-Tiering")]
    IntelligentTiering,
}

/// One version of a parameter, in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// The full name.
    pub name: String,
    /// The value; that of a `SecureString` is decrypted.
    pub value: String,
    /// What kind of value it is.
    pub kind: ParameterType,
    /// Standard or advanced.
    pub tier: Tier,
    /// Counts from 1 and grows by 1 with each put.
    pub version: u64,
    /// When this version was put.
    pub last_modified: SystemTime,
    /// The ARN of who put it.
    pub last_modified_user: String,
    /// The key that a `SecureString` is encrypted with.
    pub key_id: Option<String>,
    /// The parameter's ARN.
    pub arn: String,
}

pub(crate) struct Put<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
    pub(crate) kind: Option<ParameterType>,
    pub(crate) tier: Option<Tier>,
    /// The default key of the account, unless a key is named: the last version's is not kept.
    pub(crate) key_id: Option<&'a str>,
    pub(crate) overwrite: bool,
}

#[derive(Default)]
pub(crate) struct Store {
    parameters: BTreeMap<String, VecDeque<Parameter>>,
}

impl Store {
    pub(crate) fn put(&mut self, put: &Put<'_>) -> Result<&Parameter, ServiceError> {
        name::validate(put.name)?;
        let current = self.parameters.get(put.name).and_then(VecDeque::back);
        let Some(kind) = put.kind.or(current.map(|current| current.kind)) else {
            return Err(ServiceError::validation(
                "A parameter type is required when you create a parameter.",
            ));
        };
        if current.is_some() && !put.overwrite {
            return Err(ServiceError::already_exists());
        }
        let key = put.key_id.unwrap_or(DEFAULT_KEY);
        let key_id = (kind == ParameterType::SecureString).then(|| key.to_owned());
        let tier = tier(put.value, put.tier, current.map(|current| current.tier))?;
        let parameter = Parameter {
            name: put.name.to_owned(),
            value: put.value.to_owned(),
            kind,
            tier,
            version: current.map_or(1, |current| current.version + 1),
            last_modified: SystemTime::now(),
            last_modified_user: name::user(),
            key_id,
            arn: name::arn(put.name),
        };
        let versions = self.parameters.entry(put.name.to_owned()).or_default();
        if versions.len() == MAX_VERSIONS {
            versions.pop_front();
        }
        versions.push_back(parameter);
        Ok(&versions[versions.len() - 1])
    }

    /// Finds a parameter by `name`, `name:version` or ARN.
    pub(crate) fn get(&self, reference: &str) -> Result<&Parameter, ServiceError> {
        let Reference { target, version } = Reference::parse(reference);
        let versions = match target {
            Target::Name(name) => self.parameters.get(name),
            Target::Arn(arn) => self
                .parameters
                .values()
                .find(|versions| versions[0].arn == arn),
        };
        let versions = versions.ok_or_else(ServiceError::parameter_not_found)?;
        let Some(version) = version else {
            return versions
                .back()
                .ok_or_else(ServiceError::parameter_not_found);
        };
        let found = versions
            .iter()
            .find(|known| known.version.to_string() == version);
        found.ok_or_else(|| ServiceError::version_not_found(&versions[0].name, version))
    }

    /// The versions that are kept, oldest first.
    pub(crate) fn history(&self, reference: &str) -> Result<&VecDeque<Parameter>, ServiceError> {
        let name = &self.get(reference)?.name;
        let versions = self.parameters.get(name);
        versions.ok_or_else(ServiceError::parameter_not_found)
    }

    /// The last version of each, by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.values().filter_map(VecDeque::back)
    }

    pub(crate) fn delete(&mut self, name: &str) -> Result<(), ServiceError> {
        self.parameters
            .remove(name)
            .map(drop)
            .ok_or_else(ServiceError::parameter_not_found)
    }
}

/// The tier of a new version. Nothing goes back from advanced to standard.
fn tier(value: &str, asked: Option<Tier>, current: Option<Tier>) -> Result<Tier, ServiceError> {
    let length = value.chars().count();
    if length == 0 {
        return Err(ServiceError::constraint(
            "''",
            "value",
            "have length greater than or equal to 1",
        ));
    }
    let tier = match (asked, current) {
        (Some(Tier::Standard), Some(Tier::Advanced)) => {
            return Err(ServiceError::validation(
                "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the \
                 advanced-parameter tier to the standard-parameter tier.",
            ));
        }
        (Some(Tier::Advanced), _) | (_, Some(Tier::Advanced)) => Tier::Advanced,
        (Some(Tier::IntelligentTiering), _) if length > Tier::Standard.limit() => Tier::Advanced,
        _ => Tier::Standard,
    };
    if length <= tier.limit() {
        return Ok(tier);
    }
    Err(ServiceError::validation(match tier {
        Tier::Advanced => {
            "Advanced tier parameters support a maximum parameter value of 8192 characters."
        }
        _ => {
            "Standard tier parameters support a maximum parameter value of 4096 characters. To create a \
             larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more \
             information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/\
             parameter-store-advanced-parameters.html"
        }
    }))
}

impl Tier {
    const fn limit(self) -> usize {
        match self {
            Self::Standard => 4096,
            Self::Advanced | Self::IntelligentTiering => 8192,
        }
    }
}
