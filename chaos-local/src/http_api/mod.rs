//! An HTTP API of API Gateway in front of a function.

mod event;
mod response;

use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Limited};

use crate::lambda::{Function, Invocation, Invoker};
use crate::server::{Answer, Body, Server};

/// The largest body that API Gateway takes, in bytes.
const MAX_BODY: usize = 10 * 1024 * 1024;

/// An HTTP API of API Gateway (payload version 2.0) in front of a function, on loopback, until it is
/// dropped.
///
/// A request of any method and path becomes the event that API Gateway makes of it, on the route
/// `$default`, and the function's answer becomes the response: an object with `statusCode`, `headers`,
/// `cookies`, `body` and `isBase64Encoded`, a streamed response, or any other JSON, which is a 200 with
/// that body. A function that fails or misses its deadline is a 500, as there. Bodies of up to 10 MiB
/// are taken.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use chaos_local::{Function, HttpApi};
///
/// let orders = Function::builder("orders").start("target/debug/orders").await?;
/// let api = HttpApi::start(&orders).await?;
/// println!("curl {}/orders?limit=3", api.endpoint());
/// # Ok(())
/// # }
/// ```
pub struct HttpApi {
    pub(crate) server: Server,
}

impl HttpApi {
    /// Starts it on a port of 127.0.0.1 that the system picks. Once the function is stopped or
    /// dropped, every request is a 500.
    ///
    /// # Errors
    ///
    /// If there is no port to listen on.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start(function: &Function) -> io::Result<Self> {
        Self::start_on(0, function).await
    }

    /// Starts it on this port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// If the port is taken.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    #[expect(clippy::unused_async, reason = "that it needs a runtime should show")]
    pub async fn start_on(port: u16, function: &Function) -> io::Result<Self> {
        let function = function.invoker();
        let server = Server::start(port, move |request| answer(function.clone(), request))?;
        Ok(Self { server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where it listens, as a URL.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address())
    }
}

impl std::fmt::Debug for HttpApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpApi")
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}

async fn answer(function: Invoker, request: Request<Body>) -> Answer {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
        return response::message(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long");
    };
    let event = event::of(&head, &body.to_bytes());
    let outcome = function.invoke(Invocation::new(event)).await;
    let mut answer = response::of(outcome);
    if head.method == Method::HEAD {
        // hyper sends the length of what is not sent
        *answer.body_mut() = Bytes::new().into();
    }
    answer
}
