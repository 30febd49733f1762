//! What the modes take that take something, and how it is told that it is there, or back.

use chaos_tests::{Found, Running, wait};
use serde_json::{Value, json};

const MEGABYTE: u64 = 1 << 20;
/// How much memory a call takes.
const MEMORY: u64 = 256;
/// What else may become resident meanwhile: the stacks and heaps of new threads.
const ELSE: u64 = MEMORY / 4;
/// Of 200 ms, how long two threads have a core at the least, on a machine with other things to do.
const BUSY_MS: u64 = 20;

/// A mode that takes something of the process's surroundings.
pub(crate) struct Taking {
    pub(crate) mode: &'static str,
    figures: Value,
    /// Whether the second finding shows that it is taken.
    is_taken: fn(&Found, &Found) -> bool,
    /// Whether it shows that all is as in the first.
    is_back: fn(&Found, &Found) -> bool,
}

impl Taking {
    /// The mode's one flag, which always fires.
    pub(crate) fn document(&self) -> Value {
        json!({ self.mode: self.flag() })
    }

    fn flag(&self) -> Value {
        let mut flag = self.figures.clone();
        flag["enabled"] = json!(true);
        flag
    }

    pub(crate) fn assert_taken(&self, before: &Found, meanwhile: &Found, function: &Running) {
        assert!(
            (self.is_taken)(before, meanwhile),
            "{} takes nothing: {before:?}, then {meanwhile:?}\n{}",
            self.mode,
            function.story()
        );
    }
}

pub(crate) const MODES: [fn() -> Taking; 4] = [disk, memory, cores, names];

/// More than there is, so that the disk is full.
pub(crate) fn disk() -> Taking {
    Taking {
        mode: "diskspace",
        figures: json!({"disk_space": 1024}),
        is_taken: |before, now| before.free > 0 && now.free == 0,
        // Nobody else uses it.
        is_back: |before, now| now.free == before.free,
    }
}

pub(crate) fn memory() -> Taking {
    Taking {
        mode: "memory",
        figures: json!({"memory_mb": MEMORY}),
        is_taken: |before, now| now.resident >= before.resident + MEMORY * MEGABYTE,
        is_back: |before, now| now.resident <= before.resident + ELSE * MEGABYTE,
    }
}

pub(crate) fn cores() -> Taking {
    Taking {
        mode: "cpu",
        figures: json!({"cpu_threads": 2}),
        is_taken: |_, now| now.threads >= 2 && now.busy_ms >= BUSY_MS,
        is_back: |before, now| now.threads == before.threads && now.busy_ms < BUSY_MS,
    }
}

pub(crate) fn names() -> Taking {
    Taking {
        mode: "denylist",
        figures: json!({"deny_list": [".*"]}),
        is_taken: |before, now| before.resolves && !now.resolves,
        is_back: |before, now| now.resolves == before.resolves,
    }
}

/// One flag for each of the modes.
pub(crate) fn all() -> Value {
    let flags = MODES.iter().map(|mode| mode());
    flags
        .map(|taking| (taking.mode.to_owned(), taking.flag()))
        .collect()
}

/// Each of the modes has taken what it takes.
pub(crate) fn assert_all_taken(before: &Found, meanwhile: &Found, function: &Running) {
    for mode in MODES {
        mode().assert_taken(before, meanwhile, function);
    }
}

/// Nothing of what any mode takes is taken now. What was dropped while it was taken may be back only
/// a moment later.
pub(crate) async fn assert_back(before: &Found, function: &Running, after: &str) {
    let mut found = *before;
    let back = wait::until(wait::LONG, async || {
        found = function.found().await;
        MODES.iter().all(|mode| (mode().is_back)(before, &found))
    });
    assert!(
        back.await,
        "after {after}: {before:?}, then {found:?}\n{}",
        function.story()
    );
}
