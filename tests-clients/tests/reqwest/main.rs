//! Requests of the real reqwest under faults.

mod modes;
mod process;
mod real;
