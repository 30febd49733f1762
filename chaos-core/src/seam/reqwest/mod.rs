//! Faults in the requests of reqwest clients, as reqwest's own errors.
//!
#![doc = include_str!("guide.md")]

mod failing;
mod middleware;
mod replies;

pub use self::middleware::{ChaosMiddleware, instrument};
