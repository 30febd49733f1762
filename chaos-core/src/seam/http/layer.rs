//! A layer round a tower HTTP client: where a request is about to go out.

use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, Uri, header};
use http_body::Body;
use rand_pcg::Pcg64Mcg;
use tower_layer::Layer;
use tower_service::Service;

use super::errors::{Boxed, ClientErrors, ConnectionFailure};
use super::future::HttpFuture;
use crate::engine::{self, Beginning, Corrupting};
use crate::fault::denylist;
use crate::seam::client::http::{Called, Carrier, Failure, Outcome, POINTS, Replies};
use crate::seam::client::{call, passes};
use crate::seam::corrupt::{self, Dropped};
use crate::seam::layer::ChaosBody;

/// A layer that makes each request of a tower HTTP client a point.
///
/// Add it last, right round the client: what retries, limits and times out is then put to the test.
/// While a function has no source of documents, or the kill switch is set, it costs one relaxed load a
/// request.
#[derive(Clone, Copy, Debug, Default)]
pub struct HttpLayer<M = Boxed> {
    errors: M,
    timeout: Option<Duration>,
}

impl HttpLayer {
    /// For clients with boxed errors.
    pub const fn new() -> Self {
        Self {
            errors: Boxed,
            timeout: None,
        }
    }
}

impl<M> HttpLayer<M> {
    /// With another way to make the client's errors.
    #[must_use]
    pub fn errors<Other>(self, errors: Other) -> HttpLayer<Other> {
        HttpLayer {
            errors,
            timeout: self.timeout,
        }
    }

    /// How long the client in it waits for a response, where it has a timeout of its own. It does not
    /// tell, and what is injected must not be waited for longer. A timeout that is a layer outside of
    /// this one runs out by itself, and is not to be named here.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self {
            timeout: Some(timeout),
            ..self
        }
    }
}

impl<S, M: Clone> Layer<S> for HttpLayer<M> {
    type Service = HttpService<S, M>;

    fn layer(&self, inner: S) -> Self::Service {
        HttpService {
            inner,
            errors: self.errors.clone(),
            timeout: self.timeout,
        }
    }
}

/// A tower HTTP client whose requests are points; [`HttpLayer`] makes one.
#[derive(Clone, Debug)]
pub struct HttpService<S, M = Boxed> {
    inner: S,
    errors: M,
    timeout: Option<Duration>,
}

impl<S, M, A, B> Service<Request<A>> for HttpService<S, M>
where
    S: Service<Request<A>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    A: Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    M: ClientErrors<S::Error> + Clone + Send + Sync + 'static,
{
    type Response = Response<ChaosBody<B>>;
    type Error = S::Error;
    type Future = HttpFuture<S::Future, B, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        if passes(&POINTS) {
            return HttpFuture::own(self.inner.call(request));
        }
        let called = Called {
            method: request.method(),
            host: host(request.uri(), request.headers()),
            path: request.uri().path(),
        };
        let beginning = engine::begin_point(called.point(), || called.labels());
        if beginning.is_none() && !denylist::denying() {
            return HttpFuture::own(self.inner.call(request));
        }
        // The service that is ready is the one that is called, and that is done when its turn comes.
        let other = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, other);
        let host = called.host.to_owned();
        let armed = armed(
            ready,
            request,
            beginning,
            host,
            self.timeout,
            self.errors.clone(),
        );
        HttpFuture::armed(Box::pin(armed))
    }
}

/// A request for which there may be something to do.
async fn armed<S, M, A, B>(
    mut ready: S,
    request: Request<A>,
    beginning: Option<Box<Beginning>>,
    host: String,
    timeout: Option<Duration>,
    errors: M,
) -> Result<Response<ChaosBody<B>>, S::Error>
where
    S: Service<Request<A>, Response = Response<B>>,
    B: Body<Data = Bytes>,
    M: ClientErrors<S::Error>,
{
    let carrier = Carrier::new(OfTower, &host, timeout);
    let reply = |_| async move {
        let reply = ready.call(request).await.map_err(Failure::Own)?;
        Ok(reply.map(ChaosBody::own))
    };
    let outcome: Outcome<_, S::Error> = call(carrier, beginning, reply).await;
    match outcome {
        Ok(response) => Ok(response),
        Err(Failure::Own(error)) => Err(error),
        Err(Failure::Injected(fault, error)) => {
            let failure = ConnectionFailure::new(fault, &host, error);
            Err(errors.error(failure).await)
        }
    }
}

/// In the URI; or in its header, where a client is told the rest once and for all.
fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> &'a str {
    let in_header = || {
        let host = headers.get(header::HOST)?.to_str().ok()?;
        let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
        Some(if is_port { name } else { host })
    };
    uri.host().or_else(in_header).unwrap_or_default()
}

/// How its responses are made and changed.
struct OfTower;

impl<B: Body<Data = Bytes>> Replies<Response<ChaosBody<B>>> for OfTower {
    fn make(&self, response: Response<String>) -> Response<ChaosBody<B>> {
        response.map(ChaosBody::from)
    }

    fn recode(
        &self,
        mut response: Response<ChaosBody<B>>,
        code: StatusCode,
    ) -> Response<ChaosBody<B>> {
        *response.status_mut() = code;
        response
    }

    fn corrupt(
        &self,
        mut response: Response<ChaosBody<B>>,
        corrupting: &mut Corrupting,
    ) -> (Response<ChaosBody<B>>, Dropped) {
        let mangle = |body: &mut ChaosBody<B>, random: &mut Pcg64Mcg| body.mangle(random);
        let dropped = corrupt::response_by(&mut response, corrupting, mangle);
        (response, dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_in_the_uri_or_in_its_header() {
        let mut headers = HeaderMap::new();
        let absolute = Uri::from_static("http://api.example.com:8080/a");
        let relative = Uri::from_static("/a");
        assert_eq!(host(&relative, &headers), "");
        for (written, expected) in [
            ("db.internal:9000", "db.internal"),
            ("db.internal", "db.internal"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
        ] {
            headers.insert(header::HOST, written.parse().unwrap());
            assert_eq!(host(&relative, &headers), expected);
            assert_eq!(host(&absolute, &headers), "api.example.com");
        }
    }
}
