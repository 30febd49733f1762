//! What this process holds of the disk, of memory and of the cores, as the kernel tells it.

mod disk;

use std::fs;

/// What tests take of the disk, and of memory.
pub(crate) const MEGABYTES: u64 = 200;
/// And of the cores.
pub(crate) const CORES: u64 = 1;

/// Megabytes of 1,048,576 bytes, and threads.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Taken {
    /// In files without a name.
    pub(crate) disk: u64,
    /// Resident memory.
    pub(crate) memory: u64,
    /// Threads of mode `cpu`.
    pub(crate) cores: u64,
}

impl Taken {
    /// All that [`MEGABYTES`] and [`CORES`] say was taken, since `before`.
    ///
    /// # Panics
    ///
    /// If it was not.
    pub(crate) fn assert_more_than(&self, before: &Self) {
        // Other tests in this process take some megabytes at most, and come and go.
        assert!(before.disk < MEGABYTES, "{before:?}");
        assert!(self.disk >= MEGABYTES, "{self:?}");
        let resident = before.memory + MEGABYTES - MEGABYTES / 4;
        assert!(self.memory >= resident, "{before:?}, then {self:?}");
        assert!(self.cores >= CORES, "{self:?}");
    }

    /// What there is now.
    pub(crate) fn now() -> Self {
        Self {
            disk: disk::megabytes(),
            memory: memory(),
            cores: cores(),
        }
    }
}

fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = resident.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kilobytes.unwrap_or(0) / 1024
}

fn cores() -> u64 {
    let threads = fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let names = threads.filter_map(|thread| fs::read_to_string(thread.path().join("comm")).ok());
    let busy = names.filter(|name| name.trim() == "chaos-cpu").count();
    busy.try_into().unwrap_or(u64::MAX)
}
