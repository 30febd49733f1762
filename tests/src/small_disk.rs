//! A small disk of a test's own.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// How large it is.
pub const MEGABYTES: u64 = 32;

/// Mounts it on its argument, says so, and keeps it until its input ends.
const KEEP: &str = r#"mount -t tmpfs -o size=32m tmpfs "$1" && echo mounted && read -r _"#;
/// Ways to a file system that nobody else sees: as root, or as anybody where the kernel lets them.
const WAYS: [Way; 2] = [
    Way {
        unshare: &["--mount"],
        enter: &["--mount"],
    },
    Way {
        unshare: &["--user", "--map-root-user", "--mount"],
        enter: &["--user", "--preserve-credentials", "--mount"],
    },
];

struct Way {
    unshare: &'static [&'static str],
    enter: &'static [&'static str],
}

/// A file system of 32 megabytes that only the processes of [`SmallDisk::command`] see. It outlives
/// each of them, and is gone when this is dropped.
#[derive(Debug)]
pub struct SmallDisk {
    directory: TempDir,
    keeper: Child,
    enter: &'static [&'static str],
}

impl SmallDisk {
    /// Mounts it, or says that this test is not run. Not every machine lets a test mount something;
    /// `cargo xtask test` runs all, or fails.
    ///
    /// # Panics
    ///
    /// If it cannot be mounted and all tests are to be run.
    pub fn mount() -> Option<Self> {
        let mounted = WAYS.iter().find_map(Self::by);
        if mounted.is_none() {
            let why = "neither root nor a user namespace may mount a tmpfs here";
            let all = cfg!(feature = "outside") || std::env::var_os("CHAOS_TESTS_ALL").is_some();
            assert!(
                !all,
                "the full disk cannot be tried: {why}; run the tests as root, or allow user \
                 namespaces (in a container: `--privileged`; on Ubuntu: sysctl \
                 kernel.apparmor_restrict_unprivileged_userns=0)"
            );
            // past the harness, which keeps to itself what a test that passes prints
            writeln!(
                std::io::stderr(),
                "NOT RUN: the full disk, and all of tests/tests/undone, as {why}"
            )
            .expect("it can be said");
        }
        mounted
    }

    fn by(way: &Way) -> Option<Self> {
        let directory = tempfile::tempdir().expect("a directory");
        let mut keeper = Command::new("unshare");
        keeper.args(way.unshare).args(["sh", "-c", KEEP, "sh"]);
        keeper.arg(directory.path()).stderr(Stdio::null());
        let keeper = keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut disk = Self {
            directory,
            keeper: keeper.ok()?,
            enter: way.enter,
        };
        let mut said = String::new();
        BufReader::new(disk.keeper.stdout.take()?)
            .read_line(&mut said)
            .ok()?;
        let entered = || {
            disk.command("true")
                .status()
                .is_ok_and(|status| status.success())
        };
        (said == "mounted\n" && entered()).then_some(disk)
    }

    /// Becomes a program that has the disk for its temporary directory.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        command
            .arg(format!("--target={}", self.keeper.id()))
            .args(self.enter)
            .arg(program)
            .env("TMPDIR", self.directory.path());
        command
    }

    /// How many bytes are free, as anybody sees it.
    ///
    /// # Panics
    ///
    /// If the disk cannot be asked.
    pub fn free(&self) -> u64 {
        let stat = rustix::fs::statvfs(self.seen()).expect("a directory can be asked");
        stat.f_bfree * stat.f_frsize
    }

    /// How many files are on it.
    ///
    /// # Panics
    ///
    /// If the disk cannot be read.
    pub fn files(&self) -> usize {
        std::fs::read_dir(self.seen()).expect("entries").count()
    }

    /// The disk, from where it is not mounted.
    fn seen(&self) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.keeper.id()));
        let path = self.directory.path();
        root.join(path.strip_prefix(Path::new("/")).unwrap_or(path))
    }
}

impl Drop for SmallDisk {
    /// The end of the last process that sees it is its end.
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Whether it ends well is no matter.
        let _ = self.keeper.wait();
    }
}
