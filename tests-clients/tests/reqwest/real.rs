//! Injected errors beside those that were really provoked.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use chaos_core::reqwest::{ChaosMiddleware, instrument};
use chaos_core::testing::Scope;
use chaos_tests_clients::free_port;
use reqwest::dns::{Name, Resolve, Resolving};
use reqwest::{Client, Error};
use serde_json::json;

use chaos_tests_clients::server::{Does, Server};

/// All that a caller can ask of an error.
fn seen(error: &Error) -> impl PartialEq + std::fmt::Debug + use<> {
    let mut kinds = Vec::new();
    let mut inside = error.source();
    while let Some(error) = inside {
        kinds.extend(error.downcast_ref().map(io::Error::kind));
        inside = error.source();
    }
    let asked = [
        error.is_connect(),
        error.is_timeout(),
        error.is_dns(),
        error.is_request(),
        error.is_body(),
        error.is_decode(),
        error.is_status(),
    ];
    (asked, kinds, error.url().cloned())
}

/// What a request to that URL fails with, in a client without chaos and in one with it.
async fn both(real: Client, url: &str, exception_type: &str) -> [Error; 2] {
    let provoked = real.get(url).send().await.unwrap_err();
    let scope = Scope::new(&json!({"exception": {"enabled": true, "point": "http.*",
        "exception_type": exception_type}}));
    let client = instrument(Client::new());
    let injected = scope.run(client.get(url).send()).await.unwrap_err();
    assert_eq!(scope.injected(), ["exception"]);
    let reqwest_middleware::Error::Reqwest(injected) = injected else {
        panic!("{injected:?} is none of reqwest's own")
    };
    assert_eq!(
        seen(&injected),
        seen(&provoked),
        "{injected:?}\n{provoked:?}"
    );
    assert_eq!(injected.to_string(), provoked.to_string());
    [injected, provoked]
}

#[tokio::test]
async fn a_refused_connection() {
    let url = format!("http://127.0.0.1:{}/users?q=1", free_port());
    let [error, _] = both(Client::new(), &url, "ConnectionRefused").await;
    assert!(error.is_connect() && format!("{error:?}").contains("ConnectionRefused"));
}

#[tokio::test]
async fn a_connection_that_is_cut_off() {
    let server = Server::that(Does::Reset).await;
    let [error, _] = both(Client::new(), &server.url, "ConnectionReset").await;
    assert!(error.is_request() && !error.is_connect());
    assert!(
        format!("{error:?}").contains("ConnectionReset"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_connection_that_is_closed() {
    let server = Server::that(Does::Close).await;
    let [error, _] = both(Client::new(), &server.url, "ConnectionClosed").await;
    assert!(
        format!("{error:?}").contains("IncompleteMessage"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_response_that_does_not_come() {
    let server = Server::that(Does::Nothing).await;
    let short = Client::builder().timeout(Duration::from_millis(20));
    let [error, _] = both(short.build().unwrap(), &server.url, "Timeout").await;
    assert!(error.is_timeout() && !error.is_connect());
}

/// The client's own timeout, where it runs out at a server that is silent, and where it does in a wait
/// that is injected.
#[tokio::test]
async fn a_wait_that_is_longer_than_the_clients_timeout() {
    let timeout = Duration::from_millis(50);
    let client = || Client::builder().timeout(timeout).build().unwrap();
    let silent = Server::that(Does::Nothing).await;
    let provoked = client().get(&silent.url).send().await.unwrap_err();
    let told = ChaosMiddleware::new().timeout(timeout).instrument(client());
    for flag in [
        json!({"mode": "latency", "min_latency": 600_000}),
        json!({"mode": "latency", "min_latency": 600_000, "phase": "after"}),
        json!({"mode": "timeout"}),
        json!({"mode": "timeout", "phase": "after"}),
    ] {
        let mut flag = flag;
        flag["enabled"] = json!(true);
        flag["point"] = json!("http.*");
        let scope = Scope::new(&json!({"slow": flag}));
        let answers = Server::that(Does::Answer).await;
        let injected = scope.run(told.get(&answers.url).send()).await.unwrap_err();
        let reqwest_middleware::Error::Reqwest(injected) = injected else {
            panic!("{injected:?} is none of reqwest's own")
        };
        let there = injected.without_url().with_url(silent.url.parse().unwrap());
        assert_eq!(seen(&there), seen(&provoked), "{flag}");
        assert_eq!(there.to_string(), provoked.to_string(), "{flag}");
        assert_eq!(scope.injected(), ["slow"]);
    }
}

/// Nothing is asked of a name server: the client's resolver fails as the system's does.
#[tokio::test]
async fn a_name_that_does_not_resolve() {
    struct NoName;
    impl Resolve for NoName {
        fn resolve(&self, _: Name) -> Resolving {
            Box::pin(async { Err(io::Error::other("Name or service not known").into()) })
        }
    }
    let without = Client::builder().dns_resolver(NoName).build().unwrap();
    let [error, _] = both(without, "http://api.example.com/users", "DnsFailure").await;
    assert!(error.is_dns() && error.is_connect());
    assert!(
        format!("{error:?}").contains("not known: api.example.com"),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_address_does_not_resolve_either_if_it_shall_not() {
    let scope = Scope::new(&json!({"exception": {"enabled": true, "point": "http.*",
        "exception_type": "DnsFailure"}}));
    for url in ["http://127.0.0.1:9/", "http://[::1]:9/"] {
        let get = instrument(Client::new()).get(url);
        let error = scope.run(get.send()).await.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
        assert_eq!(error.url().unwrap().as_str(), url);
    }
}
