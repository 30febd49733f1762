//! How the type of a successful result takes a status code.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::Refusal;
use crate::plan::StatusCode;
use crate::seam::opaque::Opaque;
use crate::seam::proxy;

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
        stand_in(fault)
    }
    fn recode(&self, value: R, fault: &StatusCode, _: bool) -> (Opaque<R>, Option<Refusal>) {
        (Opaque::recoded(value, fault), None)
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
