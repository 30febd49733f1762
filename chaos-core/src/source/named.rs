//! Where the environment says that the document is, whether or not this build can read it there.

use super::options::{Env, first, set};

const CONFIG: &str = "CHAOS_CONFIG";
const FILE: &str = "CHAOS_CONFIG_FILE";
pub(super) const PARAM: [&str; 2] = ["CHAOS_PARAM", "FAILURE_INJECTION_PARAM"];
/// `AppConfig`'s variables, each under both of its names.
const APPCONFIG: [[&str; 2]; 3] = [
    [
        "CHAOS_APPCONFIG_APPLICATION",
        "FAILURE_APPCONFIG_APPLICATION",
    ],
    [
        "CHAOS_APPCONFIG_ENVIRONMENT",
        "FAILURE_APPCONFIG_ENVIRONMENT",
    ],
    [
        "CHAOS_APPCONFIG_CONFIGURATION",
        "FAILURE_APPCONFIG_CONFIGURATION",
    ],
];

/// Where an environment puts the document, for tools that read or write it from outside.
///
/// # Examples
///
/// ```
/// use chaos_core::source::Named;
///
/// let environment = |name: &str| (name == "CHAOS_PARAM").then(|| "/orders/chaos".to_owned());
/// let mut warnings = Vec::new();
///
/// let named = Named::from_env(&environment, &mut warnings);
///
/// assert_eq!(named, Some(Named::Parameter("/orders/chaos".to_owned())));
/// assert!(warnings.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Named {
    /// The document itself, in `CHAOS_CONFIG`.
    Document(String),
    /// The path of its file, in `CHAOS_CONFIG_FILE`.
    File(String),
    /// Names or ids in `AppConfig`, in `CHAOS_APPCONFIG_…` or `FAILURE_APPCONFIG_…`.
    #[non_exhaustive]
    AppConfig {
        /// The application.
        application: String,
        /// The environment.
        environment: String,
        /// The configuration profile.
        configuration: String,
    },
    /// The name or ARN of an SSM parameter, in `CHAOS_PARAM` or `FAILURE_INJECTION_PARAM`.
    Parameter(String),
}

impl Named {
    /// What an environment names, by the [rules of the library](crate#where-the-document-lives): the
    /// first variable that is set and not empty wins. A second one, or a part of `AppConfig`'s
    /// three that is missing, is a warning that says what to write.
    pub fn from_env(
        env: &dyn Fn(&str) -> Option<String>,
        warnings: &mut Vec<String>,
    ) -> Option<Self> {
        first_of(env, true, warnings).map(|(_, named)| named)
    }
}

/// What the environment names, and the variable that does. `appconfig`: whether this build can
/// read it there.
pub(super) fn first_of(
    env: Env<'_>,
    appconfig: bool,
    warnings: &mut Vec<String>,
) -> Option<(&'static str, Named)> {
    let config = set(env, CONFIG).map(|value| (CONFIG, Named::Document(value)));
    let file = set(env, FILE).map(|value| (FILE, Named::File(value)));
    let appconfig = appconfig_named(env, appconfig, warnings);
    let param = either(env, PARAM, warnings).map(|(name, value)| (name, Named::Parameter(value)));
    let mut named = [config, file, appconfig, param].into_iter().flatten();
    let (name, chosen) = named.next()?;
    for (other, _) in named {
        warnings.push(ignored(other, name));
    }
    Some((name, chosen))
}

fn ignored(name: &str, first: &str) -> String {
    format!("{name} is ignored, as {first} is set and goes first; unset one of them")
}

/// A variable that has two names. Both with the same value are one.
fn either(
    env: Env<'_>,
    names: [&'static str; 2],
    warnings: &mut Vec<String>,
) -> Option<(&'static str, String)> {
    let (name, value) = first(env, &names)?;
    let [own, other] = names;
    if name == own && set(env, other).is_some_and(|second| second != value) {
        warnings.push(ignored(other, own));
    }
    Some((name, value))
}

/// The three variables, if all of them are there; some of them are a slip.
fn appconfig_named(
    env: Env<'_>,
    can_be_read: bool,
    warnings: &mut Vec<String>,
) -> Option<(&'static str, Named)> {
    let present = APPCONFIG.iter().find_map(|names| first(env, names));
    let (name, _) = present?;
    if !can_be_read {
        warnings.push(without("extension", name));
        return None;
    }
    let parts = APPCONFIG.map(|names| either(env, names, warnings));
    let missing: Vec<&str> = APPCONFIG
        .iter()
        .zip(&parts)
        .filter_map(|([own, _], part)| part.is_none().then_some(*own))
        .collect();
    if let [
        Some((_, application)),
        Some((_, environment)),
        Some((_, configuration)),
    ] = parts
    {
        let named = Named::AppConfig {
            application,
            environment,
            configuration,
        };
        return Some((name, named));
    }
    warnings.push(format!(
        "{name} is ignored, as there is no {}; AppConfig takes the application, the environment \
         and the configuration",
        missing.join(" and no ")
    ));
    None
}

pub(super) fn without(features: &str, name: &str) -> String {
    format!(
        "{name} is ignored, as chaos-core was built without the feature `{features}`; add it to \
         the features of chaos-core in Cargo.toml"
    )
}
