//! The same function with and without features of chaos-core: its size, its start, its build.
//!
//! - `sets.rs`: the sets of features, and how many bytes each may add
//! - `build.rs`: how a set is built, and into which directory
//! - `size.rs`: the section of the sizes and starts, and the check of the bytes
//! - `start.rs`: from exec to the first request for an invocation
//! - `build_times.rs`: the section of the build times

mod build;
pub(crate) mod build_times;
mod sets;
pub(crate) mod size;
mod start;
