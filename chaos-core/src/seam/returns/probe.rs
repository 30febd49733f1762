//! The attribute's questions to the compiler: the first of these that a type can answer is the one
//! that method resolution finds.

use std::future::Future;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::errors::{By, Convert, FromInjected};
#[cfg(feature = "lambda")]
use super::replies::AsStream;
use super::replies::{AsHead, AsHttp, AsOpaque, AsProxy, AsSerialized, Never};
use super::{PlainCarrier, ResultCarrier};
use crate::error::InjectedError;

/// Asks about a function's return type.
pub struct Returns<T>(PhantomData<fn() -> T>);

impl<T> Returns<T> {
    #[inline]
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

/// Never implemented: it is what a function with `error = path` and no `Result` lacks.
#[diagnostic::on_unimplemented(
    message = "`error = path` is for functions that return a `Result`; this one returns `{Self}`",
    label = "there is no error type to convert to",
    note = "remove `error = …`: a function without an error type can be delayed, and panics only where CHAOS_ALLOW names `panic`"
)]
pub trait IsResult {}

/// It is a `Result`.
pub trait SplitResult<R, E> {
    /// Into its two types.
    fn split(&self) -> ResultReturns<R, E>;
}

impl<R, E> SplitResult<R, E> for &Returns<Result<R, E>> {
    #[inline]
    fn split(&self) -> ResultReturns<R, E> {
        ResultReturns(PhantomData, PhantomData)
    }
}

/// It is anything else.
pub trait SplitPlain<T> {
    /// Into itself.
    fn split(&self) -> PlainReturns<T>;
}

impl<T> SplitPlain<T> for Returns<T> {
    #[inline]
    fn split(&self) -> PlainReturns<T> {
        PlainReturns(PhantomData)
    }
}

/// A `Result<R, E>`.
pub struct ResultReturns<R, E>(PhantomData<fn() -> R>, PhantomData<fn() -> E>);

impl<R, E> ResultReturns<R, E> {
    /// The error type converts by itself.
    #[inline]
    pub fn errors(&self) -> Convert
    where
        E: FromInjected,
    {
        Convert
    }
    /// The attribute names the conversion.
    #[inline]
    pub fn errors_by<F: Fn(InjectedError) -> E>(&self, by: F) -> By<F> {
        By(by)
    }
    /// The question about the value inside.
    #[inline]
    pub fn value(&self) -> Reply<R> {
        Reply(PhantomData)
    }
    /// The answers together.
    #[inline]
    pub fn carrier<EC, RC>(&self, errors: EC, replies: RC) -> ResultCarrier<EC, RC> {
        ResultCarrier { errors, replies }
    }
}

/// A type that is no `Result`.
pub struct PlainReturns<T>(PhantomData<fn() -> T>);

impl<T> PlainReturns<T> {
    /// There is no error type.
    #[inline]
    pub fn errors(&self) {}
    /// There is no error type to convert to.
    #[inline]
    pub fn errors_by<F>(&self, _: F)
    where
        T: IsResult,
    {
    }
    /// The question about the value.
    #[inline]
    pub fn value(&self) -> Reply<T> {
        Reply(PhantomData)
    }
    /// The answer.
    #[inline]
    pub fn carrier<RC>(&self, (): (), replies: RC) -> PlainCarrier<RC> {
        PlainCarrier { replies }
    }
}

/// Asks how a type carries a status code.
pub struct Reply<R>(PhantomData<fn() -> R>);

impl<R> Reply<R> {
    /// It borrows, so nothing can be made up in its place.
    #[inline]
    pub fn borrowed_replies(&self) -> Never {
        Never
    }
}

/// It is an `http::Response`.
pub trait HttpReply {
    /// As one.
    #[inline]
    fn replies(&self) -> AsHttp {
        AsHttp
    }
    /// As one, behind `impl IntoResponse` too.
    #[inline]
    fn opaque_replies(&self) -> AsHttp {
        AsHttp
    }
}
impl<B: From<String> + 'static> HttpReply for &&&Reply<http::Response<B>> {}

/// It is an `http::Response` with a body that cannot be made.
pub trait HeadReply {
    /// As one, without its body.
    #[inline]
    fn replies(&self) -> AsHead {
        AsHead
    }
}
impl<B> HeadReply for &&Reply<http::Response<B>> {}

/// It is a stream of lambda_runtime's.
#[cfg(feature = "lambda")]
pub trait StreamReply {
    /// As one.
    #[inline]
    fn replies(&self) -> AsStream {
        AsStream
    }
}
#[cfg(feature = "lambda")]
impl StreamReply for &&&Reply<lambda_runtime::StreamResponse<lambda_runtime::streaming::Body>> {}

/// It goes through serde.
pub trait ProxyReply {
    /// As JSON.
    #[inline]
    fn replies(&self) -> AsProxy {
        AsProxy
    }
}
impl<R: Serialize + DeserializeOwned> ProxyReply for &Reply<R> {}

/// It is behind `impl IntoResponse`.
pub trait OpaqueReply {
    /// As a stand-in.
    #[inline]
    fn opaque_replies(&self) -> AsOpaque {
        AsOpaque
    }
}
#[cfg(feature = "lambda_http")]
impl<R: lambda_http::IntoResponse> OpaqueReply for &Reply<R> {}

/// It is behind the `impl IntoResponse` of axum, whose crate has a trait of the same name.
pub trait AxumReply {
    /// As a stand-in.
    #[inline]
    fn opaque_replies(&self) -> AsOpaque {
        AsOpaque
    }
}
#[cfg(feature = "axum")]
impl<R: axum_core::response::IntoResponse> AxumReply for &&Reply<R> {}

/// It is behind `impl Serialize`.
pub trait SerializedReply {
    /// As a stand-in.
    #[inline]
    fn serialized_replies(&self) -> AsSerialized {
        AsSerialized
    }
}
impl<R: Serialize> SerializedReply for &Reply<R> {}

/// It does not.
pub trait NoReply {
    /// Not.
    #[inline]
    fn replies(&self) -> Never {
        Never
    }
    /// Not.
    #[inline]
    fn opaque_replies(&self) -> Never {
        Never
    }
    /// Not.
    #[inline]
    fn serialized_replies(&self) -> Never {
        Never
    }
}
impl<R> NoReply for Reply<R> {}

/// Makes a closure that is called once: it may give away what it captured.
#[inline]
pub fn once<R, F: FnOnce() -> R>(call: F) -> F {
    call
}

/// Tells inference what the future resolves to, and keeps a mistake from being reported twice.
#[inline]
pub fn expect_future<T, F: Future<Output = T>>(future: F) -> impl Future<Output = T> {
    future
}
