//! Where faults enter.

pub(crate) mod corrupt;
pub(crate) mod future;
pub(crate) mod handler;
pub(crate) mod layer;
pub(crate) mod look;
pub(crate) mod opaque;
pub(crate) mod proxy;
#[cfg(feature = "lambda_http")]
pub(crate) mod request;
pub(crate) mod returns;
