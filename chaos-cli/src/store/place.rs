//! The options that name the place of the document, the same for every command.

use std::path::PathBuf;

use clap::Args;

use super::aws::Access;
use super::local::Session;
use super::location::{AppConfigName, Location};
use super::profiles::{Profile, Profiles};
use crate::ending::Ending;
use crate::{progress, terminal};

/// Where the document is: one of these, or else what the environment names, as for the library
/// (`CHAOS_CONFIG`, `CHAOS_CONFIG_FILE`, `CHAOS_APPCONFIG_…`, `CHAOS_PARAM`).
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Where the document is")]
pub(crate) struct Place {
    /// An SSM parameter, by name or ARN
    #[arg(long, value_name = "NAME", group = "place")]
    pub(crate) param: Option<String>,
    /// A configuration profile in AppConfig, by names or ids
    #[arg(long, value_name = "APP/ENV/PROFILE", group = "place")]
    pub(crate) appconfig: Option<AppConfigName>,
    /// A file
    #[arg(long, value_name = "PATH", group = "place")]
    pub(crate) file: Option<PathBuf>,
    /// A place that `cargo chaos profile save` has saved under this name
    #[arg(long, value_name = "NAME", group = "place")]
    pub(crate) profile: Option<String>,
    /// The document of a function that `cargo chaos local` runs; its name, if several do
    #[arg(
        long,
        value_name = "FUNCTION",
        group = "place",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ""
    )]
    pub(crate) local: Option<String>,
    /// The AWS region; unless given, that of the environment or the AWS profile
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// The profile in AWS's configuration files; unless given, `AWS_PROFILE`
    #[arg(long, value_name = "NAME")]
    pub(crate) aws_profile: Option<String>,
}

impl Place {
    /// The same with what a saved profile says, where one is named. Options go before it.
    pub(crate) fn resolved(&self) -> Result<Self, Ending> {
        let Some(name) = &self.profile else {
            return Ok(self.clone());
        };
        let profile = Profiles::load()?.get(name)?;
        Ok(Self {
            profile: None,
            region: self.region.clone().or(profile.region),
            aws_profile: self.aws_profile.clone().or(profile.account),
            param: profile.param,
            appconfig: profile.appconfig,
            file: profile.file,
            local: None,
        })
    }

    /// Whether an option names a place.
    pub(crate) fn is_named(&self) -> bool {
        self.param.is_some()
            || self.appconfig.is_some()
            || self.file.is_some()
            || self.profile.is_some()
            || self.local.is_some()
    }

    /// The same, where it names something; else the other, in parts for region and AWS profile.
    pub(crate) fn or(self, other: Self) -> Self {
        let region = self.region.clone().or_else(|| other.region.clone());
        let aws_profile = self
            .aws_profile
            .clone()
            .or_else(|| other.aws_profile.clone());
        let place = if self.is_named() { self } else { other };
        Self {
            region,
            aws_profile,
            ..place
        }
    }

    /// Asks somebody at a terminal where the document is, if neither an option nor the environment
    /// says it.
    pub(crate) fn ask_if_not_named(&mut self) -> Result<(), Ending> {
        let environment = |name: &str| std::env::var(name).ok();
        if self.is_named() || Location::from_env(&environment, &mut Vec::new()).is_some() {
            return Ok(());
        }
        let other = "another SSM parameter".to_owned();
        let mut choices: Vec<String> = Profiles::load()?
            .iter()
            .map(|(name, _)| name.to_owned())
            .collect();
        if !choices.is_empty() {
            choices.push(other.clone());
            let chosen = terminal::chosen("Where is the document?", choices)?;
            if chosen != other {
                self.profile = Some(chosen);
                return Ok(());
            }
        }
        let help = "as /orders/chaos; --appconfig and --file name other places";
        self.param = Some(terminal::text("Name of the SSM parameter:", help)?);
        Ok(())
    }

    /// Where the document is; what is wrong with the environment is said.
    pub(crate) fn locate(&self) -> Result<Location, Ending> {
        if let Some(function) = &self.local {
            let function = Some(&**function).filter(|name| !name.is_empty());
            return Ok(Location::Local(Session::find(function)?));
        }
        if let Some(location) = self.given() {
            return Ok(location);
        }
        let mut warnings = Vec::new();
        let environment = |name: &str| std::env::var(name).ok();
        let location = Location::from_env(&environment, &mut warnings);
        for warning in &warnings {
            progress::warning(warning);
        }
        location.ok_or_else(|| {
            Ending::Usage(
                "it is not said where the document is; name it with --param, --appconfig, --file, \
                 --profile or --local, or set CHAOS_PARAM"
                    .to_owned(),
            )
        })
    }

    fn given(&self) -> Option<Location> {
        let parameter = self.param.clone().map(Location::Parameter);
        let appconfig = self.appconfig.clone().map(Location::AppConfig);
        let file = self.file.clone().map(Location::File);
        parameter.or(appconfig).or(file)
    }

    /// How AWS is reached there.
    pub(super) fn access(&self) -> Access {
        Access {
            region: self.region.clone(),
            profile: self.aws_profile.clone(),
        }
    }

    /// What a saved profile keeps of it.
    pub(crate) fn to_profile(&self) -> Result<Profile, Ending> {
        // A file named from here is meant from everywhere.
        let file = self.file.as_deref().map(std::path::absolute).transpose()?;
        let place = self.resolved()?;
        if place.given().is_none() {
            return Err(Ending::Usage(
                "it is not said what to save; name a place with --param, --appconfig or --file"
                    .to_owned(),
            ));
        }
        Ok(Profile {
            param: place.param,
            appconfig: place.appconfig,
            file: file.or(place.file),
            region: place.region,
            account: place.aws_profile,
        })
    }
}
