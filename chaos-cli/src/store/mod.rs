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
}

/// Who changed the document last, and when, as far as that is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changed {
    pub(crate) at: Option<SystemTime>,
    pub(crate) by: Option<String>,
}

/// A place that was found, with the clients that reach it.
#[derive(Debug)]
pub(crate) enum Store {
    /// `CHAOS_CONFIG`: the document itself, which cannot be changed from here.
    Given(String),
    File(FileStore),
    Parameter(ParameterStore),
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
                return Err(Ending::Usage(format!("{name}: AppConfig is not read yet")));
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
            }),
            Self::File(file) => file.read(),
            Self::Parameter(parameter) => parameter.read().await,
        }
    }

    /// What it is called in messages: `parameter /orders/chaos`.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Given(_) => "environment variable CHAOS_CONFIG".to_owned(),
            Self::File(file) => file.name(),
            Self::Parameter(parameter) => parameter.name(),
        }
    }
}
