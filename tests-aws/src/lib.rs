//! A server on loopback that answers as a service would and counts what reaches it, and the
//! configuration of clients that call it.

pub mod catalogue;
mod moto;

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use self::moto::Moto;
#[doc(hidden)]
pub use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use chaos_core::testing::Scope;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// A server that answers every request alike.
#[derive(Debug)]
pub struct Service {
    url: String,
    seen: Arc<AtomicUsize>,
    body: Arc<Mutex<Bytes>>,
}

impl Service {
    /// Answers with status 200, a content type and a body.
    ///
    /// # Panics
    ///
    /// If there is no port to be had.
    pub async fn answering(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(AtomicUsize::new(0));
        let body = Arc::new(Mutex::new(body.into()));
        let (counted, current) = (Arc::clone(&seen), Arc::clone(&body));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (counted, current) = (Arc::clone(&counted), Arc::clone(&current));
                let answer = service_fn(move |_: Request<Incoming>| {
                    counted.fetch_add(1, Ordering::SeqCst);
                    let reply = Response::builder()
                        .header("content-type", content_type)
                        .body(Full::new(lock(&current).clone()));
                    async move { Ok::<_, Infallible>(reply.expect("a valid reply")) }
                });
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), answer);
                tokio::spawn(connection);
            }
        });
        Self { url, seen, body }
    }

    /// Answers with another body from now on.
    pub fn answer(&self, body: impl Into<Bytes>) {
        *lock(&self.body) = body.into();
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many requests have reached it.
    pub fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }

    /// The configuration of clients that call it, under faults.
    pub fn config(&self) -> SdkConfig {
        config(&self.url)
    }
}

/// The configuration of clients that call a server there, three attempts each, under faults.
pub fn config(url: &str) -> SdkConfig {
    chaos_core::aws::instrument(plain(url))
}

/// The same without faults.
pub fn plain(url: &str) -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let credentials = Credentials::from_keys("AKIDEXAMPLE", "secret", None);
    let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .retry_config(retries)
        .http_client(http)
        .build()
}

fn lock(body: &Mutex<Bytes>) -> std::sync::MutexGuard<'_, Bytes> {
    body.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a call under a flag for each value of a label, which must fail, and under one for another
/// value, which must not.
///
/// # Panics
///
/// If the call is not about all of them.
pub async fn is_about<T, E, F>(label: &str, values: &[&str], call: impl Fn() -> F)
where
    F: Future<Output = Result<T, E>>,
{
    let failing = |value: &str| {
        let labels = serde_json::json!({ label: value });
        Scope::new(
            &serde_json::json!({"exception": {"enabled": true, "point": "aws.*",
            "labels": labels}}),
        )
    };
    for value in values {
        let own = failing(value).run(call()).await;
        assert!(own.is_err(), "it is not about {label} {value}");
    }
    let other = failing("another").run(call()).await;
    assert!(other.is_ok(), "it is about another {label}");
}

/// A client of the service, with one attempt for each call.
#[macro_export]
macro_rules! client {
    ($service:ident, $sdk:ident) => {{
        let config = $service.config().into_builder();
        let once = $crate::RetryConfig::disabled();
        $sdk::Client::new(&config.retry_config(once).build())
    }};
}
