//! SSM Parameter Store.

mod error;
mod extension;
mod metadata;
mod name;
mod protocol;
mod server;
mod store;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

pub use error::ServiceError;
pub use extension::ParametersExtension;
pub(crate) use name::user;
pub use server::RecordedRequest;
pub use store::{Parameter, ParameterType, Tier};

use crate::behaviour::Behaviour;
use crate::server::Server;
use crate::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, SESSION_TOKEN};
use server::Service;
use store::Put;

/// SSM Parameter Store on loopback, until it is dropped.
///
/// Over the wire it knows `GetParameter`, `GetParameters`, `GetParameterHistory`,
/// `DescribeParameters`, `PutParameter` and `DeleteParameter`, with versions (`name:version`),
/// types, tiers, keys and the service's own errors. Signatures are not checked. The methods here do the same without the wire, and are not counted as requests.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use chaos_local::ParameterStore;
///
/// let params = ParameterStore::start().await?;
/// assert_eq!(params.put("/orders/chaos", "{}")?, 1);
/// assert_eq!(params.put("/orders/chaos", r#"{"latency": {"enabled": false}}"#)?, 2);
/// assert_eq!(params.get("/orders/chaos:1").unwrap().value, "{}");
///
/// // For the process that is to read it:
/// let endpoint = params.env().into_iter().find(|(name, _)| *name == "AWS_ENDPOINT_URL_SSM");
/// assert_eq!(endpoint.unwrap().1, params.endpoint());
/// # Ok(())
/// # }
/// ```
pub struct ParameterStore {
    service: Arc<Service>,
    pub(crate) server: Server,
}

impl ParameterStore {
    /// Starts an empty store on a port of 127.0.0.1 that the system picks.
    ///
    /// # Errors
    ///
    /// If there is no port to listen on.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start() -> io::Result<Self> {
        Self::start_on(0).await
    }

    /// Starts an empty store on this port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// If the port is taken.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    #[expect(clippy::unused_async, reason = "that it needs a runtime should show")]
    pub async fn start_on(port: u16) -> io::Result<Self> {
        let service = Arc::new(Service::default());
        let answering = Arc::clone(&service);
        let server = Server::start(port, move |request| {
            server::answer(Arc::clone(&answering), request)
        })?;
        Ok(Self { service, server })
    }

    /// Where the store listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where the store listens, as a URL: the value of `AWS_ENDPOINT_URL_SSM`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The environment variables with which a process reads from this store: endpoint, region,
    /// and credentials that are worth nothing anywhere else.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL_SSM", self.endpoint()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY.to_owned()),
            ("AWS_SESSION_TOKEN", SESSION_TOKEN.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }

    /// Creates or overwrites a `String` and returns its version. Over 4096 characters it becomes
    /// an advanced parameter.
    ///
    /// # Errors
    ///
    /// `ValidationException` for an empty value, one of more than 8192 characters, or a name that
    /// the service would not take.
    pub fn put(&self, name: &str, value: &str) -> Result<u64, ServiceError> {
        self.put_as(ParameterType::String, name, value)
    }

    /// Creates or overwrites a `SecureString`; otherwise as [`put`](Self::put).
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    pub fn put_secure(&self, name: &str, value: &str) -> Result<u64, ServiceError> {
        self.put_as(ParameterType::SecureString, name, value)
    }

    fn put_as(&self, kind: ParameterType, name: &str, value: &str) -> Result<u64, ServiceError> {
        let tier = Some(Tier::IntelligentTiering);
        let put = Put {
            name,
            value,
            kind: Some(kind),
            tier,
            key_id: None,
            overwrite: true,
        };
        self.service
            .with_store(|store| store.put(&put).map(|parameter| parameter.version))
    }

    /// The parameter under a name, `name:version` or ARN.
    pub fn get(&self, name: &str) -> Option<Parameter> {
        self.service
            .with_store(|store| store.get(name).ok().cloned())
    }

    /// Deletes a parameter with all its versions. Returns whether there was one.
    pub fn delete(&self, name: &str) -> bool {
        self.service.with_store(|store| store.delete(name).is_ok())
    }

    /// How requests are treated from now on. When this returns, the old behaviour is over for new
    /// requests: a connection is refused after [`Behaviour::Refuse`], and accepted after any other.
    ///
    /// # Errors
    ///
    /// If the port cannot be taken back. It stays reserved while connections are refused, so this
    /// takes somebody who binds the very port in the moment between.
    pub async fn behave(&self, behaviour: Behaviour) -> io::Result<()> {
        self.service.behave(behaviour);
        self.server.behave(behaviour).await
    }

    /// The actions, such as `DescribeParameters`, that are denied from now on, whatever else the
    /// store is told to do: as to a role whose policy lacks them. None of them by default.
    ///
    /// ```no_run
    /// # async fn example(params: chaos_local::ParameterStore) {
    /// // A role that may write and not read.
    /// params.deny(["GetParameter", "GetParameterHistory", "DescribeParameters"]);
    /// # }
    /// ```
    pub fn deny<'a>(&self, actions: impl IntoIterator<Item = &'a str>) {
        self.service
            .deny(actions.into_iter().map(str::to_owned).collect());
    }

    /// Puts a value right before the next request for this action is answered, as somebody does who
    /// is faster by a moment. A value that the service would not take is not put.
    ///
    /// ```no_run
    /// # async fn example(params: chaos_local::ParameterStore) {
    /// // Whoever reads the parameter and then writes it, writes over this.
    /// params.put_before("PutParameter", "/orders/chaos", "{}");
    /// # }
    /// ```
    pub fn put_before(&self, action: &str, name: &str, value: &str) {
        let [action, name, value] = [action, name, value].map(str::to_owned);
        self.service.before(action, move |store| {
            let put = Put {
                name: &name,
                value: &value,
                kind: Some(ParameterType::String),
                tier: Some(Tier::IntelligentTiering),
                key_id: None,
                overwrite: true,
            };
            // What the service would not take is not put.
            let _ = store.put(&put);
        });
    }

    /// The requests that arrived over the wire so far, oldest first, whatever came of them.
    /// Refused connections bring none.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.service.requests()
    }

    /// How many requests for this action, such as `GetParameter`, have arrived so far.
    ///
    /// ```no_run
    /// # async fn example(params: chaos_local::ParameterStore, function: chaos_local::Function) {
    /// params.clear_requests();
    /// for _ in 0..1000 {
    ///     function.invoke(serde_json::json!({})).await.unwrap();
    /// }
    /// assert_eq!(params.count("GetParameter"), 0, "the cached document is still good");
    /// # }
    /// ```
    pub fn count(&self, action: &str) -> usize {
        self.requests()
            .iter()
            .filter(|request| request.action == action)
            .count()
    }

    /// Waits until at least so many requests for this action have arrived. Waits without end: put
    /// `tokio::time::timeout` around it.
    pub async fn arrived(&self, action: &str, count: usize) {
        self.service.until(|| self.count(action) >= count).await;
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.service.clear_requests();
    }
}

impl std::fmt::Debug for ParameterStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParameterStore")
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}
