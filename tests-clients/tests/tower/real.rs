//! Injected errors beside those that were really provoked.

use std::error::Error as _;
use std::io;

use chaos_core::testing::Scope;
use chaos_tests_clients::free_port;
use http::Method;
use hyper_util::client::legacy::Error;
use serde_json::json;
use tower::ServiceExt as _;

use crate::client::{layered, plain, request};
use chaos_tests_clients::server::{Does, Server};

/// All that a caller can see of an error.
fn seen(error: &Error) -> (bool, bool, Vec<io::ErrorKind>, String) {
    let (mut kinds, mut incomplete) = (Vec::new(), false);
    let mut inside = error.source();
    while let Some(error) = inside {
        kinds.extend(error.downcast_ref().map(io::Error::kind));
        let of_hyper = error.downcast_ref::<hyper::Error>();
        incomplete |= of_hyper.is_some_and(hyper::Error::is_incomplete_message);
        inside = error.source();
    }
    (error.is_connect(), incomplete, kinds, error.to_string())
}

async fn injected(exception_type: &str) -> Error {
    let scope = Scope::new(&json!({"exception": {"enabled": true, "point": "http.*",
        "exception_type": exception_type}}));
    let get = request(Method::GET, "http://api.example.com/users");
    let error = scope.run(layered().oneshot(get)).await.unwrap_err();
    assert_eq!(scope.injected(), ["exception"]);
    error
}

async fn provoked(url: &str) -> Error {
    plain()
        .request(request(Method::GET, url))
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_refused_connection() {
    let real = provoked(&format!("http://127.0.0.1:{}", free_port())).await;
    let own = injected("ConnectionRefused").await;
    assert_eq!(seen(&own), seen(&real));
    assert!(own.is_connect());
}

#[tokio::test]
async fn a_connection_that_is_cut_off() {
    let server = Server::that(Does::Reset).await;
    let own = injected("ConnectionReset").await;
    assert_eq!(seen(&own), seen(&provoked(&server.url).await));
    assert_eq!(seen(&own).2, [io::ErrorKind::ConnectionReset]);
}

#[tokio::test]
async fn a_connection_that_is_closed() {
    let server = Server::that(Does::Close).await;
    let own = injected("ConnectionClosed").await;
    assert_eq!(seen(&own), seen(&provoked(&server.url).await));
    assert!(seen(&own).1, "{own:?}");
}

/// The client has no timeouts but that of connecting, and a name that does not resolve is one more
/// way not to connect.
#[tokio::test]
async fn what_does_not_connect() {
    for (name, kind, text) in [
        ("Timeout", io::ErrorKind::TimedOut, "no reply came in time"),
        (
            "DnsFailure",
            io::ErrorKind::Other,
            "not known: api.example.com",
        ),
    ] {
        let own = injected(name).await;
        assert!(own.is_connect());
        assert_eq!(seen(&own).2, [kind]);
        assert!(format!("{own:?}").contains(text), "{own:?}");
    }
}
