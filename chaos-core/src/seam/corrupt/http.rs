//! The response as an `http::Response`, and as a stream of lambda_runtime's.

use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Response};
use rand_pcg::Pcg64Mcg;

use super::headers::{change, fit_length};
use super::{Dropped, anything_done, body};
use crate::engine::{Corrupting, Refusal};

/// Corrupts it, or leaves it as it was.
pub(crate) fn response<B: From<String> + 'static>(
    response: &mut Response<B>,
    corrupting: &mut Corrupting,
) -> Dropped {
    response_by(response, corrupting, body::mangle)
}

/// The same where the body's type is known. `mangle` says the mangled body's length, where that is
/// known before it is sent.
pub(crate) fn response_by<B: From<String>>(
    response: &mut Response<B>,
    corrupting: &mut Corrupting,
    mangle: impl FnOnce(&mut B, &mut Pcg64Mcg) -> Result<Option<usize>, Refusal>,
) -> Dropped {
    let Corrupting { fault, random, .. } = corrupting;
    if fault.mangles() {
        let length = mangle(response.body_mut(), random)?;
        fit_length(response.headers_mut(), length);
        return Ok(0);
    }
    let dropped = headers(response.headers_mut(), corrupting);
    if let Some(text) = &corrupting.fault.body {
        *response.body_mut() = text.clone().into();
        fit_length(response.headers_mut(), Some(text.len()));
    }
    anything_done(&corrupting.fault, dropped)
}

/// The same where the body's type is not known: headers alone.
pub(crate) fn head<B>(response: &mut Response<B>, corrupting: &Corrupting) -> Dropped {
    let Corrupting { fault, .. } = corrupting;
    if fault.mangles() || fault.body.is_some() {
        return Err(Refusal::new(format!(
            "a body of type `{}` can neither be mangled nor replaced; its headers can be dropped \
             and set",
            std::any::type_name::<B>()
        )));
    }
    let dropped = headers(response.headers_mut(), corrupting);
    anything_done(fault, dropped)
}

/// A length that a flag sets would be a lie, or what is there already.
fn headers(headers: &mut HeaderMap, corrupting: &Corrupting) -> usize {
    let length = headers.get(CONTENT_LENGTH).cloned();
    let dropped = change(headers, &corrupting.fault);
    if headers.get(CONTENT_LENGTH) != length.as_ref() {
        match length.filter(|_| headers.contains_key(CONTENT_LENGTH)) {
            Some(length) => headers.insert(CONTENT_LENGTH, length),
            None => headers.remove(CONTENT_LENGTH),
        };
    }
    dropped
}

/// A stream of lambda_runtime's, with its prelude.
#[cfg(feature = "lambda")]
pub(crate) fn streamed(
    response: &mut lambda_runtime::StreamResponse<lambda_runtime::streaming::Body>,
    corrupting: &mut Corrupting,
) -> Dropped {
    let prelude = &mut response.metadata_prelude;
    let Corrupting { fault, random, .. } = corrupting;
    if fault.mangles() {
        let length = body::mangle(&mut response.stream, random)?;
        fit_length(&mut prelude.headers, length);
        return Ok(0);
    }
    let mut dropped = headers(&mut prelude.headers, corrupting);
    let fault = &corrupting.fault;
    let concerned = |name: &str| name.eq_ignore_ascii_case("set-cookie");
    let drops_cookies = fault.drop_headers.iter().any(|name| concerned(name));
    let sets_cookies = fault.set_headers.iter().any(|(name, _)| concerned(name));
    if drops_cookies && !prelude.cookies.is_empty() {
        dropped += 1;
    }
    if drops_cookies || sets_cookies {
        prelude.cookies.clear();
    }
    if let Some(text) = &fault.body {
        response.stream = text.clone().into();
        fit_length(&mut prelude.headers, Some(text.len()));
    }
    anything_done(fault, dropped)
}
