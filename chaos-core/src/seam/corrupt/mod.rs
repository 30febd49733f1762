//! The response of a function, corrupted or with a header more: as `http::Response`, as JSON, and
//! as a stream.

mod body;
mod headers;
mod http;
mod json;
mod stream;
mod through;

pub(crate) use self::headers::announce;
#[cfg(feature = "lambda")]
pub(crate) use self::http::streamed;
pub(crate) use self::http::{head, response, response_by};
pub(crate) use self::json::{announce as announce_json, announce_typed, serialized, shows, typed};
pub(crate) use self::stream::Mangled;
pub(crate) use self::through::{Through, Type};
use crate::engine::Refusal;
use crate::plan::Corruption;

/// A response has been changed: how many headers were there and taken out.
pub(crate) type Dropped = Result<usize, Refusal>;

/// Headers that are not there cannot be dropped, which is nothing done if nothing else is asked.
fn anything_done(fault: &Corruption, dropped: usize) -> Dropped {
    let headers_alone = fault.body.is_none() && !fault.mangles();
    if headers_alone && dropped == 0 && fault.set_headers.is_empty() {
        return Err(Refusal::new(
            "the response has none of the headers that were to be dropped; compare its own with drop_headers",
        ));
    }
    Ok(dropped)
}

pub(crate) fn no_body() -> Refusal {
    Refusal::new("the response has no body to mangle; write `body` to give it one")
}
