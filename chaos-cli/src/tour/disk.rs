//! The free space of the temporary directory, which the function fills and gives back.

use std::time::Duration;

/// How often is looked while an invocation runs.
const LOOK: Duration = Duration::from_millis(5);
/// How long the space has to come back, at most.
const PATIENCE: Duration = Duration::from_secs(2);

/// Free megabytes before, during and after an invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Space {
    pub(crate) before: u64,
    pub(crate) least: u64,
    pub(crate) after: u64,
}

/// Runs an invocation and looks at the disk meanwhile. No figures where a system has none.
pub(crate) async fn watched<T>(
    megabytes: u64,
    work: impl Future<Output = T>,
) -> (T, Option<Space>) {
    let Some(before) = free() else {
        return (work.await, None);
    };
    let mut least = before;
    let mut work = std::pin::pin!(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            () = tokio::time::sleep(LOOK) => least = least.min(free().unwrap_or(least)),
        }
    };
    let after = returned(before, megabytes).await;
    let space = Space {
        before,
        least,
        after,
    };
    (done, Some(space))
}

/// What is free once the space is back, or when it is not to be waited for any longer.
async fn returned(before: u64, megabytes: u64) -> u64 {
    let wait = async {
        while free().is_some_and(|now| now + megabytes / 2 < before) {
            tokio::time::sleep(LOOK).await;
        }
    };
    let _ = tokio::time::timeout(PATIENCE, wait).await;
    free().unwrap_or_default()
}

/// How much the tour takes: little enough to leave room for everybody else.
pub(crate) fn modest() -> u64 {
    free().map_or(64, |free| (free / 4).clamp(1, 256))
}

/// Free megabytes of the directory that the function will take them from: it inherits ours.
#[cfg(unix)]
fn free() -> Option<u64> {
    let disk = rustix::fs::statvfs(std::env::temp_dir()).ok()?;
    Some(disk.f_bfree * disk.f_frsize / (1 << 20))
}

#[cfg(not(unix))]
fn free() -> Option<u64> {
    None
}
