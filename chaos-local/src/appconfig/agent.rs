//! `AppConfig`'s agent, as its Lambda layer runs it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderValue, Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::behaviour::Behaviour;
use crate::server::{Answer, Body, Server, decoded, text};

/// `AppConfig`'s agent on loopback, until it is dropped.
///
/// It answers `GET /applications/A/environments/E/configurations/C` with what was
/// [`put`](Self::put) there or, with [`AppConfig`](crate::AppConfig) behind it, deployed; and with
/// 404 where there is nothing. It has no cache: a document is there at once.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use chaos_local::{AppConfigAgent, Function};
///
/// let agent = AppConfigAgent::start().await?;
/// agent.put("orders", "production", "limits", r#"{"per_minute": 60}"#);
///
/// // For the process that is to read it:
/// let function = Function::builder("orders").envs(agent.env());
/// # drop(function);
/// # Ok(())
/// # }
/// ```
pub struct AppConfigAgent {
    service: Arc<Service>,
    pub(crate) server: Server,
}

#[derive(Default)]
struct Service {
    state: Mutex<State>,
    arrived: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    /// By application, environment and configuration; with its version, which counts from 1.
    documents: BTreeMap<[String; 3], (u64, String)>,
    behaviour: Behaviour,
    /// The control plane whose deployments are served besides.
    control: Option<Arc<super::control::Service>>,
}

impl AppConfigAgent {
    /// Starts an agent without configurations on a port of 127.0.0.1 that the system picks.
    ///
    /// # Errors
    ///
    /// If there is no port to listen on.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    #[expect(clippy::unused_async, reason = "that it needs a runtime should show")]
    pub async fn start() -> io::Result<Self> {
        let service = Arc::new(Service::default());
        let answering = Arc::clone(&service);
        let server = Server::start(0, move |request| answer(Arc::clone(&answering), request))?;
        Ok(Self { service, server })
    }

    /// Serves what is deployed there too.
    pub(super) fn serve(&self, control: Arc<super::control::Service>) {
        self.service.lock().control = Some(control);
    }

    /// Where the agent listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The environment variable with which a process finds this agent.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let port = self.address().port().to_string();
        vec![("AWS_APPCONFIG_EXTENSION_HTTP_PORT", port)]
    }

    /// Creates or replaces a freeform configuration.
    pub fn put(
        &self,
        application: &str,
        environment: &str,
        configuration: &str,
        document: impl Into<String>,
    ) {
        let key = [application, environment, configuration].map(str::to_owned);
        let mut state = self.service.lock();
        let version = state.documents.get(&key).map_or(1, |(last, _)| last + 1);
        state.documents.insert(key, (version, document.into()));
    }

    /// Creates or replaces a configuration of feature flags, and serves it as the agent does: of a
    /// flag that is off, only that it is off.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use chaos_local::AppConfigAgent;
    /// use serde_json::json;
    ///
    /// let agent = AppConfigAgent::start().await?;
    /// agent.put_flags("orders", "production", "flags", &json!({
    ///     "discount": {"enabled": true, "percentage": 10},
    ///     "new-basket": {"enabled": false, "columns": 3},  // arrives as {"enabled": false}
    /// }));
    /// # Ok(())
    /// # }
    /// ```
    pub fn put_flags(
        &self,
        application: &str,
        environment: &str,
        configuration: &str,
        flags: &Value,
    ) {
        let mut flags = flags.clone();
        for flag in flags
            .as_object_mut()
            .into_iter()
            .flat_map(|all| all.values_mut())
        {
            if flag["enabled"] != true {
                *flag = json!({"enabled": false});
            }
        }
        self.put(application, environment, configuration, flags.to_string());
    }

    /// Deletes a configuration. Returns whether there was one.
    pub fn delete(&self, application: &str, environment: &str, configuration: &str) -> bool {
        let key = [application, environment, configuration].map(str::to_owned);
        self.service.lock().documents.remove(&key).is_some()
    }

    /// How requests are treated from now on. When this returns, the old behaviour is over for new
    /// requests.
    ///
    /// [`Throttled`](Behaviour::Throttled) answers with status 429,
    /// [`AccessDenied`](Behaviour::AccessDenied) with 403 and
    /// [`InternalError`](Behaviour::InternalError) with 500, as text.
    ///
    /// # Errors
    ///
    /// If the port cannot be taken back. It stays reserved while connections are refused.
    pub async fn behave(&self, behaviour: Behaviour) -> io::Result<()> {
        self.service.lock().behaviour = behaviour;
        self.server.behave(behaviour).await
    }

    /// How many requests have arrived so far, whatever came of them.
    pub fn count(&self) -> usize {
        *self.service.arrived.borrow()
    }

    /// Waits until at least so many requests have arrived. Waits without end: put
    /// `tokio::time::timeout` around it.
    pub async fn arrived(&self, count: usize) {
        let mut arrived = self.service.arrived.subscribe();
        // it cannot fail, as the sender is here
        let _ = arrived.wait_for(|so_far| *so_far >= count).await;
    }
}

impl std::fmt::Debug for AppConfigAgent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppConfigAgent")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

impl Service {
    fn found(&self, key: &[String; 3]) -> Option<(u64, String)> {
        let state = self.lock();
        let put = state.documents.get(key).cloned();
        put.or_else(|| state.control.as_ref()?.served(key))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(service: Arc<Service>, request: Request<Body>) -> Answer {
    service.arrived.send_modify(|count| *count += 1);
    let behaviour = service.lock().behaviour;
    match behaviour {
        // A connection that was accepted before the listener closed is about to be cut.
        Behaviour::Silent | Behaviour::Refuse => std::future::pending().await,
        Behaviour::Throttled => return text(StatusCode::TOO_MANY_REQUESTS, "Rate exceeded"),
        Behaviour::AccessDenied => {
            let why = "not authorized to perform: appconfig:StartConfigurationSession";
            return text(StatusCode::FORBIDDEN, why);
        }
        Behaviour::InternalError => {
            return text(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
        }
        Behaviour::Slow(wait) => tokio::time::sleep(wait).await,
        Behaviour::Normal => {}
    }
    if request.method() != Method::GET {
        return text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    }
    let Some(key) = key(request.uri().path()) else {
        return text(StatusCode::BAD_REQUEST, "Bad Request");
    };
    let found = service.found(&key);
    let Some((version, document)) = found else {
        return text(StatusCode::NOT_FOUND, "Not Found");
    };
    let is_json = serde_json::from_str::<Value>(&document).is_ok();
    let mut answer = text(StatusCode::OK, document);
    let headers = answer.headers_mut();
    headers.insert("configuration-version", version.into());
    if is_json {
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
    }
    answer
}

/// Application, environment and configuration.
fn key(path: &str) -> Option<[String; 3]> {
    let parts: Vec<&str> = path.split('/').collect();
    let [
        "",
        "applications",
        application,
        "environments",
        environment,
        "configurations",
        configuration,
    ] = parts[..]
    else {
        return None;
    };
    Some([application, environment, configuration].map(decoded))
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn a_path_names_three_things() {
        let path = "/applications/a%2Fb/environments/e%20f/configurations/c";
        assert_eq!(key(path), Some(["a/b", "e f", "c"].map(str::to_owned)));
        for path in ["/", "/applications/a", &format!("{path}/d")] {
            assert_eq!(key(path), None, "{path}");
        }
    }
}
