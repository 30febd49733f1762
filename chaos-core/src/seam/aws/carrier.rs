//! What an attempt can carry: the service's errors as it sends them, and a connection's.

use std::io;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep as _, SharedAsyncSleep};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode as HttpStatus;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use http::{HeaderMap, HeaderName, HeaderValue, Response};

use super::errors::{self, Wire};
use super::point::Call;
use super::protocol::Protocol;
use crate::engine::{Announcement, CannotFail, Carry, Corrupting, Denial, Dropped, Refusal};
use crate::error::InjectedError;
use crate::fault::latency;
use crate::plan::{DenyList, StatusCode};
use crate::seam::client::{Client, ConnectionFault, Patience};
use crate::seam::corrupt;

/// What comes of an attempt.
pub(super) type Outcome = Result<HttpResponse, ConnectorError>;

/// Answers in the place of the service.
pub(super) struct Carrier {
    service: String,
    host: String,
    protocol: Protocol,
    /// The SDK's own way to wait, which tests may have replaced.
    sleep: Option<SharedAsyncSleep>,
    /// The read timeout: how long the reply's first byte may take.
    patience: Patience,
}

impl Carrier {
    pub(super) fn new(
        call: &Call<'_>,
        request: &HttpRequest,
        sleep: Option<SharedAsyncSleep>,
        read_timeout: Option<Duration>,
    ) -> Self {
        Self {
            service: call.service.to_owned(),
            host: call.host.to_owned(),
            protocol: Protocol::of(call, request),
            sleep,
            patience: Patience::new(read_timeout),
        }
    }

    /// As the SDK's HTTP client says that a connection failed.
    fn failed(&self, fault: ConnectionFault, error: Option<InjectedError>) -> Outcome {
        let io = fault.io(Some(&self.host), error);
        Err(match fault {
            ConnectionFault::Timeout => ConnectorError::timeout(no_io(io)),
            ConnectionFault::Refused | ConnectionFault::Dns | ConnectionFault::Reset => {
                ConnectorError::io(io.into())
            }
            // hyper's "incomplete message", which the SDK repeats
            ConnectionFault::Closed => {
                ConnectorError::other(no_io(io), Some(ErrorKind::TransientError))
            }
        })
    }

    fn refused(&self, wire: &Wire<'_>, message: &str) -> HttpResponse {
        self.protocol.error(wire, message)
    }
}

impl Client<Outcome> for Carrier {
    fn host(&self) -> Option<&str> {
        Some(&self.host)
    }

    fn unresolved(&self) -> Outcome {
        self.failed(ConnectionFault::Dns, None)
    }

    fn late(&self) -> Outcome {
        self.failed(ConnectionFault::Timeout, None)
    }

    fn patience(&mut self) -> &mut Patience {
        &mut self.patience
    }

    async fn sleep(&self, wait: Duration) {
        match &self.sleep {
            Some(sleep) => sleep.sleep(wait).await,
            None => latency::wait(wait).await,
        }
    }
}

impl Carry<Outcome> for Carrier {
    type Out = Outcome;

    fn pass(&self, value: Outcome) -> Outcome {
        value
    }

    /// The service's own error of that type, or a connection's.
    fn error(&self, error: InjectedError) -> Result<Outcome, CannotFail> {
        if let Some(fault) = error.chosen_type().and_then(ConnectionFault::named) {
            return Ok(self.failed(fault, Some(error)));
        }
        let wire = errors::wire(&self.service, error.chosen_type());
        Ok(Ok(self.refused(&wire, error.message())))
    }

    /// The connection is gone, and the reply with it.
    fn lose(&self, error: InjectedError) -> Result<Outcome, CannotFail> {
        let fault = ConnectionFault::chosen_by(&error)?;
        Ok(self.failed(fault, Some(error)))
    }

    fn reply(&self, fault: &StatusCode, _: bool) -> Result<Outcome, Refusal> {
        let mut response = if fault.body.is_none() {
            self.protocol.bare(fault.code, &fault.body_text())
        } else {
            let body = SdkBody::from(fault.body_text());
            let mut response = HttpResponse::new(status(fault.code), body);
            let content_type = fault.default_content_type();
            response.headers_mut().insert("content-type", content_type);
            response
        };
        for (name, value) in &fault.headers {
            // plan/ has checked both.
            let _ = response
                .headers_mut()
                .try_insert(name.to_ascii_lowercase(), value.clone());
        }
        Ok(Ok(response))
    }

    fn recode(&self, value: Outcome, fault: &StatusCode, _: bool) -> (Outcome, Option<Refusal>) {
        match value {
            Ok(mut response) => {
                *response.status_mut() = status(fault.code);
                (Ok(response), None)
            }
            Err(error) => (Err(error), Some(no_reply())),
        }
    }

    fn corrupt(&self, out: Outcome, mut corrupting: Corrupting) -> (Outcome, Dropped) {
        match out {
            Ok(mut response) => {
                let dropped = corrupted(&mut response, &mut corrupting);
                (Ok(response), dropped.map(Some))
            }
            Err(error) => (Err(error), Err(no_reply())),
        }
    }

    fn announce(&self, out: Outcome, _: &Announcement, _: bool) -> Outcome {
        out
    }

    fn timed_out(&self) -> Option<Outcome> {
        Some(self.late())
    }

    fn patience(&self) -> Option<Duration> {
        self.patience.now()
    }

    fn deny(&self, list: &DenyList) -> Denial<Outcome> {
        if list.hosts.iter().any(|host| host.found_in_host(&self.host)) {
            Denial::Answer(self.unresolved())
        } else {
            Denial::Passes
        }
    }
}

/// What the SDK's client says of a timeout, and of a reply that ends too soon, has no error of the
/// system's in it.
fn no_io(error: io::Error) -> BoxError {
    let text = error.to_string();
    error.into_inner().unwrap_or_else(|| text.into())
}

fn no_reply() -> Refusal {
    Refusal::new("the call failed by itself: there is no reply")
}

/// plan/ has checked it: 100 to 599.
pub(super) fn status(code: u16) -> HttpStatus {
    HttpStatus::try_from(code).unwrap_or_else(|_| http::StatusCode::INTERNAL_SERVER_ERROR.into())
}

/// The reply through an `http::Response`, which is what can be corrupted. Its extensions stay.
fn corrupted(response: &mut HttpResponse, corrupting: &mut Corrupting) -> corrupt::Dropped {
    let mut other = Response::new(response.take_body());
    *other.headers_mut() = headers(response);
    let before = other.headers().clone();
    let dropped = corrupt::response(&mut other, corrupting);
    let (parts, body) = other.into_parts();
    *response.body_mut() = body;
    for name in before
        .keys()
        .filter(|name| !parts.headers.contains_key(*name))
    {
        response.headers_mut().remove(name.as_str());
    }
    for (name, value) in &parts.headers {
        // What was set stands there once.
        if before.get_all(name).iter().ne(parts.headers.get_all(name)) {
            let _ = response
                .headers_mut()
                .try_insert(name.clone(), value.clone());
        }
    }
    dropped
}

fn headers(response: &HttpResponse) -> HeaderMap {
    let pairs = response.headers().iter();
    pairs
        .filter_map(|(name, value)| {
            let name = HeaderName::try_from(name).ok()?;
            Some((name, HeaderValue::try_from(value).ok()?))
        })
        .collect()
}
