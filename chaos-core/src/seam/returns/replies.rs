//! How the type of a successful result takes a status code, and what becomes of its body and headers.

use std::any::type_name;

#[cfg(feature = "lambda")]
use lambda_runtime::streaming::Body;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::{Announcement, Corrupting, Dropped, Refusal};
use crate::plan::StatusCode;
use crate::seam::corrupt;
use crate::seam::opaque::Opaque;
use crate::seam::proxy;

/// How the type of a successful result takes a status code, and is corrupted.
#[doc(hidden)]
pub trait Replies<R> {
    type Out;
    fn pass(&self, value: R) -> Self::Out;
    fn reply(&self, fault: &StatusCode, http: bool) -> Result<Self::Out, Refusal>;
    fn recode(&self, value: R, fault: &StatusCode, http: bool) -> (Self::Out, Option<Refusal>);
    fn corrupt(&self, out: Self::Out, corrupting: Corrupting) -> (Self::Out, Dropped);
    fn announce(&self, out: Self::Out, header: &Announcement, http: bool) -> Self::Out;
}

/// As an `http::Response`.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct AsHttp;

impl<B: From<String> + 'static> Replies<http::Response<B>> for AsHttp {
    type Out = http::Response<B>;
    fn pass(&self, value: http::Response<B>) -> Self::Out {
        value
    }
    fn reply(&self, fault: &StatusCode, _: bool) -> Result<Self::Out, Refusal> {
        Ok(proxy::response(fault))
    }
    fn recode(
        &self,
        mut value: http::Response<B>,
        fault: &StatusCode,
        _: bool,
    ) -> (Self::Out, Option<Refusal>) {
        *value.status_mut() = proxy::status(fault);
        (value, None)
    }
    fn corrupt(&self, mut out: Self::Out, mut corrupting: Corrupting) -> (Self::Out, Dropped) {
        let dropped = corrupt::response(&mut out, &mut corrupting);
        (out, dropped.map(Some))
    }
    fn announce(&self, mut out: Self::Out, header: &Announcement, _: bool) -> Self::Out {
        corrupt::announce(out.headers_mut(), header);
        out
    }
}

/// As an `http::Response` whose body cannot be made: its code and its headers alone.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct AsHead;

impl<B> Replies<http::Response<B>> for AsHead {
    type Out = http::Response<B>;
    fn pass(&self, value: http::Response<B>) -> Self::Out {
        value
    }
    fn reply(&self, _: &StatusCode, _: bool) -> Result<Self::Out, Refusal> {
        Err(cannot_carry::<http::Response<B>>())
    }
    fn recode(
        &self,
        mut value: http::Response<B>,
        fault: &StatusCode,
        _: bool,
    ) -> (Self::Out, Option<Refusal>) {
        *value.status_mut() = proxy::status(fault);
        (value, None)
    }
    fn corrupt(&self, mut out: Self::Out, corrupting: Corrupting) -> (Self::Out, Dropped) {
        let dropped = corrupt::head(&mut out, &corrupting);
        (out, dropped.map(Some))
    }
    fn announce(&self, mut out: Self::Out, header: &Announcement, _: bool) -> Self::Out {
        corrupt::announce(out.headers_mut(), header);
        out
    }
}

/// As a stream of lambda_runtime's, with its prelude.
#[cfg(feature = "lambda")]
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct AsStream;

#[cfg(feature = "lambda")]
type Streamed = lambda_runtime::StreamResponse<Body>;

#[cfg(feature = "lambda")]
impl Replies<Streamed> for AsStream {
    type Out = Streamed;
    fn pass(&self, value: Streamed) -> Streamed {
        value
    }
    fn reply(&self, fault: &StatusCode, _: bool) -> Result<Streamed, Refusal> {
        let (head, stream) = proxy::response::<Body>(fault).into_parts();
        let mut streamed = Streamed::from(stream);
        streamed.metadata_prelude.status_code = head.status;
        streamed.metadata_prelude.headers = head.headers;
        Ok(streamed)
    }
    fn recode(
        &self,
        mut value: Streamed,
        fault: &StatusCode,
        _: bool,
    ) -> (Streamed, Option<Refusal>) {
        value.metadata_prelude.status_code = proxy::status(fault);
        (value, None)
    }
    fn corrupt(&self, mut out: Streamed, mut corrupting: Corrupting) -> (Streamed, Dropped) {
        let dropped = corrupt::streamed(&mut out, &mut corrupting);
        (out, dropped.map(Some))
    }
    fn announce(&self, mut out: Streamed, header: &Announcement, _: bool) -> Streamed {
        corrupt::announce(&mut out.metadata_prelude.headers, header);
        out
    }
}

