//! The Parameters and Secrets extension, as its Lambda layer runs it, in front of a store.

use std::io;
use std::net::SocketAddr;
use std::slice::from_ref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use http::{HeaderValue, Request, StatusCode, header};
use serde_json::{Value, json};

use super::ParameterStore;
use super::error::ServiceError;
use super::server::{RecordedRequest, Service};
use crate::SESSION_TOKEN;
use crate::behaviour::Behaviour;
use crate::server::{Answer, Body, Server, decoded, text};

const TOKEN_HEADER: &str = "x-aws-parameters-secrets-token";

/// The Parameters and Secrets extension on loopback, in front of a [`ParameterStore`], until it is
/// dropped.
///
/// It answers `GET /systemsmanager/parameters/get?name=…`, with `withDecryption`, `version` and
/// `label`, to whoever shows the session token of [`env`](Self::env) in the header
/// `X-Aws-Parameters-Secrets-Token`. It has no cache, as the extension has none with
/// `SSM_PARAMETER_STORE_TTL=0`: a change of the store is there at once, and every answer is a
/// request that the store counts as `GetParameter`. How the store [behaves](ParameterStore::behave)
/// shows in the answers.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use chaos_local::{Function, ParameterStore, ParametersExtension};
///
/// let params = ParameterStore::start().await?;
/// params.put("/orders/config", r#"{"currency": "EUR"}"#)?;
/// let extension = ParametersExtension::start(&params).await?;
///
/// // For the process that is to read it:
/// let function = Function::builder("orders").envs(extension.env());
/// # drop(function);
/// # Ok(())
/// # }
/// ```
pub struct ParametersExtension {
    state: Arc<State>,
    pub(crate) server: Server,
}

struct State {
    store: Arc<Service>,
    behaviour: Mutex<Behaviour>,
}

impl ParametersExtension {
    /// Starts the extension on a port of 127.0.0.1 that the system picks. It keeps serving the
    /// store's values if the store itself is dropped.
    ///
    /// # Errors
    ///
    /// If there is no port to listen on.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    #[expect(clippy::unused_async, reason = "that it needs a runtime should show")]
    pub async fn start(store: &ParameterStore) -> io::Result<Self> {
        let state = Arc::new(State {
            store: Arc::clone(&store.service),
            behaviour: Mutex::default(),
        });
        let answering = Arc::clone(&state);
        let server = Server::start(0, move |request| answer(Arc::clone(&answering), request))?;
        Ok(Self { state, server })
    }

    /// Where the extension listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The environment variables with which a process finds this extension and is let in.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let port = self.address().port().to_string();
        vec![
            ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", port),
            ("AWS_SESSION_TOKEN", SESSION_TOKEN.to_owned()),
        ]
    }

    /// How the extension itself treats requests from now on; behind it, the store behaves as it
    /// was told. Errors come with the store's statuses, as text.
    ///
    /// ```no_run
    /// # async fn example(extension: chaos_local::ParametersExtension) -> std::io::Result<()> {
    /// use chaos_local::Behaviour;
    ///
    /// // As if the function had been deployed without the layer.
    /// extension.behave(Behaviour::Refuse).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the port cannot be taken back. It stays reserved while connections are refused.
    pub async fn behave(&self, behaviour: Behaviour) -> io::Result<()> {
        *self.state.behaviour() = behaviour;
        self.server.behave(behaviour).await
    }
}

impl std::fmt::Debug for ParametersExtension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParametersExtension")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

impl State {
    fn behaviour(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(state: Arc<State>, request: Request<Body>) -> Answer {
    let token = request.headers().get(TOKEN_HEADER);
    if token.is_none_or(|token| token != SESSION_TOKEN) {
        let why = format!("the header {TOKEN_HEADER} has no valid session token");
        return text(StatusCode::UNAUTHORIZED, why);
    }
    if request.uri().path() != "/systemsmanager/parameters/get" {
        return text(StatusCode::NOT_FOUND, "404 page not found");
    }
    let query = Query::of(request.uri().query().unwrap_or_default());
    let Some(name) = query.name else {
        return text(StatusCode::BAD_REQUEST, "name is required");
    };
    let own = *state.behaviour();
    if let Err(error) = own.applied("GetParameter", from_ref(&name)).await {
        return refused(&error);
    }
    let behaviour = state.store.record(RecordedRequest {
        action: "GetParameter".to_owned(),
        names: vec![name.clone()],
        with_decryption: query.decrypt,
        credential: None,
        at: SystemTime::now(),
    });
    if behaviour == Behaviour::Refuse {
        return text(
            StatusCode::INTERNAL_SERVER_ERROR,
            "operation error SSM: GetParameter, exceeded maximum number of attempts: connection refused",
        );
    }
    if let Err(error) = behaviour.applied("GetParameter", from_ref(&name)).await {
        return refused(&error);
    }
    let fields = json!({"Name": name, "WithDecryption": query.decrypt});
    match state.store.perform("GetParameter", &fields) {
        Ok(body) => found(&body),
        Err(error) => refused(&error),
    }
}

fn found(body: &Value) -> Answer {
    let mut answer = text(StatusCode::OK, body.to_string());
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, json);
    answer
}

/// As the SDK that the extension was built with words it.
fn refused(error: &ServiceError) -> Answer {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let ServiceError { code, message, .. } = error;
    text(
        status,
        format!(
            "operation error SSM: GetParameter, https response error StatusCode: {}, {code}: {message}",
            status.as_u16()
        ),
    )
}

#[derive(Default, Debug, PartialEq, Eq)]
struct Query {
    /// With the version or label after a colon, as the service takes it.
    name: Option<String>,
    decrypt: bool,
}

impl Query {
    fn of(query: &str) -> Self {
        let mut found = Self::default();
        let mut selector = None;
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decoded(value);
            match key {
                "name" => found.name = Some(value).filter(|name| !name.is_empty()),
                "withDecryption" => found.decrypt = value == "true",
                "version" | "label" => selector = Some(value),
                _ => {}
            }
        }
        if let (Some(name), Some(selector)) = (&mut found.name, selector) {
            name.push(':');
            name.push_str(&selector);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn the_query_names_a_parameter_and_its_version() {
        let query = Query::of("version=3&name=%2Fa%2Fb&withDecryption=true&x");
        assert_eq!(query.name.as_deref(), Some("/a/b:3"));
        assert!(query.decrypt);
        assert_eq!(Query::of("name=").name, None);
        assert_eq!(Query::of(""), Query::default());
    }
}
