//! Commands of the real redis crate at a real redis-server, under faults.
#![cfg(feature = "outside")]

mod blocking;
mod keys;
mod kinds;
mod modes;
mod pipelines;
mod process;
mod real;
mod support;