/// As JSON in the proxy's shape (`statusCode`, `headers`, `body`).
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct AsProxy;

impl<R: Serialize + DeserializeOwned> Replies<R> for AsProxy {
    type Out = R;
    fn pass(&self, value: R) -> R {
        value
    }
    fn reply(&self, fault: &StatusCode, http: bool) -> Result<R, Refusal> {
        refuse_under_lambda_http(http, type_name::<R>)?;
        proxy::typed(fault)
    }
    fn recode(&self, value: R, fault: &StatusCode, http: bool) -> (R, Option<Refusal>) {
        match refuse_under_lambda_http(http, type_name::<R>) {
            Ok(()) => proxy::recoded(value, fault),
            Err(refusal) => (value, Some(refusal)),
        }
    }
    fn corrupt(&self, out: R, corrupting: Corrupting) -> (R, Dropped) {
        let (out, dropped) = corrupt::typed(out, &corrupting);
        (out, dropped.map(Some))
    }
    fn announce(&self, out: R, header: &Announcement, http: bool) -> R {
        if http {
            return out;
        }
        corrupt::announce_typed(out, header)
    }
}

#[inline(never)]
fn refuse_under_lambda_http(http: bool, name: fn() -> &'static str) -> Result<(), Refusal> {
    if http {
        return Err(Refusal::new(format!(
            "under lambda_http a `{}` is a body and carries no status code; \
             return `Response<Body>` or `impl IntoResponse`",
            name()
        )));
    }
    Ok(())
}

/// As an [`Opaque`], which stands in for the function's own `impl Trait`.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct AsOpaque;

impl<R> Replies<R> for AsOpaque {
    type Out = Opaque<R>;
    fn pass(&self, value: R) -> Opaque<R> {
        Opaque::own(value)
    }
    fn reply(&self, fault: &StatusCode, _: bool) -> Result<Opaque<R>, Refusal> {
        stand_in(fault)
    }
    fn recode(&self, value: R, fault: &StatusCode, _: bool) -> (Opaque<R>, Option<Refusal>) {
        (Opaque::recoded(value, fault), None)
    }
    fn corrupt(&self, out: Opaque<R>, corrupting: Corrupting) -> (Opaque<R>, Dropped) {
        if size_of::<R>() == 0 {
            return (out, Err(cannot_be_corrupted::<R>()));
        }
        (out.corrupted(corrupting), Ok(None))
    }
    fn announce(&self, out: Opaque<R>, header: &Announcement, _: bool) -> Opaque<R> {
        out.announcing(header)
    }
}

/// In the place of `()` there is no response: whoever returns it answers nobody, and an injected
/// one would tell a queue that its batch was done.
fn stand_in<R>(fault: &StatusCode) -> Result<Opaque<R>, Refusal> {
    if size_of::<R>() == 0 {
        return Err(cannot_carry::<R>());
    }
    Ok(Opaque::injected(fault))
}

/// As an [`Opaque`] that is serialized: only an object has a status code to replace.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct AsSerialized;

