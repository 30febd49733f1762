//! What each mode does to a function, one file a mode. A fault that changes the world returns
//! what undoes it when it is dropped.

pub(crate) mod diskspace;
pub(crate) mod exit;
pub(crate) mod latency;
pub(crate) mod panic;
pub(crate) mod timeout;
