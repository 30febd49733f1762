//! What the seams at clients share: one call of a client's under faults, whatever the client.

#[cfg(feature = "redis")]
mod blocking;
mod call;
mod connection;
#[cfg(feature = "_http")]
pub(crate) mod http;
mod names;

#[cfg(feature = "redis")]
pub(crate) use self::blocking::block_on;
#[cfg(feature = "reqwest")]
pub(crate) use self::call::within;
pub(crate) use self::call::{Client, Patience, call};
#[cfg(feature = "redis")]
pub(crate) use self::call::{after, before, decide, send, under, waits};
pub(crate) use self::connection::ConnectionFault;
#[cfg(feature = "redis")]
pub(crate) use self::connection::unknown;
pub(crate) use self::names::kept;
use crate::engine::Family;
use crate::fault::denylist;
use crate::source;

/// Whether a call goes out as it is, whatever it calls: none of the client's points has anything to
/// do now, or it fetches the document. Asked before a point's name is put together.
#[inline]
pub(crate) fn passes(points: &Family) -> bool {
    points.rests() && !denylist::denying() || source::is_own()
}
