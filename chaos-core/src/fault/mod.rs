//! What each mode does to a function, one file a mode. A fault that changes the world returns
//! what undoes it when it is dropped.

pub(crate) mod corruption;
pub(crate) mod cpu;
// Where the C library is bound when the process starts: static linking leaves nothing to pass on to.
#[cfg_attr(
    not(all(
        feature = "dns",
        target_os = "linux",
        target_env = "gnu",
        not(target_feature = "crt-static")
    )),
    path = "denylist/absent.rs"
)]
pub(crate) mod denylist;
pub(crate) mod diskspace;
pub(crate) mod exit;
pub(crate) mod latency;
pub(crate) mod memory;
pub(crate) mod panic;
pub(crate) mod timeout;

use crate::plan::{DiskSpace, Memory};

/// What takes so long to take that it is done beside the runtime's threads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Take {
    Disk(DiskSpace),
    Memory(Memory),
}

/// What a call holds until it ends. Dropping it gives it back.
#[derive(Debug)]
pub(crate) enum Held {
    Disk(diskspace::Taken),
    Memory(memory::Taken),
    Cpu(cpu::Busy),
    Names { _denied: denylist::Denied },
}

impl Take {
    /// Takes it, or says why it cannot.
    pub(crate) fn take(self) -> Result<Held, String> {
        match self {
            Self::Disk(disk) => {
                let directory = diskspace::directory();
                let taken = diskspace::take(&directory, disk);
                let why = |error| {
                    format!(
                        "no blocks can be taken in {}: {error}; where the function may not write there, \
                         let TMPDIR name another folder",
                        directory.display()
                    )
                };
                taken.map(Held::Disk).map_err(why)
            }
            Self::Memory(Memory { megabytes, .. }) => {
                let why = |error| {
                    format!(
                        "no {megabytes} MB of memory can be taken: {error}; ask for less with memory_mb"
                    )
                };
                memory::take(megabytes).map(Held::Memory).map_err(why)
            }
        }
    }
}
