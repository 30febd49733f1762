//! Round services whose event or response chaos knows nothing of.

use std::marker::PhantomData;
use std::task::{Context, Poll};

use tower_service::Service;

use super::{ChaosError, ChaosLayer, ChaosService, Layered};
use crate::engine;
use crate::seam::future::{ChaosFuture, Rounds};
use crate::seam::look::{HasContext, kind};
use crate::seam::opaque::Opaque;
use crate::seam::returns::{AsOpaque, ResultCarrier};

impl ChaosLayer<kind::Opaque> {
    /// For all others: conditions on the event do not hold, the mode `duplicate` calls the service
    /// once and says so, and the response becomes an [`Opaque`], which stands in for it.
    #[must_use]
    pub const fn opaque() -> Self {
        Self(PhantomData)
    }
}

impl ChaosLayer<kind::OpaqueClone> {
    /// As [`opaque`](ChaosLayer::opaque), for events that are `Clone`: the mode `duplicate` has them.
    ///
    /// ```
    /// use chaos_core::{ChaosLayer, testing::Scope};
    /// use serde_json::{Value, json};
    /// use tower::{ServiceBuilder, ServiceExt as _, service_fn};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let service = ServiceBuilder::new().layer(ChaosLayer::opaque_clone());
    /// let service = service.service(service_fn(async |event: Value| Ok::<_, String>(event)));
    /// let reply = service.oneshot(json!({ "order": 7 })).await.unwrap();
    /// assert_eq!(reply.into_own(), Some(json!({ "order": 7 })));
    /// # }
    /// ```
    #[must_use]
    pub const fn opaque_clone() -> Self {
        Self(PhantomData)
    }
}

const CARRIER: ResultCarrier<Layered, AsOpaque> = ResultCarrier {
    errors: Layered,
    replies: AsOpaque,
};

impl<S, Event> Service<Event> for ChaosService<S, kind::Opaque>
where
    S: Service<Event>,
    Event: HasContext,
{
    type Response = Opaque<S::Response>;
    type Error = ChaosError<S::Error>;
    type Future = ChaosFuture<S::Future, ResultCarrier<Layered, AsOpaque>>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(ChaosError::Handler)
    }

    #[inline]
    fn call(&mut self, event: Event) -> Self::Future {
        let rounds = Rounds::of(engine::begin(Vec::new, |_| event.context()));
        ChaosFuture::new(rounds, self.inner.call(event), CARRIER)
    }
}

impl<S, Event> Service<Event> for ChaosService<S, kind::OpaqueClone>
where
    S: Service<Event>,
    Event: HasContext + Clone,
{
    type Response = Opaque<S::Response>;
    type Error = ChaosError<S::Error>;
    type Future = ChaosFuture<S::Future, ResultCarrier<Layered, AsOpaque>>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(ChaosError::Handler)
    }

    #[inline]
    fn call(&mut self, event: Event) -> Self::Future {
        match engine::begin(Vec::new, |_| event.context()) {
            None => ChaosFuture::new(Rounds::none(), self.inner.call(event), CARRIER),
            Some(beginning) => self.call_armed(beginning, event, CARRIER),
        }
    }
}
