//! Counts allocations with the clients; started by `chaos-benches`, once for each row.

use std::alloc::System;

use anyhow::Result;
use chaos_benches::Counts;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    chaos_benches::count(&args, counts)
}

/// A block that grows counts as an allocation: it may be one.
fn counts() -> Counts {
    let stats = ALLOCATOR.stats();
    Counts {
        allocations: stats.allocations + stats.reallocations,
        bytes: stats.bytes_allocated,
    }
}
