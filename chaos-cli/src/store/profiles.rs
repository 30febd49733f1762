//! Saved profiles: names for places, in the user's configuration folder.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};

use super::file::replace;
use super::location::AppConfigName;
use crate::ending::Ending;

/// A place as it is saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Profile {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) param: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) appconfig: Option<AppConfigName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    /// The profile in AWS's own files.
    #[serde(rename = "aws-profile", skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<String>,
}

/// The options that it stands for, as they are typed.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = [
            ("--param", self.param.clone()),
            (
                "--appconfig",
                self.appconfig.as_ref().map(ToString::to_string),
            ),
            (
                "--file",
                self.file.as_ref().map(|file| file.display().to_string()),
            ),
            ("--region", self.region.clone()),
            ("--aws-profile", self.account.clone()),
        ];
        let given = options
            .into_iter()
            .filter_map(|(option, value)| Some(format!("{option} {}", value?)));
        f.write_str(&given.collect::<Vec<_>>().join(" "))
    }
}

/// All that are saved, by name.
#[derive(Debug)]
pub(crate) struct Profiles {
    path: PathBuf,
    all: BTreeMap<String, Profile>,
}

impl Profiles {
    /// Those in `cargo-chaos/profiles.toml` of the user's configuration folder.
    pub(crate) fn load() -> Result<Self, Ending> {
        let folder = etcetera::choose_base_strategy()
            .context("there is no home directory to keep profiles in; set HOME")?
            .config_dir();
        Self::load_from(folder.join("cargo-chaos").join("profiles.toml"))
    }

    fn load_from(path: PathBuf) -> Result<Self, Ending> {
        let shown = path.display();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(Ending::Usage(format!(
                    "cannot read {shown}: {error}; see that it is a file that you may read"
                )));
            }
        };
        let all = toml::from_str(&text)
            .map_err(|error| {
            Ending::Usage(format!(
                "{shown} is not as it was saved: {error}\ncorrect it, or remove it and save the profiles \
                 anew"
            ))
        })?;
        Ok(Self { path, all })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Profile)> {
        self.all.iter().map(|(name, profile)| (&**name, profile))
    }

    pub(crate) fn get(&self, name: &str) -> Result<Profile, Ending> {
        self.all.get(name).cloned().ok_or_else(|| {
            let saved: Vec<&str> = self.all.keys().map(String::as_str).collect();
            let others = if saved.is_empty() {
                "none is saved yet".to_owned()
            } else {
                format!("there are {}", saved.join(", "))
            };
            Ending::Usage(format!(
                "no profile is saved as `{name}`; {others}; save one with \
                 `cargo chaos profile save {name} --param NAME`"
            ))
        })
    }

    /// Saves a profile under a name, and says whether there was another one.
    pub(crate) fn save(&mut self, name: &str, profile: Profile) -> anyhow::Result<bool> {
        let replaced = self.all.insert(name.to_owned(), profile).is_some();
        self.write()?;
        Ok(replaced)
    }

    pub(crate) fn remove(&mut self, name: &str) -> Result<(), Ending> {
        self.get(name)?;
        self.all.remove(name);
        Ok(self.write()?)
    }

    fn write(&self) -> anyhow::Result<()> {
        let text = toml::to_string(&self.all)?;
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
        }
        replace(&self.path, &text).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders() -> Profile {
        Profile {
            param: Some("/orders/chaos".to_owned()),
            region: Some("eu-west-1".to_owned()),
            ..Profile::default()
        }
    }

    #[test]
    fn what_is_saved_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("profiles.toml");
        let mut profiles = Profiles::load_from(path.clone()).unwrap();
        assert!(!profiles.save("orders", orders()).unwrap());
        let appconfig = Profile {
            appconfig: Some("a/e/c".parse().unwrap()),
            ..Profile::default()
        };
        profiles.save("other", appconfig.clone()).unwrap();
        assert!(profiles.save("orders", orders()).unwrap());

        let mut profiles = Profiles::load_from(path.clone()).unwrap();
        assert_eq!(profiles.get("orders").unwrap(), orders());
        assert_eq!(profiles.get("other").unwrap(), appconfig);
        profiles.remove("orders").unwrap();
        let profiles = Profiles::load_from(path).unwrap();
        assert_eq!(profiles.iter().count(), 1);
    }

    #[test]
    fn a_name_that_is_not_saved_names_those_that_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.toml");
        let mut profiles = Profiles::load_from(path).unwrap();
        let said = |profiles: &Profiles| match profiles.get("order").unwrap_err() {
            Ending::Usage(said) => said,
            other => panic!("{other:?}"),
        };
        assert!(said(&profiles).contains("none is saved yet"));
        profiles.save("orders", orders()).unwrap();
        assert!(said(&profiles).contains("there are orders"));
    }

    #[test]
    fn a_file_that_somebody_spoiled_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.toml");
        std::fs::write(&path, "[orders]\nparameter = \"/a\"\n").unwrap();
        let ending = Profiles::load_from(path).unwrap_err();
        let Ending::Usage(said) = ending else {
            panic!("{ending:?}")
        };
        assert!(said.contains("parameter"), "{said}");
    }
}
