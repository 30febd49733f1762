//! Where the document is, and how it is read and written there.
//!
//! `place.rs` has the options that name the place, which every command that takes a document
//! shares; `location.rs` resolves them, with the library's environment variables and the saved
//! profiles (`profiles.rs`) behind them. A [`Store`] is what a place is opened to.
//!
//! ```text
//! let store = Store::open(&arguments.place).await?;
//! let found = store.read().await?;
//! chaos_core::plan::read(&found.text);
//! ```

mod appconfig;
mod aws;
mod file;
pub(crate) mod local;
mod location;
mod place;
mod profiles;
mod ssm;
mod trouble;

use std::time::SystemTime;

pub(crate) use self::location::Location;
pub(crate) use self::place::Place;
pub(crate) use self::profiles::Profiles;
pub(crate) use self::trouble::{Kind, Trouble};

use self::appconfig::{AppConfigStore, Seen};
use self::file::FileStore;
use self::ssm::ParameterStore;
use crate::ending::Ending;

/// A document as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) text: String,
    /// What the place counts changes by, where it does.
    pub(crate) version: Option<u64>,
    pub(crate) changed: Changed,
    /// A deployment that has not reached everybody yet.
    pub(crate) under_way: Option<UnderWay>,
    origin: Origin,
}

/// Who changed the document last, and when, as far as that is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changed {
    pub(crate) at: Option<SystemTime>,
    pub(crate) by: Option<String>,
}

/// A deployment that is under way.
#[derive(Clone, Debug)]
pub(crate) struct UnderWay {
    /// Its number, and how far it has got.
    pub(crate) what: String,
    /// The document that the others still have.
    pub(crate) before: String,
}

/// Whether a write has to be in force at once, whatever others deploy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Haste {
    No,
    Now,
}

/// What a place needs to know again to write what was made of what was found.
#[derive(Clone, Debug)]
enum Origin {
    Given,
    File,
    Parameter { name: String, secure: bool },
    AppConfig(Seen),
}

/// What became of a write.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// What is there now.
    pub(crate) text: String,
    pub(crate) version: Option<u64>,
    /// What others had written since it was read, and how it was merged.
    pub(crate) between: Vec<Between>,
    /// What others had written and could not be merged.
    pub(crate) unseen: Option<String>,
}

/// Changes of others that came in between.
#[derive(Clone, Debug)]
pub(crate) struct Between {
    /// Their versions, where the place counts them, and who wrote each.
    pub(crate) versions: Vec<(u64, Option<String>)>,
    /// What both had changed, and what became of it.
    pub(crate) decided: Vec<String>,
    /// What was written before it was merged.
    pub(crate) before: String,
}

impl Written {
    fn new(text: &str, version: Option<u64>) -> Self {
        Self {
            text: text.to_owned(),
            version,
            between: Vec::new(),
            unseen: None,
        }
    }
}

/// A place that was found, with the clients that reach it.
#[derive(Debug)]
pub(crate) enum Store {
    /// `CHAOS_CONFIG`: the document itself, which cannot be changed from here.
    Given(String),
    File(FileStore),
    Parameter(ParameterStore),
    AppConfig(AppConfigStore),
}

impl Store {
    /// Opens the place that the options name, or else the environment, without reading it yet.
    pub(crate) async fn open(place: &Place) -> Result<Self, Ending> {
        let place = place.resolved()?;
        Ok(match place.locate()? {
            Location::Given(document) => Self::Given(document),
            Location::File(path) => Self::File(FileStore::new(path)),
            Location::Parameter(name) => {
                Self::Parameter(ParameterStore::open(&place.access(), name).await)
            }
            Location::Local(session) => Self::Parameter(ParameterStore::local(&session).await),
            Location::AppConfig(name) => {
                Self::AppConfig(AppConfigStore::open(&place.access(), name).await)
            }
        })
    }

    /// The document as it is there now.
    pub(crate) async fn read(&self) -> Result<Found, Trouble> {
        match self {
            Self::Given(document) => Ok(Found {
                text: document.clone(),
                version: None,
                changed: Changed::default(),
                under_way: None,
                origin: Origin::Given,
            }),
            Self::File(file) => file.read(),
            Self::Parameter(parameter) => parameter.read().await,
            Self::AppConfig(appconfig) => appconfig.read().await,
        }
    }

    /// Who or what changed it last, as far as one may know.
    pub(crate) async fn changed(&self, found: &Found) -> Changed {
        match self {
            Self::Given(_) | Self::File(_) | Self::AppConfig(_) => found.changed.clone(),
            Self::Parameter(parameter) => parameter.changed(found).await,
        }
    }

    /// Creates the document; there must be none.
    pub(crate) async fn create(&self, text: &str, new: &New) -> Result<Written, Trouble> {
        match self {
            Self::Given(_) => Err(given()),
            Self::File(file) => file.create(text),
            Self::Parameter(parameter) => parameter.create(text, new.key.as_deref()).await,
            Self::AppConfig(appconfig) => appconfig.create(text).await,
        }
    }

    /// Writes what was made of what was found. What others wrote since then is not lost.
    pub(crate) async fn write(
        &self,
        found: &Found,
        text: &str,
        haste: Haste,
    ) -> Result<Written, Trouble> {
        match self {
            Self::Given(_) => Err(given()),
            Self::File(file) => file.write(found, text),
            Self::Parameter(parameter) => parameter.write(found, text).await,
            Self::AppConfig(appconfig) => appconfig.write(found, text, haste).await,
        }
    }

    /// Writes over whatever is there, with as few rights as may be.
    pub(crate) async fn write_over(&self, text: &str) -> Result<Written, Trouble> {
        match self {
            Self::Given(_) => Err(given()),
            Self::File(file) => file.write_over(text),
            Self::Parameter(parameter) => parameter.write_over(text).await,
            Self::AppConfig(appconfig) => appconfig.write_over(text).await,
        }
    }

    /// Stops a deployment that is under way, where a change takes one.
    pub(crate) async fn halt(&self) -> Result<(), Trouble> {
        match self {
            Self::Given(_) | Self::File(_) | Self::Parameter(_) => Ok(()),
            Self::AppConfig(appconfig) => appconfig.halt().await,
        }
    }

    /// The environment variable that has a function read the document there.
    pub(crate) fn variable(&self) -> Option<String> {
        match self {
            Self::Given(_) => None,
            Self::File(file) => Some(format!("CHAOS_CONFIG_FILE={}", file.path().display())),
            Self::Parameter(parameter) => Some(format!("CHAOS_PARAM={}", parameter.reference())),
            Self::AppConfig(appconfig) => Some(appconfig.variables()),
        }
    }

    /// The ids of application, environment and profile of a configuration in AppConfig.
    pub(crate) async fn ids(&self) -> Result<[String; 3], Trouble> {
        match self {
            Self::AppConfig(appconfig) => appconfig.three_ids().await,
            _ => Err(Trouble::other(format!("{} has no ids", self.name()))),
        }
    }

    /// What it is called in messages: `parameter /orders/chaos`.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Given(_) => "environment variable CHAOS_CONFIG".to_owned(),
            Self::File(file) => file.name(),
            Self::Parameter(parameter) => parameter.name(),
            Self::AppConfig(appconfig) => appconfig.name(),
        }
    }
}

/// How a new document is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct New {
    /// As a `SecureString` under this key; an empty name is the account's default key.
    pub(crate) key: Option<String>,
}

fn given() -> Trouble {
    Trouble::other(
        "CHAOS_CONFIG is the document itself, which a function reads once and nobody can change \
         from here; name a place with --param, --appconfig or --file",
    )
}
