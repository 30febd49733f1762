//! A response that stands in for another whose type takes no status code.

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::Value;

use crate::engine::{Announcement, Corrupting, Refusal};
use crate::plan::StatusCode;
use crate::seam::{corrupt, proxy};

/// A handler's own response, or an injected one in its place.
///
/// It is what [`wrap_opaque`](crate::wrap_opaque), [`ChaosLayer::opaque`](crate::ChaosLayer::opaque)
/// and an attribute on `-> impl IntoResponse` or `-> impl Serialize` return. It serializes and
/// turns into a response as the handler's own value does, and is corrupted when it does.
#[derive(Clone, Debug)]
pub struct Opaque<R> {
    inner: Inner<R>,
    /// What is to be done to the response when it is there. Empty on the idle path.
    edits: Vec<Edit>,
}

#[derive(Clone, Debug)]
enum Inner<R> {
    Own(R),
    Injected(StatusCode),
    Recoded(R, StatusCode),
}

#[derive(Clone, Debug)]
enum Edit {
    Corrupt(Corrupting),
    Announce(Announcement),
}

impl<R> Opaque<R> {
    pub(crate) fn own(own: R) -> Self {
        Self::of(Inner::Own(own))
    }

    pub(crate) fn injected(fault: &StatusCode) -> Self {
        Self::of(Inner::Injected(fault.clone()))
    }

    pub(crate) fn recoded(own: R, fault: &StatusCode) -> Self {
        Self::of(Inner::Recoded(own, fault.clone()))
    }

    fn of(inner: Inner<R>) -> Self {
        Self {
            inner,
            edits: Vec::new(),
        }
    }

    pub(crate) fn corrupted(mut self, corrupting: Corrupting) -> Self {
        self.edits.push(Edit::Corrupt(corrupting));
        self
    }

    pub(crate) fn announcing(mut self, header: &Announcement) -> Self {
        self.edits.push(Edit::Announce(header.clone()));
        self
    }

    /// The handler's own response, as it was before any corruption; `None` if an injected one took
    /// its place.
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
        match self.inner {
            Inner::Own(own) | Inner::Recoded(own, _) => Some(own),
            Inner::Injected(_) => None,
        }
    }

    /// The injected status code, 100 to 599; `None` if the response's code is the handler's own.
    pub fn injected_code(&self) -> Option<u16> {
        match &self.inner {
            Inner::Own(_) => None,
            Inner::Injected(fault) | Inner::Recoded(_, fault) => Some(fault.code),
        }
    }
}

impl<R: Serialize> Opaque<R> {
    /// How many headers a corruption would drop, or why it cannot be.
    pub(crate) fn tried(&self, corrupting: &Corrupting) -> Result<usize, Refusal> {
        let own = self
            .json()
            .map_err(|error| Refusal::new(error.to_string()))?;
        corrupt::serialized(&own, corrupting).map(|(_, dropped)| dropped)
    }

    /// What is serialized where that is not the handler's own value as it is.
    fn json(&self) -> serde_json::Result<Value> {
        let mut json = match &self.inner {
            Inner::Own(own) => serde_json::to_value(own)?,
            Inner::Injected(fault) => proxy::json(fault),
            Inner::Recoded(own, fault) => recoded(serde_json::to_value(own)?, fault),
        };
        for edit in &self.edits {
            match edit {
                Edit::Corrupt(corrupting) => match corrupt::serialized(&json, corrupting) {
                    Ok((corrupted, _)) => json = corrupted,
                    Err(refusal) => say_cannot(&refusal),
                },
                Edit::Announce(header) => {
                    corrupt::announce_json(&mut json, header);
                }
            }
        }
        Ok(json)
    }
}

/// The work was done, so its answer stays where it has no code.
fn recoded(own: Value, fault: &StatusCode) -> Value {
    if !own.is_object() {
        tracing::error!(
            target: "chaos", source = "chaos", action = "error",
            mode = "statuscode", status_code = fault.code,
            "chaos could not be injected: this response is no JSON object, so it has no \
             `statusCode` to replace"
        );
        return own;
    }
    proxy::recoded_json(own, fault).unwrap_or_default()
}

fn say_cannot(Refusal(why): &Refusal) {
    tracing::error!(
        target: "chaos", source = "chaos", action = "error", mode = "corruption",
        "chaos could not be injected: {why}"
    );
}

/// The handler's own value as it is; an injected one in the proxy's shape.
impl<R: Serialize> Serialize for Opaque<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.inner {
            Inner::Own(own) if self.edits.is_empty() => own.serialize(serializer),
            _ => self.json().map_err(S::Error::custom)?.serialize(serializer),
        }
    }
}

/// Does what is still to be done to a response.
#[cfg(any(feature = "lambda_http", feature = "axum"))]
fn edited<B: From<String> + 'static>(
    mut response: http::Response<B>,
    recode: Option<&StatusCode>,
    edits: Vec<Edit>,
) -> http::Response<B> {
    if let Some(fault) = recode {
        *response.status_mut() = proxy::status(fault);
    }
    for edit in edits {
        match edit {
            Edit::Corrupt(mut corrupting) => {
                if let Err(refusal) = corrupt::response(&mut response, &mut corrupting) {
                    say_cannot(&refusal);
                }
            }
            Edit::Announce(header) => corrupt::announce(response.headers_mut(), &header),
        }
    }
    response
}

#[cfg(feature = "lambda_http")]
impl<R: lambda_http::IntoResponse + Send + 'static> lambda_http::IntoResponse for Opaque<R> {
    fn into_response(
        self,
    ) -> std::pin::Pin<
        Box<dyn std::future::Future<Output = lambda_http::Response<lambda_http::Body>> + Send>,
    > {
        let edits = self.edits;
        let (own, fault) = match self.inner {
            Inner::Own(own) if edits.is_empty() => return own.into_response(),
            Inner::Own(own) => (own, None),
            Inner::Recoded(own, fault) => (own, Some(fault)),
            Inner::Injected(fault) => {
                let response = edited(proxy::response(&fault), None, edits);
                return Box::pin(std::future::ready(response));
            }
        };
        Box::pin(async move { edited(own.into_response().await, fault.as_ref(), edits) })
    }
}

#[cfg(feature = "axum")]
impl<R: axum_core::response::IntoResponse> axum_core::response::IntoResponse for Opaque<R> {
    fn into_response(self) -> axum_core::response::Response {
        match self.inner {
            Inner::Own(own) => edited(own.into_response(), None, self.edits),
            Inner::Injected(fault) => edited(proxy::response(&fault), None, self.edits),
            Inner::Recoded(own, fault) => edited(own.into_response(), Some(&fault), self.edits),
        }
    }
}
