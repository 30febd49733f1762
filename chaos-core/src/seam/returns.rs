//! What a return type can carry: an injected error, a status code, or neither.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::InjectedError;
use crate::plan::StatusCode;
use crate::seam::opaque::Opaque;
use crate::seam::proxy;

/// Why a return type cannot carry a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct Refusal(pub(crate) String);

impl Refusal {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// How a whole return value takes faults; `Out` is what the wrapped function returns.
#[doc(hidden)]
pub trait Carry<T> {
    type Out;
    /// The function's own value, untouched.
    fn pass(&self, value: T) -> Self::Out;
    /// An injected error in its place.
    fn error(&self, error: InjectedError) -> Result<Self::Out, CannotFail>;
    /// An injected response in its place.
    fn reply(&self, fault: &StatusCode, http: bool) -> Result<Self::Out, Refusal>;
    /// The function's own value with the status code replaced.
    fn recode(&self, value: T, fault: &StatusCode, http: bool) -> (Self::Out, Option<Refusal>);
}

/// The function's return type has no place for an error.
#[derive(Debug)]
#[doc(hidden)]
pub struct CannotFail(pub(crate) InjectedError);

// --- errors ---------------------------------------------------------------------------------

/// An error type that an injected error can become.
///
/// Implemented for every `E: From<InjectedError>`, which boxed errors, `anyhow::Error` and
/// `lambda_runtime::Diagnostic` are, and for `Infallible`, which takes none.
#[diagnostic::on_unimplemented(
    message = "an injected error cannot become a `{Self}`",
    label = "this function's error type takes no injected error",
    note = "implement `From<chaos_core::InjectedError>` for `{Self}`",
    note = "or name a function that makes one: `#[inject_chaos(error = path)]`, where `path` is a `fn(chaos_core::InjectedError) -> {Self}`"
)]
pub trait FromInjected: Sized {
    #[doc(hidden)]
    fn from_injected(error: InjectedError) -> Result<Self, InjectedError>;
}

#[diagnostic::do_not_recommend]
impl<E: From<InjectedError>> FromInjected for E {
    fn from_injected(error: InjectedError) -> Result<Self, InjectedError> {
        Ok(error.into())
    }
}

#[diagnostic::do_not_recommend]
impl FromInjected for std::convert::Infallible {
    fn from_injected(error: InjectedError) -> Result<Self, InjectedError> {
        Err(error)
    }
}

/// How an error type takes an injected error.
#[doc(hidden)]
pub trait Errors<E> {
    type Out;
    fn pass(&self, error: E) -> Self::Out;
    fn make(&self, error: InjectedError) -> Result<Self::Out, InjectedError>;
}

/// Through [`FromInjected`].
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Convert;

impl<E: FromInjected> Errors<E> for Convert {
    type Out = E;
    fn pass(&self, error: E) -> E {
        error
    }
    fn make(&self, error: InjectedError) -> Result<E, InjectedError> {
        E::from_injected(error)
    }
}

/// Through the function that the attribute names.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct By<F>(F);

impl<E, F: Fn(InjectedError) -> E> Errors<E> for By<F> {
    type Out = E;
    fn pass(&self, error: E) -> E {
        error
    }
    fn make(&self, error: InjectedError) -> Result<E, InjectedError> {
        Ok((self.0)(error))
    }
}

// --- replies --------------------------------------------------------------------------------

/// How the type of a successful result takes a status code.
#[doc(hidden)]
pub trait Replies<R> {
    type Out;
    fn pass(&self, value: R) -> Self::Out;
    fn reply(&self, fault: &StatusCode, http: bool) -> Result<Self::Out, Refusal>;
    fn recode(&self, value: R, fault: &StatusCode, http: bool) -> (Self::Out, Option<Refusal>);
}

/// As an `http::Response`.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct AsHttp;

impl<B: From<String>> Replies<http::Response<B>> for AsHttp {
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
        refuse_under_lambda_http::<R>(http)?;
        proxy::typed(fault)
    }
    fn recode(&self, value: R, fault: &StatusCode, http: bool) -> (R, Option<Refusal>) {
        match refuse_under_lambda_http::<R>(http).and_then(|()| proxy::recoded(&value, fault)) {
            Ok(recoded) => (recoded, None),
            Err(refusal) => (value, Some(refusal)),
        }
    }
}

