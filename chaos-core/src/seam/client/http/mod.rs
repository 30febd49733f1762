//! What the seams at HTTP clients share.

mod carrier;
mod request;

pub(crate) use self::carrier::{Carrier, Failure, Outcome, Replies};
pub(crate) use self::request::{Called, POINTS};
