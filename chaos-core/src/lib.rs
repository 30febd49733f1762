//! Fault injection for AWS Lambda functions written in Rust.

mod chaos;
mod clock;
mod engine;
mod error;
mod fault;
pub mod plan;
mod seam;
pub mod source;
mod telemetry;
pub mod testing;

pub use chaos_macros::inject_chaos;

pub use crate::chaos::{Chaos, init};
pub use crate::error::InjectedError;
pub use crate::seam::handler::{ChaosFuture, wrap, wrap_opaque};
pub use crate::seam::layer::{ChaosError, ChaosLayer, ChaosService};
pub use crate::seam::look::{HasContext, View};
pub use crate::seam::opaque::Opaque;
pub use crate::seam::returns::{FromInjected, Respond};

/// What the attribute expands to. Not part of the API.
#[doc(hidden)]
pub mod __private {
    pub use core::option::Option::{None, Some};

    pub use crate::engine::{Injection, armed};
    pub use crate::seam::handler::{
        decide_handler, decide_point, drive, drive_blocking, enter, enter_blocking, enter_point,
        label, wants_event,
    };
    pub use crate::seam::look::Seen;
    pub use crate::seam::look::probe as look;
    pub use crate::seam::returns::Carry;
    pub use crate::seam::returns::probe as returns;
    pub use crate::seam::returns::probe::{Returns, expect_future, once};
}
