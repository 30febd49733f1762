//! Mode `diskspace`: takes real blocks of the temporary directory, and gives them back when it
//! is dropped.
//!
//! The file that holds them has no name, so that the kernel gives the blocks back however the
//! process ends. Where a file system has no nameless files, the name is removed at once; a
//! process killed in between leaves it, and [`clear_leftovers`] removes it at the next start.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::plan::DiskSpace;

/// A megabyte as Lambda counts its ephemeral storage: 1,048,576 bytes.
const MEGABYTE: u64 = 1 << 20;
const PREFIX: &str = "chaos-core-diskspace-";

/// Blocks of the disk, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    _file: File,
    /// How many megabytes were really taken: fewer than asked for where the disk is full before.
    pub(crate) megabytes: u64,
    /// What else there is to say of it.
    pub(crate) remark: Option<&'static str>,
}

/// Where a document may take blocks: the temporary directory (`/tmp` in Lambda), and nowhere else.
pub(crate) fn directory() -> PathBuf {
    std::env::temp_dir()
}

/// Takes what the flag asks for, or what is left of the disk if that is less.
pub(crate) fn take(directory: &Path, disk: DiskSpace) -> io::Result<Taken> {
    let (megabytes, remark) = match disk.leave_free {
        None => (disk.megabytes, None),
        Some(left) => all_but(left, available(directory)? / MEGABYTE, disk.megabytes),
    };
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
        remark: full(taken, wanted).or(remark),
    })
}

fn full(taken: u64, wanted: u64) -> Option<&'static str> {
    (taken < wanted).then_some("the disk is full")
}

/// How many of the megabytes that are available to take so that `left` are left, and what to say
/// where that cannot be.
fn all_but(left: u64, available: u64, most: u64) -> (u64, Option<&'static str>) {
    match available.checked_sub(left) {
        None => (0, Some("no more than that was free before")),
        Some(rest) if rest > most => (
            most,
            Some("more is left free: 10240 MB are the most to take"),
        ),
        Some(rest) => (rest, None),
    }
}

