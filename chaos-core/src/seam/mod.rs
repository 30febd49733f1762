//! Where faults enter.

#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "_client")]
pub(crate) mod client;
pub(crate) mod corrupt;
// Under the same conditions as what it asks, in `fault/mod.rs`.
#[cfg(all(
    feature = "dns",
    target_os = "linux",
    target_env = "gnu",
    not(target_feature = "crt-static")
))]
mod dns;
pub(crate) mod future;
pub(crate) mod handler;
#[cfg(feature = "http")]
pub mod http;
pub(crate) mod layer;
pub(crate) mod look;
pub(crate) mod opaque;
pub(crate) mod point;
pub(crate) mod proxy;
#[cfg(feature = "redis")]
pub mod redis;
#[cfg(feature = "lambda_http")]
pub(crate) mod request;
#[cfg(feature = "reqwest")]
pub mod reqwest;
pub(crate) mod returns;
