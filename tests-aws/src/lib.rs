//! A server on loopback that answers as a service would and counts what reaches it, and the
//! configuration of clients that call it.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
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
}

impl Service {
    /// Answers with status 200, a content type and a body.
    ///
    /// # Panics
    ///
    /// If there is no port to be had.
    pub async fn answering(content_type: &'static str, body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let counted = Arc::clone(&counted);
                let answer = service_fn(move |_: Request<Incoming>| {
                    counted.fetch_add(1, Ordering::SeqCst);
                    let reply = Response::builder()
                        .header("content-type", content_type)
                        .body(Full::new(Bytes::from_static(body.as_bytes())));
                    async move { Ok::<_, Infallible>(reply.expect("a valid reply")) }
                });
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), answer);
                tokio::spawn(connection);
            }
        });
        Self { url, seen }
    }

    /// How many requests have reached it.
    pub fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }

    /// The configuration of clients that call it, three attempts each, under faults.
    pub fn config(&self) -> SdkConfig {
        chaos_core::aws::instrument(self.bare_config())
    }

    /// The same as a user has it, before it is instrumented.
    pub fn bare_config(&self) -> SdkConfig {
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let credentials = Credentials::from_keys("AKIDEXAMPLE", "secret", None);
        let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(&self.url)
            .retry_config(retries)
            .http_client(http)
            .build()
    }
}
