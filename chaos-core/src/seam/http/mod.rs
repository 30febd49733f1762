//! Faults in the requests of any tower HTTP client, through a layer.
//!
#![doc = include_str!("guide.md")]

mod errors;
mod future;
#[cfg(feature = "hyper_util")]
mod hyper_util;
mod layer;

pub use self::errors::{Boxed, ClientErrors, ConnectionFailure};
pub use self::future::HttpFuture;
#[cfg(feature = "hyper_util")]
pub use self::hyper_util::HyperUtilErrors;
pub use self::layer::{HttpLayer, HttpService};
