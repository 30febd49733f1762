//! The bodies that can be mangled. Which one stands behind a type parameter is asked at run time.

use std::any::Any;
use std::borrow::Cow;

use bytes::Bytes;
#[cfg(any(feature = "lambda", feature = "axum", feature = "aws"))]
use http_body::Body as _;
use rand_pcg::Pcg64Mcg;

use super::no_body;
#[cfg(any(feature = "lambda", feature = "axum", feature = "aws"))]
use super::stream::Mangled;
use crate::engine::Refusal;
use crate::fault::corruption;

/// Mangles the body; its length, where that is known before it is sent.
pub(super) fn mangle<B: 'static>(
    body: &mut B,
    random: &mut Pcg64Mcg,
) -> Result<Option<usize>, Refusal> {
    let body: &mut dyn Any = body;
    if let Some(text) = body.downcast_mut::<String>() {
        *text = non_empty(corruption::text(text, random))?;
        return Ok(Some(text.len()));
    }
    if let Some(text) = body.downcast_mut::<Cow<'static, str>>() {
        *text = non_empty(corruption::text(text, random))?.into();
        return Ok(Some(text.len()));
    }
    if let Some(bytes) = body.downcast_mut::<Vec<u8>>() {
        *bytes = mangled(bytes, random)?;
        return Ok(Some(bytes.len()));
    }
    if let Some(bytes) = body.downcast_mut::<Bytes>() {
        *bytes = mangled(bytes, random)?.into();
        return Ok(Some(bytes.len()));
    }
    #[cfg(feature = "lambda_http")]
    if let Some(body) = body.downcast_mut::<lambda_http::Body>() {
        match body {
            lambda_http::Body::Text(text) => {
                *text = non_empty(corruption::text(text, random))?;
            }
            lambda_http::Body::Binary(bytes) => *bytes = mangled(bytes, random)?,
            _ => return Err(no_body()),
        }
        return Ok(Some(body.len()));
    }
    #[cfg(feature = "axum")]
    if let Some(body) = body.downcast_mut::<axum_core::body::Body>() {
        if body.is_end_stream() {
            return Err(no_body());
        }
        let own = std::mem::take(body);
        *body = axum_core::body::Body::new(Mangled::new(own, random.clone()));
        return Ok(None);
    }
    #[cfg(feature = "lambda")]
    if let Some(body) = body.downcast_mut::<lambda_runtime::streaming::Body>() {
        if body.is_end_stream() {
            return Err(no_body());
        }
        let own = std::mem::take(body);
        *body = lambda_runtime::streaming::Body::new(Mangled::new(own, random.clone()));
        return Ok(None);
    }
    #[cfg(feature = "aws")]
    if let Some(body) = body.downcast_mut::<aws_smithy_types::body::SdkBody>() {
        use aws_smithy_types::body::SdkBody;
        if body.is_end_stream() {
            return Err(no_body());
        }
        let own = std::mem::replace(body, SdkBody::empty());
        *body = SdkBody::from_body_1_x(Mangled::new(own, random.clone()));
        return Ok(None);
    }
    Err(Refusal::new(format!(
        "a body of type `{}` cannot be mangled; write `body` to replace it, or return a text, \
         bytes, or a body of lambda_http, lambda_runtime or axum",
        std::any::type_name::<B>()
    )))
}

fn mangled(bytes: &[u8], random: &mut Pcg64Mcg) -> Result<Vec<u8>, Refusal> {
    if bytes.is_empty() {
        return Err(no_body());
    }
    Ok(corruption::bytes(bytes, random))
}

/// Of an empty text nothing can be lost.
fn non_empty(mangled: String) -> Result<String, Refusal> {
    if mangled.is_empty() {
        return Err(no_body());
    }
    Ok(mangled)
}