/// What only Linux has, and Lambda is: blocks without writing, files without a name, and how much
/// is left. `None` where the file system lacks it.
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

    /// How many bytes of the disk anybody may still take.
    pub(super) fn available(directory: &Path) -> io::Result<u64> {
        let stat = rustix::fs::statvfs(directory)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    pub(super) fn allocate(file: &File, wanted: u64) -> io::Result<Option<u64>> {
        match rustix::fs::fallocate(file, FallocateFlags::empty(), 0, wanted) {
            Ok(()) => Ok(Some(wanted)),
            Err(Errno::NOSPC) => allocate_what_is_left(file, wanted).map(Some),
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn allocate_what_is_left(file: &File, wanted: u64) -> io::Result<u64> {
        what_fits(wanted, |at, piece| {
            match rustix::fs::fallocate(file, FallocateFlags::empty(), at, piece) {
                Ok(()) => Ok(true),
                Err(Errno::NOSPC) => Ok(false),
                Err(error) => Err(error.into()),
            }
        })
    }

    /// Pieces that halve as they cease to fit, down to a block.
    pub(super) fn what_fits(
        wanted: u64,
        mut fits: impl FnMut(u64, u64) -> io::Result<bool>,
    ) -> io::Result<u64> {
        let (mut taken, mut piece) = (0, wanted / 2);
        while piece >= BLOCK && taken < wanted {
            if fits(taken, piece)? {
                taken += piece;
            } else {
                piece /= 2;
            }
        }
        Ok(taken)
    }
}
#[cfg(target_os = "linux")]
use linux::{allocate, available, nameless};

#[cfg(not(target_os = "linux"))]
fn available(_: &Path) -> io::Result<u64> {
    Err(io::Error::other(
        "how much is free is asked on Linux only; write disk_space in place of leave_free",
    ))
}

#[cfg(not(target_os = "linux"))]
fn nameless(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

#[cfg(not(target_os = "linux"))]
fn allocate(_: &File, _: u64) -> io::Result<Option<u64>> {
    Ok(None)
}

fn write_zeros(file: &mut impl io::Write, wanted: u64) -> io::Result<u64> {
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

    /// Whether it is so at any of some moments: at others somebody else writes much.
    fn at_a_quiet_moment(mut is_so: impl FnMut() -> bool) -> bool {
        (0..50).any(|_| is_so())
    }

    #[test]
    fn takes_real_blocks_and_gives_them_back() {
        let directory = tempfile::tempdir().expect("a directory");
        let disk = DiskSpace {
            megabytes: 512,
            leave_free: None,
        };
        assert!(at_a_quiet_moment(|| {
            let before = free(directory.path());
            let taken = take(directory.path(), disk).expect("512 MB");
            let meanwhile = free(directory.path());
            assert_eq!((taken.megabytes, taken.remark), (512, None));
            let names = std::fs::read_dir(directory.path()).expect("entries");
            assert_eq!(names.count(), 0, "the file has no name");
            drop(taken);
            let are_taken = meanwhile + 512 * MEGABYTE <= before + SLACK;
            are_taken && free(directory.path()) + SLACK >= before
        }));
    }

    #[test]
    fn what_is_to_be_left_is_left() {
        let directory = tempfile::tempdir().expect("a directory");
        assert!(at_a_quiet_moment(|| {
            let stat = rustix::fs::statvfs(directory.path()).expect("statvfs");
            let available = stat.f_bavail * stat.f_frsize / MEGABYTE;
            let room = (available / 2).min(256);
            let disk = DiskSpace {
                megabytes: 10_240,
                leave_free: Some(available - room),
            };
            let taken = take(directory.path(), disk).expect("blocks");
            (room / 2..=room * 2).contains(&taken.megabytes)
        }));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn of_a_disk_that_is_nearly_full_all_is_taken_but_for_less_than_a_block() {
        let wanted = 1 << 20;
        for free in (0..wanted).step_by(997) {
            let taken = linux::what_fits(wanted, |at, piece| Ok(at + piece <= free));
            let taken = taken.expect("no error");
            assert!(taken <= free && free - taken < 4096, "{taken} of {free}");
        }
        // Somebody else gave blocks back meanwhile.
        for free in [wanted, 4 * wanted] {
            let taken = linux::what_fits(wanted, |at, piece| Ok(at + piece <= free));
            assert_eq!(taken.expect("no error"), wanted);
        }
        assert_eq!(full(wanted, wanted), None);
        assert_eq!(full(wanted - 1, wanted), Some("the disk is full"));
        let broken = linux::what_fits(wanted, |_, _| Err(io::ErrorKind::PermissionDenied.into()));
        assert!(broken.is_err());
    }

    /// A disk that has so many writes left, is interrupted at every other, and then fails.
    struct Disk(usize, io::ErrorKind);

    impl io::Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(self.1)?;
            if self.0 % 2 == 1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn zeros_are_written_until_the_disk_is_full_or_fails() {
        let full = write_zeros(&mut Disk(4, io::ErrorKind::StorageFull), 10 * MEGABYTE);
        assert_eq!(full.expect("what fits"), 2 * MEGABYTE);
        let enough = write_zeros(&mut Disk(20, io::ErrorKind::StorageFull), 3 * MEGABYTE);
        assert_eq!(enough.expect("all of it"), 3 * MEGABYTE);
        let broken = write_zeros(&mut Disk(4, io::ErrorKind::PermissionDenied), 10 * MEGABYTE);
        assert_eq!(
            broken.expect_err("it failed").kind(),
            io::ErrorKind::PermissionDenied
        );
    }

    #[test]
    fn what_is_to_be_left_is_left_as_far_as_that_goes() {
        assert_eq!(all_but(50, 512, 10_240), (462, None));
        assert_eq!(all_but(0, 512, 10_240), (512, None));
        assert_eq!(all_but(512, 512, 10_240), (0, None));
        assert_eq!(all_but(0, 10_240, 10_240), (10_240, None));
        let (taken, remark) = all_but(513, 512, 10_240);
        assert!(taken == 0 && remark.is_some_and(|text| text.contains("free before")));
        let (taken, remark) = all_but(50, 100_000, 10_240);
        assert!(taken == 10_240 && remark.is_some_and(|text| text.contains("more is left")));
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
