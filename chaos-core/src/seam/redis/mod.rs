//! Faults in the commands of Redis connections, as the `redis` crate's own errors.
//!
#![doc = include_str!("guide.md")]

mod blocking;
mod carrier;
mod command;
mod connection;
mod corrupt;
mod errors;
mod keys;
mod pipeline;

pub use self::connection::{Instrumented, instrument};
pub use self::errors::{ERRORS, ServerErrorCode};
