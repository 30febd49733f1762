//! A request of a tower HTTP client.

use std::task::{Context, Poll, Waker};

use anyhow::Result;
use bytes::Bytes;
use chaos_core::http::{HttpLayer, HyperUtilErrors};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use lambda_runtime::tower::{BoxError, Layer as _};
use lambda_runtime::{Service, service_fn};
use tokio::runtime::Runtime;

use super::Over;
use super::server;
use crate::calls::done;
use crate::measure::{Measured, Measuring, Pace};

pub(super) fn measure(over: Over, measuring: &Measuring, runtime: &Runtime) -> Result<Measured> {
    match over {
        Over::Memory => {
            let uri = Uri::from_static("http://api.example.com/orders/1");
            let mut plain = service_fn(answer::<0>);
            let mut layered = HttpLayer::new().layer(service_fn(answer::<1>));
            Ok(measuring.pair(
                || done(sent(&mut plain, request(&uri))),
                || done(sent(&mut layered, request(&uri))),
            ))
        }
        Over::Tcp => {
            let server = server::http("application/json", "{}")?;
            let uri = Uri::try_from(format!("http://{server}/orders/1"))?;
            let client: Client<_, Empty<Bytes>> =
                Client::builder(TokioExecutor::new()).build_http();
            let mut plain = client.clone();
            let mut layered = HttpLayer::new().errors(HyperUtilErrors).layer(client);
            Ok(measuring.pair_at(
                Pace::Slow,
                || runtime.block_on(read(sent(&mut plain, request(&uri)))),
                || runtime.block_on(read(sent(&mut layered, request(&uri)))),
            ))
        }
    }
}

fn request(uri: &Uri) -> Request<Empty<Bytes>> {
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = uri.clone();
    request
}

/// Two of them, so that each is called in one place.
async fn answer<const ONE: u8>(
    _: Request<Empty<Bytes>>,
) -> std::result::Result<Response<Full<Bytes>>, BoxError> {
    Ok(Response::new(Full::new(Bytes::from_static(b"{}"))))
}

/// Calls a service as tower asks for it.
fn sent<S: Service<Request<Empty<Bytes>>>>(
    service: &mut S,
    request: Request<Empty<Bytes>>,
) -> S::Future {
    let mut context = Context::from_waker(Waker::noop());
    let ready = service.poll_ready(&mut context);
    assert!(
        matches!(ready, Poll::Ready(Ok(()))),
        "it is not ready at once"
    );
    service.call(request)
}

/// Reads the response to its end, so that the connection can be used again.
async fn read<B, E>(reply: impl Future<Output = std::result::Result<Response<B>, E>>) -> bool
where
    B: http_body::Body,
{
    match reply.await {
        Ok(response) => response.into_body().collect().await.is_ok(),
        Err(_) => false,
    }
}
