//! What a process finds of its disk, its memory, its cores and the resolver.

use std::fs;
use std::io;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// How long a process is watched to see how busy it is.
const WATCHED: Duration = Duration::from_millis(200);

/// How a process finds itself. The test function answers with it, and its tests read it.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub struct Found {
    /// Bytes of the temporary directory's file system that are free.
    pub free: u64,
    /// Bytes of memory that are resident, without what is mapped from files: debug information is,
    /// once there was a backtrace.
    pub resident: u64,
    /// How many threads of the mode `cpu` there are.
    pub threads: usize,
    /// For how many milliseconds the process kept a core busy within 200 ms in which it had nothing
    /// to do; several cores add up.
    pub busy_ms: u64,
    /// Whether `localhost` resolves.
    pub resolves: bool,
    /// How often the handler has begun, ever.
    pub runs: u64,
}

impl Found {
    /// Of this process, which has begun its handler so often.
    ///
    /// # Errors
    ///
    /// If the system does not say.
    pub async fn here(runs: u64) -> io::Result<Self> {
        let before = processor_ms();
        tokio::time::sleep(WATCHED).await;
        let busy_ms = processor_ms() - before;
        let stat = rustix::fs::statvfs(std::env::temp_dir())?;
        Ok(Self {
            free: stat.f_bfree * stat.f_frsize,
            resident: resident()?,
            threads: busy_threads()?,
            busy_ms,
            resolves: tokio::net::lookup_host(("localhost", 80)).await.is_ok(),
            runs,
        })
    }
}

/// The time that all of the process's threads have had on a core.
fn processor_ms() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let ms = time.tv_sec * 1_000 + time.tv_nsec / 1_000_000;
    u64::try_from(ms).unwrap_or_default()
}

fn resident() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    let kilobytes = kilobytes.ok_or_else(|| io::Error::other("no line says what is resident"))?;
    Ok(kilobytes * 1024)
}

fn busy_threads() -> io::Result<usize> {
    let mut threads = 0;
    for entry in fs::read_dir("/proc/self/task")? {
        // a thread may end while they are counted
        let name = fs::read_to_string(entry?.path().join("comm"));
        threads += usize::from(name.is_ok_and(|name| name.trim() == "chaos-cpu"));
    }
    Ok(threads)
}
