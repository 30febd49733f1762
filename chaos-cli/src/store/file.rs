//! A document in a file.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Between, Changed, Found, Kind, Origin, Trouble, Written};
use crate::edit::merge;

/// A file with a document.
#[derive(Debug)]
pub(crate) struct FileStore {
    path: PathBuf,
}

impl FileStore {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn name(&self) -> String {
        format!("file {}", self.path.display())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn read(&self) -> Result<Found, Trouble> {
        let name = self.name();
        let text = fs::read_to_string(&self.path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Trouble::missing(format!(
                "there is no {name}; create it with `cargo chaos init`"
            )),
            _ => Trouble::other(format!(
                "cannot read the {name}: {error}; name a file that can be read as text"
            )),
        })?;
        let changed = Changed {
            at: self.path.metadata().and_then(|data| data.modified()).ok(),
            by: None,
        };
        Ok(Found {
            text,
            version: None,
            changed,
            under_way: None,
            origin: Origin::File,
        })
    }

    pub(super) fn create(&self, text: &str) -> Result<Written, Trouble> {
        let _lock = self.lock();
        if self.path.exists() {
            return Err(Trouble::new(
                Kind::Exists,
                format!("there is a {} already", self.name()),
            ));
        }
        self.replace(text)
    }

    /// Merges what somebody else wrote since it was found.
    pub(super) fn write(&self, found: &Found, text: &str) -> Result<Written, Trouble> {
        let _lock = self.lock();
        let now = self.read()?.text;
        if now == found.text {
            return self.replace(text);
        }
        let merged = merge(&found.text, &now, text);
        let mut written = self.replace(&merged.text)?;
        written.between.push(Between {
            versions: Vec::new(),
            decided: merged.decided,
            before: text.to_owned(),
        });
        Ok(written)
    }

    pub(super) fn write_over(&self, text: &str) -> Result<Written, Trouble> {
        if !self.path.exists() {
            return Err(Trouble::missing(format!(
                "there is no {}; create it with `cargo chaos init`",
                self.name()
            )));
        }
        self.replace(text)
    }

    fn replace(&self, text: &str) -> Result<Written, Trouble> {
        replace(&self.path, text).map_err(|error| {
            Trouble::other(format!(
                "cannot write the {}: {error}; see that its folder is there, and that you may write to it",
                self.name()
            ))
        })?;
        Ok(Written::new(text, None))
    }

    /// Keeps others of our kind from writing beside us, where folders can be locked: the file
    /// itself is another one after each write.
    fn lock(&self) -> Option<fs::File> {
        let folder = fs::File::open(folder(&self.path)).ok()?;
        folder.lock().ok()?;
        Some(folder)
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Writes a file so that a reader finds the old text or the new one and nothing in between. A
/// link stays one, and the permissions stay what they were.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut file = NamedTempFile::new_in(folder(&path))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    fs::set_permissions(file.path(), permissions(&path)?)?;
    file.persist(&path)?;
    Ok(())
}

/// Those of the file that is replaced; a new one gets those that new files have here.
fn permissions(path: &Path) -> io::Result<fs::Permissions> {
    match fs::metadata(path) {
        Ok(data) => Ok(data.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let file = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .open(path)?;
            Ok(file.metadata()?.permissions())
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let trouble = FileStore::new(folder.path().join("chaos.json")).read();
        assert!(trouble.unwrap_err().is_missing());
        let trouble = FileStore::new(folder.path().to_owned()).read();
        assert!(!trouble.unwrap_err().is_missing());
    }

    #[test]
    fn a_replaced_file_has_its_new_text_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chaos.json");
        replace(&path, "{}").unwrap();
        replace(&path, "{\"a\": 1}").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\": 1}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_so_does_a_link() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chaos.json");
        replace(&path, "{}").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link.json");
        symlink(&path, &link).unwrap();

        replace(&link, "{\"a\": 1}").unwrap();

        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\": 1}");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
}
