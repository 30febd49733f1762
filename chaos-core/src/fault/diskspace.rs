//! Mode `diskspace`: takes real blocks of the temporary directory, and gives them back when it
//! is dropped.
//!
//! The file that holds them has no name, so that the kernel gives the blocks back however the
//! process ends. Where a file system has no nameless files, the name is removed at once; a
//! process killed in between leaves it, and [`clear_leftovers`] removes it at the next start.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A megabyte as Lambda counts its ephemeral storage: 1,048,576 bytes.
const MEGABYTE: u64 = 1 << 20;
const PREFIX: &str = "chaos-core-diskspace-";

/// Blocks of the disk, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    _file: File,
    /// How many megabytes were really taken: fewer than asked for where the disk is full before.
    pub(crate) megabytes: u64,
    /// Whether nothing is left of the disk.
    pub(crate) full: bool,
}

/// Where a document may take blocks: the temporary directory (`/tmp` in Lambda), and nowhere else.
pub(crate) fn directory() -> PathBuf {
    std::env::temp_dir()
}

/// Takes `megabytes`, or what is left of the disk if that is less.
pub(crate) fn take(directory: &Path, megabytes: u64) -> io::Result<Taken> {
    let mut file = match nameless(directory)? {
        Some(file) => file,
        None => unlinked(directory)?,
    };
    let wanted = megabytes.saturating_mul(MEGABYTE);
    let taken = match allocate(&file, wanted)? {
        Some(taken) => taken,
        None => write_zeros(&mut file, wanted)?,
    };
    Ok(Taken {
        _file: file,
        megabytes: taken / MEGABYTE,
        full: taken < wanted,
    })
}

/// What only Linux has, and Lambda is: blocks without writing, files without a name.
/// `None` where the file system lacks it.
#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    use rustix::fs::{FallocateFlags, Mode, OFlags};
    use rustix::io::Errno;

    const BLOCK: u64 = 4096;

    pub(super) fn nameless(directory: &Path) -> io::Result<Option<File>> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        match rustix::fs::open(directory, flags, Mode::RUSR | Mode::WUSR) {
            Ok(file) => Ok(Some(file.into())),
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn allocate(file: &File, wanted: u64) -> io::Result<Option<u64>> {
        match rustix::fs::fallocate(file, FallocateFlags::empty(), 0, wanted) {
            Ok(()) => Ok(Some(wanted)),
            Err(Errno::NOSPC) => allocate_what_is_left(file, wanted).map(Some),
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Pieces that halve as they cease to fit, down to a block.
    fn allocate_what_is_left(file: &File, wanted: u64) -> io::Result<u64> {
        let (mut taken, mut piece) = (0, wanted / 2);
        while piece >= BLOCK && taken < wanted {
            match rustix::fs::fallocate(file, FallocateFlags::empty(), taken, piece) {
                Ok(()) => taken += piece,
                Err(Errno::NOSPC) => piece /= 2,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(taken)
    }
}
#[cfg(target_os = "linux")]
use linux::{allocate, nameless};

#[cfg(not(target_os = "linux"))]
fn nameless(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

#[cfg(not(target_os = "linux"))]
fn allocate(_: &File, _: u64) -> io::Result<Option<u64>> {
    Ok(None)
}

fn write_zeros(file: &mut File, wanted: u64) -> io::Result<u64> {
    let zeros = vec![0; 1 << 20];
    let mut written = 0;
    while written < wanted {
        match file.write(&zeros) {
            Ok(0) => break,
            Ok(count) => written += count as u64,
            Err(error) if error.kind() == io::ErrorKind::StorageFull => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}

fn unlinked(directory: &Path) -> io::Result<File> {
    let unique = rand::random::<u64>();
    let path = directory.join(format!("{PREFIX}{}-{unique:016x}", std::process::id()));
    let file = File::options().write(true).create_new(true).open(&path)?;
    // Somebody else's clearing may have been quicker, which is just as well.
    let _ = std::fs::remove_file(&path);
    Ok(file)
}

/// Removes what a process that was killed left behind; says how many files that were.
pub(crate) fn clear_leftovers(directory: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return 0;
    };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX))
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter(|entry| std::fs::remove_file(entry.path()).is_ok())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(directory: &Path) -> u64 {
        let stat = rustix::fs::statvfs(directory).expect("statvfs");
        stat.f_bfree * stat.f_frsize
    }

    /// What others do to the disk meanwhile.
    const SLACK: u64 = 64 * MEGABYTE;

    #[test]
    fn takes_real_blocks_and_gives_them_back() {
        let directory = tempfile::tempdir().expect("a directory");
        let before = free(directory.path());
        let taken = take(directory.path(), 512).expect("512 MB");
        assert_eq!(taken.megabytes, 512);
        assert!(!taken.full);
        assert!(free(directory.path()) + 512 * MEGABYTE <= before + SLACK);
        let names = std::fs::read_dir(directory.path()).expect("entries");
        assert_eq!(names.count(), 0, "the file has no name");
        drop(taken);
        assert!(free(directory.path()) + SLACK >= before);
    }

    #[test]
    fn the_way_without_nameless_files_leaves_no_name_either() {
        let directory = tempfile::tempdir().expect("a directory");
        let mut file = unlinked(directory.path()).expect("a file");
        assert_eq!(
            write_zeros(&mut file, 3 * MEGABYTE).expect("written"),
            3 * MEGABYTE
        );
        assert_eq!(file.metadata().expect("metadata").len(), 3 * MEGABYTE);
        assert_eq!(
            std::fs::read_dir(directory.path())
                .expect("entries")
                .count(),
            0
        );
    }

    #[test]
    fn clears_its_own_leftovers_and_nothing_else() {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join(format!("{PREFIX}1-2")), "x").expect("written");
        std::fs::write(directory.path().join("somebody-elses"), "x").expect("written");
        assert_eq!(clear_leftovers(directory.path()), 1);
        assert!(directory.path().join("somebody-elses").exists());
        assert_eq!(clear_leftovers(&directory.path().join("missing")), 0);
    }
}
