//! How much room is left for what is built.

use std::path::Path;

use crate::report;
use crate::workspace::Workspace;

const GIGABYTE: u64 = 1_000_000_000;

/// What the target directory holds once everything was built from nothing.
const TAKEN: u64 = 11 * GIGABYTE;

/// Says beforehand that a disk may fill up: where it does, whichever compiler comes first fails.
pub(crate) fn note(workspace: &Workspace) {
    if let Some(note) = free(&workspace.target).and_then(little) {
        report::note(&note);
    }
}

/// What is left to us of the disk that `path` is on, or will be, in bytes.
fn free(path: &Path) -> Option<u64> {
    let there = path.ancestors().find(|path| path.exists())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// What is to be said where so much is left, if anything is.
fn little(free: u64) -> Option<String> {
    let (tenths, taken) = (free / (GIGABYTE / 10), TAKEN / GIGABYTE);
    (free < TAKEN).then(|| {
        format!(
            "the disk of the target directory has {}.{} GB left; all steps together fill about {taken} GB of it when \
             nothing is built yet (`cargo clean` frees what earlier builds left)",
            tenths / 10,
            tenths % 10,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_said() {
        let said = little(6_700_000_000).expect("a note");
        assert!(said.contains("has 6.7 GB left"), "{said}");
        assert_eq!(little(TAKEN), None);
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_on_the_disk_of_the_one_above() {
        let folder = tempfile::tempdir().expect("a folder");
        let room = free(&folder.path().join("not/there")).expect("a disk");
        assert!(room > 0);
    }
}