fn refuse_under_lambda_http<R>(http: bool) -> Result<(), Refusal> {
    if http {
        return Err(Refusal::new(format!(
            "under lambda_http a `{}` is a body and carries no status code; \
             return `Response<Body>` or `impl IntoResponse`",
            std::any::type_name::<R>()
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
        Ok(Opaque::injected(fault))
    }
    fn recode(&self, value: R, fault: &StatusCode, _: bool) -> (Opaque<R>, Option<Refusal>) {
        (Opaque::recoded(value, fault), None)
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
}

fn cannot_carry<R>() -> Refusal {
    Refusal::new(format!(
        "a `{}` cannot carry a status code; it is carried by `http::Response`, \
         `impl IntoResponse`, the response types of API Gateway and ALB, `serde_json::Value`, \
         and types that serialize to and deserialize from their shape",
        std::any::type_name::<R>()
    ))
}

// --- whole values ---------------------------------------------------------------------------

/// A `Result`.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct ResultCarrier<EC, RC> {
    pub(crate) errors: EC,
    pub(crate) replies: RC,
}

impl<R, E, EC: Errors<E>, RC: Replies<R>> Carry<Result<R, E>> for ResultCarrier<EC, RC> {
    type Out = Result<RC::Out, EC::Out>;
    #[inline]
    fn pass(&self, value: Result<R, E>) -> Self::Out {
        match value {
            Ok(value) => Ok(self.replies.pass(value)),
            Err(error) => Err(self.errors.pass(error)),
        }
    }
    fn error(&self, error: InjectedError) -> Result<Self::Out, CannotFail> {
        self.errors.make(error).map(Err).map_err(CannotFail)
    }
    fn reply(&self, fault: &StatusCode, http: bool) -> Result<Self::Out, Refusal> {
        self.replies.reply(fault, http).map(Ok)
    }
    fn recode(
        &self,
        value: Result<R, E>,
        fault: &StatusCode,
        http: bool,
    ) -> (Self::Out, Option<Refusal>) {
        match value {
            Ok(value) => {
                let (value, refusal) = self.replies.recode(value, fault, http);
                (Ok(value), refusal)
            }
            // The handler failed by itself: there is no response whose code could be replaced.
            Err(error) => (Err(self.errors.pass(error)), None),
        }
    }
}

/// Anything else.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct PlainCarrier<RC> {
    replies: RC,
}

impl<T, RC: Replies<T>> Carry<T> for PlainCarrier<RC> {
    type Out = RC::Out;
    #[inline]
    fn pass(&self, value: T) -> Self::Out {
        self.replies.pass(value)
    }
    fn error(&self, error: InjectedError) -> Result<Self::Out, CannotFail> {
        Err(CannotFail(error))
    }
    fn reply(&self, fault: &StatusCode, http: bool) -> Result<Self::Out, Refusal> {
        self.replies.reply(fault, http)
    }
    fn recode(&self, value: T, fault: &StatusCode, http: bool) -> (Self::Out, Option<Refusal>) {
        self.replies.recode(value, fault, http)
    }
}

// --- bounds of the other two doors ----------------------------------------------------------

/// A response that a tower layer or [`wrap`](crate::wrap) can give a status code.
/// `Kind` is inferred.
///
/// Implemented for `http::Response<B>` where `B: From<String>`, and for every type that
/// serializes and deserializes (the API Gateway and ALB types, `serde_json::Value`).
#[diagnostic::on_unimplemented(
    message = "chaos cannot make a response of type `{Self}`",
    note = "it can make `http::Response<B>` where `B: From<String>`, and types that implement `Serialize` and `DeserializeOwned`",
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
    /// Through serde, in the proxy's shape.
    #[derive(Clone, Copy, Debug)]
    pub struct Proxy;
}

#[diagnostic::do_not_recommend]
impl<B: From<String>> Respond<kind::Http> for http::Response<B> {
    type Replies = AsHttp;
    fn replies() -> AsHttp {
        AsHttp
    }
}

#[diagnostic::do_not_recommend]
impl<R: Serialize + DeserializeOwned> Respond<kind::Proxy> for R {
    type Replies = AsProxy;
    fn replies() -> AsProxy {
        AsProxy
    }
}

// --- the attribute's questions to the compiler -----------------------------------------------

/// The first of these that a type can answer is the one that method resolution finds.
#[doc(hidden)]
pub mod probe {
    use std::future::Future;
    use std::marker::PhantomData;
    use std::pin::Pin;

    use super::{
        AsHttp, AsOpaque, AsProxy, By, Convert, DeserializeOwned, FromInjected, InjectedError,
        Never, PlainCarrier, ResultCarrier, Serialize,
    };

    /// Asks about a function's return type.
    pub struct Returns<T>(PhantomData<fn() -> T>);

    impl<T> Returns<T> {
        /// What the future resolves to.
        #[inline]
        pub fn of_future<F: Future<Output = T>>(_: &Pin<&mut F>) -> Self {
            Self(PhantomData)
        }
        /// What the closure returns.
        #[inline]
        pub fn of_call<F: FnOnce() -> T>(_: &F) -> Self {
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
    impl<B: From<String>> HttpReply for &&&Reply<http::Response<B>> {}

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
        fn serialized_replies(&self) -> AsOpaque {
            AsOpaque
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

    /// Tells inference what the future resolves to.
    #[inline]
    pub fn expect_future<T, F: Future<Output = T>>(future: F) -> F {
        future
    }
}