impl<R: Serialize> Replies<R> for AsSerialized {
    type Out = Opaque<R>;
    fn pass(&self, value: R) -> Opaque<R> {
        Opaque::own(value)
    }
    fn reply(&self, fault: &StatusCode, _: bool) -> Result<Opaque<R>, Refusal> {
        stand_in(fault)
    }
    fn recode(&self, value: R, fault: &StatusCode, _: bool) -> (Opaque<R>, Option<Refusal>) {
        if serde_json::to_value(&value).is_ok_and(|json| json.is_object()) {
            return (Opaque::recoded(value, fault), None);
        }
        let refusal = Refusal::new("this response is no JSON object: it has no `statusCode`");
        (Opaque::own(value), Some(refusal))
    }
    fn corrupt(&self, out: Opaque<R>, corrupting: Corrupting) -> (Opaque<R>, Dropped) {
        match out.tried(&corrupting) {
            Ok(dropped) => (out.corrupted(corrupting), Ok(Some(dropped))),
            Err(refusal) => (out, Err(refusal)),
        }
    }
    fn announce(&self, out: Opaque<R>, header: &Announcement, _: bool) -> Opaque<R> {
        out.announcing(header)
    }
}

/// Not at all.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Never;

impl<R> Replies<R> for Never {
    type Out = R;
    fn pass(&self, value: R) -> R {
        value
    }
    fn reply(&self, _: &StatusCode, _: bool) -> Result<R, Refusal> {
        Err(cannot_carry::<R>())
    }
    fn recode(&self, value: R, _: &StatusCode, _: bool) -> (R, Option<Refusal>) {
        (value, Some(cannot_carry::<R>()))
    }
    fn corrupt(&self, out: R, _: Corrupting) -> (R, Dropped) {
        (out, Err(cannot_be_corrupted::<R>()))
    }
    fn announce(&self, out: R, _: &Announcement, _: bool) -> R {
        out
    }
}

fn cannot_be_corrupted<R>() -> Refusal {
    Refusal::new(format!(
        "a `{}` cannot be corrupted; what can is `http::Response`, `impl IntoResponse`, \
         `impl Serialize`, and types that serialize and deserialize",
        type_name::<R>()
    ))
}

fn cannot_carry<R>() -> Refusal {
    Refusal::new(format!(
        "a `{}` cannot carry a status code; it is carried by `http::Response`, \
         `impl IntoResponse`, the response types of API Gateway and ALB, `serde_json::Value`, \
         and types that serialize to and deserialize from their shape",
        type_name::<R>()
    ))
}

/// A response that a tower layer or [`wrap`](crate::wrap) can give a status code, and corrupt.
/// `Kind` is inferred.
///
/// Implemented for `http::Response<B>` where `B: From<String> + 'static`, for `lambda_runtime`'s
/// streaming response, and for every type that serializes and deserializes (the API Gateway and
/// ALB types, `serde_json::Value`).
#[diagnostic::on_unimplemented(
    message = "chaos cannot make a response of type `{Self}`",
    note = "it can make `http::Response<B>` where `B: From<String>`, and types that implement `Serialize` and `DeserializeOwned`",
    note = "use `ChaosLayer::any_body()` for an `http::Response` with another body",
    note = "use `ChaosLayer::opaque()` or `wrap_opaque(handler)`, which return a type that stands in for it"
)]
pub trait Respond<Kind>: Sized {
    #[doc(hidden)]
    type Replies: Replies<Self, Out = Self> + Copy + Send + Sync + 'static;
    #[doc(hidden)]
    fn replies() -> Self::Replies;
}

/// How a response is made; markers for [`Respond`].
#[doc(hidden)]
pub mod kind {
    /// An `http::Response`.
    #[derive(Clone, Copy, Debug)]
    pub struct Http;
    /// A stream of lambda_runtime's.
    #[derive(Clone, Copy, Debug)]
    pub struct Stream;
    /// Through serde, in the proxy's shape.
    #[derive(Clone, Copy, Debug)]
    pub struct Proxy;
}

#[diagnostic::do_not_recommend]
impl<B: From<String> + 'static> Respond<kind::Http> for http::Response<B> {
    type Replies = AsHttp;
    fn replies() -> AsHttp {
        AsHttp
    }
}

#[cfg(feature = "lambda")]
#[diagnostic::do_not_recommend]
impl Respond<kind::Stream> for Streamed {
    type Replies = AsStream;
    fn replies() -> AsStream {
        AsStream
    }
}

#[diagnostic::do_not_recommend]
impl<R: Serialize + DeserializeOwned> Respond<kind::Proxy> for R {
    type Replies = AsProxy;
    fn replies() -> AsProxy {
        AsProxy
    }
}
