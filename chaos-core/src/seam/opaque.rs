//! A response that stands in for another whose type takes no status code.

use serde::{Serialize, Serializer, ser::Error as _};

use crate::plan::StatusCode;
use crate::seam::proxy;

/// A handler's own response, or an injected one in its place.
///
/// It is what [`wrap_opaque`](crate::wrap_opaque), [`ChaosLayer::opaque`](crate::ChaosLayer::opaque)
/// and an attribute on `-> impl IntoResponse` or `-> impl Serialize` return. It serializes and
/// turns into a response as the handler's own value does.
#[derive(Clone, Debug)]
pub struct Opaque<R>(Inner<R>);

#[derive(Clone, Debug)]
enum Inner<R> {
    Own(R),
    Injected(StatusCode),
    Recoded(R, StatusCode),
}

impl<R> Opaque<R> {
    pub(crate) fn own(own: R) -> Self {
        Self(Inner::Own(own))
    }

    pub(crate) fn injected(fault: &StatusCode) -> Self {
        Self(Inner::Injected(fault.clone()))
    }

    pub(crate) fn recoded(own: R, fault: &StatusCode) -> Self {
        Self(Inner::Recoded(own, fault.clone()))
    }

    /// The handler's own response; `None` if an injected one took its place.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let greet = chaos_core::wrap_opaque(async |_: serde_json::Value| {
    ///     Ok::<_, chaos_core::InjectedError>("hello")
    /// });
    /// let reply = greet(serde_json::json!({})).await.unwrap();
    /// assert_eq!(reply.into_own(), Some("hello"));
    /// # }
    /// ```
    pub fn into_own(self) -> Option<R> {
        match self.0 {
            Inner::Own(own) | Inner::Recoded(own, _) => Some(own),
            Inner::Injected(_) => None,
        }
    }

    /// The injected status code, 100 to 599; `None` if the response's code is the handler's own.
    pub fn injected_code(&self) -> Option<u16> {
        match &self.0 {
            Inner::Own(_) => None,
            Inner::Injected(fault) | Inner::Recoded(_, fault) => Some(fault.code),
        }
    }
}

/// The handler's own value as it is; an injected one in the proxy's shape.
impl<R: Serialize> Serialize for Opaque<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Inner::Own(own) => own.serialize(serializer),
            Inner::Injected(fault) => proxy::json(fault).serialize(serializer),
            Inner::Recoded(own, fault) => {
                let json = serde_json::to_value(own).map_err(S::Error::custom)?;
                if let Some(recoded) = proxy::recoded_json(json, fault) {
                    return recoded.serialize(serializer);
                }
                tracing::error!(
                    target: "chaos", source = "chaos", action = "error",
                    mode = "statuscode", status_code = fault.code,
                    "chaos could not be injected: this response is no JSON object, so it has no \
                     `statusCode` to replace"
                );
                // The work was done, so its answer stays.
                own.serialize(serializer)
            }
        }
    }
}

#[cfg(feature = "lambda_http")]
impl<R: lambda_http::IntoResponse + Send + 'static> lambda_http::IntoResponse for Opaque<R> {
    fn into_response(
        self,
    ) -> std::pin::Pin<
        Box<dyn std::future::Future<Output = lambda_http::Response<lambda_http::Body>> + Send>,
    > {
        match self.0 {
            Inner::Own(own) => own.into_response(),
            Inner::Injected(fault) => Box::pin(std::future::ready(proxy::response(&fault))),
            Inner::Recoded(own, fault) => Box::pin(async move {
                let mut response = own.into_response().await;
                *response.status_mut() = proxy::status(&fault);
                response
            }),
        }
    }
}

#[cfg(feature = "axum")]
impl<R: axum_core::response::IntoResponse> axum_core::response::IntoResponse for Opaque<R> {
    fn into_response(self) -> axum_core::response::Response {
        match self.0 {
            Inner::Own(own) => own.into_response(),
            Inner::Injected(fault) => proxy::response(&fault),
            Inner::Recoded(own, fault) => {
                let mut response = own.into_response();
                *response.status_mut() = proxy::status(&fault);
                response
            }
        }
    }
}
