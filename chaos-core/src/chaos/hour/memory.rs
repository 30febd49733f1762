//! What the process holds.

use std::fmt;

/// What an hour may add after its first tenth, in KiB. A leak of a hundred bytes an invocation, or
/// of a kilobyte a fetch, is more.
const SLACK: u64 = 4096;

/// The resident memory at each tenth of the hour, in KiB.
#[derive(Debug, Default)]
pub(super) struct Memory(Vec<u64>);

impl Memory {
    pub(super) fn look_at_each_tenth(&mut self, n: u64, of: u64) {
        if (n + 1).is_multiple_of((of / 10).max(1)) {
            self.0.push(resident());
        }
    }

    pub(super) fn is_flat(&self) {
        assert!(self.0.len() >= 10, "{self}");
        let (first, last) = (self.0[0], self.0[self.0.len() - 1]);
        assert!(last <= first + SLACK, "{self}");
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "resident memory in KiB at each tenth {:?}", self.0)
    }
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let figure = line.expect("a line").trim().trim_end_matches(" kB");
    figure.parse().expect("a figure")
}
