//! Functions that `cargo chaos local` runs at the moment, as other commands find them.
//!
//! Each is announced by a small file in the user's runtime folder (`XDG_RUNTIME_DIR`, or else the
//! cache folder), which goes when the function does.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};

use super::file::replace;
use crate::ending::Ending;

/// A function that runs here, and where its document is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Session {
    /// The function's name.
    pub(crate) function: String,
    /// Where chaos-local's Parameter Store listens.
    pub(crate) parameter_store: SocketAddr,
    /// The name of the parameter there.
    pub(crate) parameter: String,
}

/// Takes the announcement back when it is dropped.
#[derive(Debug)]
#[must_use = "dropping it takes the announcement back"]
pub(crate) struct Announced(PathBuf);

impl Session {
    /// Lets other commands find the function with --local.
    pub(crate) fn announce(&self) -> anyhow::Result<Announced> {
        self.announce_in(&folder()?)
    }

    fn announce_in(&self, folder: &Path) -> anyhow::Result<Announced> {
        let path = folder.join(format!("{}.toml", self.parameter_store.port()));
        fs::create_dir_all(folder)
            .and_then(|()| replace(&path, &toml::to_string(self).map_err(io::Error::other)?))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Announced(path))
    }

    /// The function that is meant by a name, or the only one.
    pub(super) fn find(function: Option<&str>) -> Result<Self, Ending> {
        let running = Self::running(&folder()?);
        Self::choose(running, function).map_err(Ending::Usage)
    }

    /// Those that still run; what a killed process left behind is removed.
    fn running(folder: &Path) -> Vec<Self> {
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut running: Vec<Self> = files
            .filter_map(|file| {
                let text = fs::read_to_string(file.path()).ok()?;
                let session: Self = toml::from_str(&text).ok()?;
                if !session.answers() {
                    // It fails if somebody else was faster, which is as good.
                    let _ = fs::remove_file(file.path());
                    return None;
                }
                Some(session)
            })
            .collect();
        running.sort_by(|one, other| one.function.cmp(&other.function));
        running
    }

    fn answers(&self) -> bool {
        TcpStream::connect_timeout(&self.parameter_store, Duration::from_secs(1)).is_ok()
    }

    fn choose(running: Vec<Self>, function: Option<&str>) -> Result<Self, String> {
        let names: Vec<String> = running
            .iter()
            .map(|session| session.function.clone())
            .collect();
        let mut meant: Vec<Self> = running
            .into_iter()
            .filter(|session| function.is_none_or(|function| session.function == function))
            .collect();
        match (meant.len(), function) {
            (1, _) => Ok(meant.remove(0)),
            (0, _) if names.is_empty() => {
                Err("no function runs here; start one with `cargo chaos local`".to_owned())
            }
            (0, Some(function)) => Err(format!(
                "no function `{function}` runs here; there are {}",
                names.join(", ")
            )),
            (_, None) => Err(format!(
                "several functions run here ({}); name one, as --local={}",
                names.join(", "),
                names[0]
            )),
            (_, Some(function)) => Err(format!(
                "the function `{function}` runs here several times; end all but one"
            )),
        }
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        // If it is gone already, that is what was wanted.
        let _ = fs::remove_file(&self.0);
    }
}

fn folder() -> anyhow::Result<PathBuf> {
    let strategy = etcetera::choose_base_strategy()
        .context("there is no home directory; set HOME or XDG_RUNTIME_DIR")?;
    let base = strategy
        .runtime_dir()
        .unwrap_or_else(|| strategy.cache_dir());
    Ok(base.join("cargo-chaos").join("local"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn session(function: &str, store: &TcpListener) -> Session {
        Session {
            function: function.to_owned(),
            parameter_store: store.local_addr().unwrap(),
            parameter: "/chaos".to_owned(),
        }
    }

    #[test]
    fn what_runs_is_found_and_what_ended_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (listener(), listener());
        let orders = session("orders", &one);
        let users = session("users", &other);
        let announced = orders.announce_in(folder.path()).unwrap();
        let left_behind = users.announce_in(folder.path()).unwrap();
        let found = Session::running(folder.path());
        assert_eq!(found, [orders.clone(), users]);

        // killed: its announcement stays, and nobody answers
        drop(other);
        assert_eq!(Session::running(folder.path()), [orders]);
        std::mem::forget(left_behind);
        drop(announced);
        assert_eq!(Session::running(folder.path()), []);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    fn listener() -> TcpListener {
        TcpListener::bind("127.0.0.1:0").unwrap()
    }

    #[test]
    fn one_of_several_has_to_be_named() {
        let store = listener();
        let running = |names: &[&str]| {
            let sessions = names.iter().map(|name| session(name, &store));
            sessions.collect::<Vec<_>>()
        };
        let chosen = |names: &[&str], function| {
            Session::choose(running(names), function).map(|session| session.function)
        };
        assert_eq!(chosen(&["orders"], None).as_deref(), Ok("orders"));
        assert_eq!(
            chosen(&["orders", "users"], Some("users")).as_deref(),
            Ok("users")
        );
        let said = chosen(&["orders", "users"], None).unwrap_err();
        assert!(said.ends_with("name one, as --local=orders"), "{said}");
        assert!(chosen(&[], None).unwrap_err().contains("cargo chaos local"));
        let said = chosen(&["orders"], Some("users")).unwrap_err();
        assert!(said.ends_with("there are orders"), "{said}");
    }
}
