//! What an event's type can show: who is being invoked, until when, and the event as JSON.

use serde_json::Value;

use crate::engine::Seen;

/// An event that a tower layer or [`wrap`](crate::wrap) can look at. `Kind` is inferred.
///
/// Implemented for `LambdaEvent<T>` where `T: Serialize + Clone`, for `lambda_http::Request` and for
/// `serde_json::Value`. `Clone` is for the mode `duplicate`. For any other type there are [`ChaosLayer::opaque`](crate::ChaosLayer::opaque)
/// and [`wrap_opaque`](crate::wrap_opaque).
#[diagnostic::on_unimplemented(
    message = "chaos cannot look at an event of type `{Self}`",
    note = "it can at `LambdaEvent<T>` where `T: Serialize + Clone`, at `lambda_http::Request` and at `serde_json::Value`",
    note = "use `ChaosLayer::opaque()` or `wrap_opaque(handler)`, which need nothing of the event but its context"
)]
pub trait View<Kind>: Clone {
    #[doc(hidden)]
    fn view(&self, wants_event: bool) -> Seen;
}

/// An event of which at least the invocation's context can be had: any `LambdaEvent`, a
/// `lambda_http::Request`, a `serde_json::Value`.
pub trait HasContext {
    #[doc(hidden)]
    fn context(&self) -> Seen;
}

/// How an event is viewed; markers for [`View`].
#[doc(hidden)]
pub mod kind {
    /// Through `Serialize`.
    #[derive(Clone, Copy, Debug)]
    pub struct Json;
    /// As the HTTP request that it is.
    #[derive(Clone, Copy, Debug)]
    pub struct Http;
    /// Not viewed: only its context is taken.
    #[derive(Clone, Copy, Debug)]
    pub struct Opaque;
    /// The same of one that can be cloned.
    #[derive(Clone, Copy, Debug)]
    pub struct OpaqueClone;
    /// As `Looks` says, where the response has a body of any type.
    #[derive(Clone, Copy, Debug)]
    pub struct AnyBody<Looks>(std::marker::PhantomData<fn() -> Looks>);
}

impl View<kind::Json> for Value {
    fn view(&self, wants_event: bool) -> Seen {
        Seen {
            event: wants_event.then(|| self.clone()),
            ..Seen::event()
        }
    }
}

impl HasContext for Value {
    fn context(&self) -> Seen {
        Seen::event()
    }
}

#[cfg(feature = "lambda")]
mod lambda {
    use lambda_runtime::LambdaEvent;
    use serde::Serialize;
    use serde_json::Value;

    use super::{HasContext, Seen, View, kind};

    impl<T: Serialize + Clone> View<kind::Json> for LambdaEvent<T> {
        fn view(&self, wants_event: bool) -> Seen {
            view(self, wants_event)
        }
    }

    pub(super) fn view<T: Serialize>(event: &LambdaEvent<T>, wants_event: bool) -> Seen {
        let mut seen = event.context();
        if wants_event {
            seen.event = serde_json::to_value(&event.payload).ok().map(as_sent);
        }
        seen
    }

    /// `ApiGatewayV2httpRequest` shows an `httpMethod` that its event did not have, and GET
    /// whatever the request's was.
    fn as_sent(mut event: Value) -> Value {
        let http_api = event["version"] == "2.0" && event["requestContext"]["http"].is_object();
        if http_api && let Some(map) = event.as_object_mut() {
            map.remove("httpMethod");
        }
        event
    }

    impl<T> HasContext for LambdaEvent<T> {
        fn context(&self) -> Seen {
            Seen::context(&self.context)
        }
    }
}

#[cfg(feature = "lambda_http")]
mod http {
    use lambda_http::{Request, RequestExt as _};

    use super::{HasContext, Seen, View, kind};

    impl View<kind::Http> for Request {
        fn view(&self, wants_event: bool) -> Seen {
            let mut seen = self.context();
            if wants_event {
                seen.event = crate::seam::request::event(self);
            }
            seen
        }
    }

    impl HasContext for Request {
        fn context(&self) -> Seen {
            let seen = self
                .lambda_context_ref()
                .map_or_else(Seen::event, Seen::context);
            Seen { http: true, ..seen }
        }
    }
}

/// The attribute's questions to the compiler: the first of these that the event's type can
/// answer is the one that method resolution finds.
#[doc(hidden)]
pub mod probe {
    use super::{Seen, View, kind};

    /// Asks.
    #[derive(Debug)]
    pub struct Look<'a, T>(pub &'a T);

    /// Its context and itself.
    pub trait Whole {
        /// Looks.
        fn seen(&self, wants_event: bool) -> Seen;
    }

    #[cfg(feature = "lambda")]
    impl<T: serde::Serialize> Whole for &&&Look<'_, lambda_runtime::LambdaEvent<T>> {
        fn seen(&self, wants_event: bool) -> Seen {
            super::lambda::view(self.0, wants_event)
        }
    }

    #[cfg(feature = "lambda_http")]
    impl Whole for &&&Look<'_, lambda_http::Request> {
        fn seen(&self, wants_event: bool) -> Seen {
            View::<kind::Http>::view(self.0, wants_event)
        }
    }

    impl Whole for &&&Look<'_, serde_json::Value> {
        fn seen(&self, wants_event: bool) -> Seen {
            View::<kind::Json>::view(self.0, wants_event)
        }
    }

    /// Its context alone.
    pub trait ContextOnly {
        /// Looks.
        fn seen(&self, wants_event: bool) -> Seen;
    }

    #[cfg(feature = "lambda")]
    impl<T> ContextOnly for &&Look<'_, lambda_runtime::LambdaEvent<T>> {
        fn seen(&self, _: bool) -> Seen {
            super::HasContext::context(self.0)
        }
    }

    /// Asks whether an argument can be had once more.
    #[derive(Debug)]
    pub struct Again<'a, T>(pub &'a T);

    /// It can.
    pub trait Cloned<T> {
        /// Clones it.
        fn again(&self) -> Option<T>;
    }

    impl<T: Clone> Cloned<T> for &Again<'_, T> {
        fn again(&self) -> Option<T> {
            Some(self.0.clone())
        }
    }

    /// It cannot.
    pub trait Unique<T> {
        /// Nothing.
        fn again(&self) -> Option<T>;
    }

    impl<T> Unique<T> for Again<'_, T> {
        fn again(&self) -> Option<T> {
            None
        }
    }

    /// Nothing.
    pub trait Unseen {
        /// Looks away.
        fn seen(&self, wants_event: bool) -> Seen;
    }

    impl<T> Unseen for &Look<'_, T> {
        fn seen(&self, _: bool) -> Seen {
            Seen::nothing()
        }
    }
}
