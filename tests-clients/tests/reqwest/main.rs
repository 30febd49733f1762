//! Requests of the real reqwest under faults.

#[path = "../support/server.rs"]
mod server;

mod modes;
mod process;
mod real;
