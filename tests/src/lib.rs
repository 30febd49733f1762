//! Shared parts of the end-to-end tests: a function as a real process with its document, what it
//! answered and what it logged.

pub mod build;
pub mod document;
pub mod events;
mod found;
pub mod host;
mod launch;
pub mod moto;
pub mod program;
mod running;
pub mod small_disk;
pub mod stream;
pub mod wait;

pub use found::Found;
pub use launch::Launch;
pub use running::{Line, Running};

/// The parameter that the functions of these tests read.
pub const PARAMETER: &str = "/tests/chaos";

/// A [`Launch`] of the test function with one of its handlers; see `src/bin/function`.
#[macro_export]
macro_rules! function {
    ($handler:expr) => {
        $crate::Launch::of(env!("CARGO_BIN_EXE_function")).env("TEST_HANDLER", $handler)
    };
}
