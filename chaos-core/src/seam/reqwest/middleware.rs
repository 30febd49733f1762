//! A middleware: where a request is about to go out.

use std::time::Duration;

use async_trait::async_trait;
use http::Extensions;
use reqwest::{Client, Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Middleware, Next, Result};

use super::failing;
use super::replies::OfReqwest;
use crate::engine;
use crate::fault::denylist;
use crate::seam::client::http::{Called, Carrier, Failure, Outcome, POINTS};
use crate::seam::client::{call, passes};

/// Makes a seam of a client that has no other middleware. One that has gets a [`ChaosMiddleware`], as
/// its last.
///
/// A client does not tell its timeout. One that has a timeout is made a seam by
/// [`ChaosMiddleware::instrument`], which is told: else a wait that is injected is not cut off by it.
pub fn instrument(client: Client) -> ClientWithMiddleware {
    ChaosMiddleware::new().instrument(client)
}

/// A middleware that makes each request a point.
///
/// Add it last, so that it is the innermost: what retries is then asked to. While a function has no source of
/// documents, or the kill switch is set, it costs one relaxed load a request, and what any middleware
/// does.
///
/// ```
/// use std::time::Duration;
///
/// use chaos_core::reqwest::ChaosMiddleware;
///
/// # fn example() -> reqwest::Result<()> {
/// let timeout = Duration::from_secs(2);
/// let client = reqwest::Client::builder().timeout(timeout).build()?;
/// let client = ChaosMiddleware::new().timeout(timeout).instrument(client);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct ChaosMiddleware {
    timeout: Option<Duration>,
    read_timeout: Option<Duration>,
}

impl ChaosMiddleware {
    /// For a client without a timeout of its own.
    pub const fn new() -> Self {
        Self {
            timeout: None,
            read_timeout: None,
        }
    }

    /// The timeout that the client was built with, `ClientBuilder::timeout`. A client does not tell a
    /// middleware, and what is injected must not be waited for longer than the client would: a latency
    /// that is as long, or mode `timeout`, then ends as the client's own error, for which
    /// `is_timeout()` is true. What a shorter wait leaves of it, the request has, its body included.
    ///
    /// A request that has a timeout of its own (`RequestBuilder::timeout`) goes by that, without being
    /// named here.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The read timeout that the client was built with, `ClientBuilder::read_timeout`. What is injected
    /// ends with it in the same way, if it is the shorter one. What a shorter wait leaves of it is the
    /// longest until the response begins; its body has the client's own.
    #[must_use]
    pub const fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = Some(timeout);
        self
    }

    /// Makes a seam of a client that has no other middleware.
    pub fn instrument(self, client: Client) -> ClientWithMiddleware {
        ClientBuilder::new(client).with(self).build()
    }
}

#[async_trait]
impl Middleware for ChaosMiddleware {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        if passes(&POINTS) {
            return next.run(request, extensions).await;
        }
        let called = Called {
            method: request.method(),
            host: request.url().host_str().unwrap_or_default(),
            path: request.url().path(),
        };
        let beginning = engine::begin_point(called.point(), || called.labels());
        if beginning.is_none() && !denylist::denying() {
            return next.run(request, extensions).await;
        }
        let whole = request.timeout().copied().or(self.timeout);
        let patience = [whole, self.read_timeout].into_iter().flatten().min();
        let url = request.url().clone();
        let carrier = Carrier::new(OfReqwest(url.clone()), called.host, patience);
        let reply = |left: Option<Duration>| async move {
            if let (Some(whole), Some(patience), Some(left)) = (whole, patience, left) {
                let waited = patience.saturating_sub(left);
                *request.timeout_mut() = Some(whole.saturating_sub(waited));
            }
            next.run(request, extensions).await.map_err(Failure::Own)
        };
        let outcome: Outcome<Response, Error> = call(carrier, beginning, reply).await;
        match outcome {
            Ok(response) => Ok(response),
            Err(Failure::Own(error)) => Err(error),
            Err(Failure::Injected(fault, error)) => Err(failing::error(fault, error, url).await),
        }
    }
}
