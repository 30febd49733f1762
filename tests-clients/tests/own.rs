//! What fetches the document meets no fault, although it is an instrumented client of the user's own. A
//! process of its own, since it is the process's engine that fetches.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chaos_core::Chaos;
use chaos_core::http::HttpLayer;
use chaos_core::source::{Fetch, Source, SourceError};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Empty, Full};
use serde_json::{Value, json};
use tower::{BoxError, ServiceBuilder, ServiceExt as _, service_fn};

/// A service that has the document.
#[derive(Clone)]
struct Service(Arc<Mutex<String>>);

impl Service {
    fn of(document: &Value) -> Self {
        Self(Arc::new(Mutex::new(document.to_string())))
    }

    fn set(&self, document: &Value) {
        *self.0.lock().unwrap() = document.to_string();
    }

    /// Asks it through an instrumented client.
    async fn ask(&self) -> Result<String, BoxError> {
        let document = Arc::clone(&self.0);
        let own = service_fn(move |_: Request<Empty<Bytes>>| {
            let text = document.lock().unwrap().clone();
            async move { Ok::<_, BoxError>(Response::new(Full::from(text))) }
        });
        let client = ServiceBuilder::new().layer(HttpLayer::new()).service(own);
        let request = Request::get("http://settings.internal/chaos").body(Empty::new())?;
        let body = client.oneshot(request).await?.into_body().collect().await?;
        Ok(String::from_utf8(body.to_bytes().to_vec())?)
    }
}

impl Source for Service {
    fn name(&self) -> &'static str {
        "service"
    }

    fn location(&self) -> String {
        "settings.internal".to_owned()
    }

    fn fetch(&self) -> Fetch<'_> {
        Box::pin(async {
            let asked = self.ask().await;
            asked.map_err(|error| SourceError::unavailable(error.to_string()))
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_read_through_the_client_that_it_makes_fail() {
    let service = Service::of(&json!({
        "down": {"mode": "exception", "enabled": true, "point": "http.*",
            "exception_type": "ConnectionRefused"},
    }));
    let chaos = Chaos::from_env().source(service.clone());
    let chaos = chaos.cache_ttl(Duration::ZERO);
    chaos.fetch_timeout(Duration::from_secs(5)).init().await;
    for _ in 0..3 {
        // The document is fetched anew each time.
        let error = service.ask().await.unwrap_err().to_string();
        assert!(error.starts_with("Connection refused"), "{error}");
    }
    service.set(&json!({}));
    assert!(service.ask().await.is_ok(), "it was switched off");
}
