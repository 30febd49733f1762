//! The control plane on the wire, and by hand.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::BodyExt as _;

use super::AppConfigAgent;
use super::actions::perform;
use super::by_name::{AT_ONCE, json_content};
use super::deployment::Deployment;
use super::request::{Request, action};
use super::shown::failure;
use super::store::{FEATURE_FLAGS, Start, Store, bad_request};
use crate::behaviour::Behaviour;
use crate::server::{Answer, Body, Server, decoded};
use crate::ssm::ServiceError;
use crate::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, SESSION_TOKEN};

/// The strategy of [`AppConfig::begin`], of AWS's own.
const SLOWLY: &str = "AppConfig.Linear20PercentEvery6Minutes";

/// `AppConfig`'s control plane on loopback, in front of an [`AppConfigAgent`], until it is dropped.
///
/// Over the wire it knows applications, environments, configuration profiles, hosted configuration
/// versions, deployment strategies and deployments: to create and to list each, to get versions and
/// deployments, and to stop a deployment. Locking tokens and the service's own errors are there;
/// validators, extensions and alarms are not. An environment takes one deployment at a time.
///
/// What is deployed is what the agent serves, by names or ids: what it is told by
/// [`put`](AppConfigAgent::put) goes first. A deployment that grows reaches this agent last.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use chaos_local::{AppConfig, AppConfigAgent};
///
/// let agent = AppConfigAgent::start().await?;
/// let appconfig = AppConfig::start(&agent).await?;
/// let version = appconfig.deploy(["orders", "production", "chaos"], "{}").await?;
/// assert_eq!(version, 1);
/// assert_eq!(appconfig.deployments("orders", "production").len(), 1);
/// # Ok(())
/// # }
/// ```
pub struct AppConfig {
    service: Arc<Service>,
    pub(crate) server: Server,
}

#[derive(Default)]
pub(super) struct Service {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    store: Store,
    behaviour: Behaviour,
    denied: Vec<String>,
    before: Vec<(String, Before)>,
    requests: Vec<&'static str>,
}

/// What happens right before a request is answered.
type Before = Box<dyn FnOnce(&mut Store) + Send>;

impl AppConfig {
    /// Starts a control plane without applications on a port of 127.0.0.1 that the system picks.
    /// The agent serves what was deployed here even after this is dropped.
    ///
    /// # Errors
    ///
    /// If there is no port to listen on.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    #[expect(clippy::unused_async, reason = "that it needs a runtime should show")]
    pub async fn start(agent: &AppConfigAgent) -> io::Result<Self> {
        let service = Arc::new(Service::default());
        agent.serve(Arc::clone(&service));
        let answering = Arc::clone(&service);
        let server = Server::start(0, move |request| answer(Arc::clone(&answering), request))?;
        Ok(Self { service, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where it listens, as a URL: the value of `AWS_ENDPOINT_URL_APPCONFIG`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The environment variables with which an operator's tools reach it: endpoint, region, and
    /// credentials that are worth nothing anywhere else.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL_APPCONFIG", self.endpoint()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY.to_owned()),
            ("AWS_SESSION_TOKEN", SESSION_TOKEN.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }

    /// Deploys a document by names, creates what is missing on the way, and waits until it is in
    /// force. Returns its version.
    ///
    /// # Errors
    ///
    /// `ConflictException` if another deployment is under way.
    pub async fn deploy(&self, names: [&str; 3], content: &str) -> Result<u64, ServiceError> {
        let version = self.start_deployment(names, "AWS.Freeform", content, AT_ONCE)?;
        self.settled(names).await;
        Ok(version)
    }

    /// The same with a profile of feature flags, whose content has `flags` and `values`.
    ///
    /// # Errors
    ///
    /// As [`deploy`](Self::deploy).
    pub async fn deploy_flags(&self, names: [&str; 3], content: &str) -> Result<u64, ServiceError> {
        let version = self.start_deployment(names, FEATURE_FLAGS, content, AT_ONCE)?;
        self.settled(names).await;
        Ok(version)
    }

    /// Begins a deployment that takes half an hour.
    ///
    /// # Errors
    ///
    /// As [`deploy`](Self::deploy).
    pub fn begin(&self, names: [&str; 3], content: &str) -> Result<u64, ServiceError> {
        self.start_deployment(names, "AWS.Freeform", content, SLOWLY)
    }

    fn start_deployment(
        &self,
        names: [&str; 3],
        kind: &str,
        content: &str,
        strategy: &str,
    ) -> Result<u64, ServiceError> {
        let mut state = self.service.lock();
        let store = &mut state.store;
        let [application, environment, profile] = store.ensured(names, kind);
        let owner = store.application(&application)?.profile(&profile)?;
        let version = owner.add(json_content(content), None)?.number;
        store.start(Start {
            application: &application,
            environment: &environment,
            profile: &profile,
            version: &version.to_string(),
            strategy,
            description: None,
            latest: None,
        })?;
        Ok(version)
    }

    async fn settled(&self, [application, environment, _]: [&str; 3]) {
        let under_way = || {
            let deployments = self.deployments(application, environment);
            deployments
                .last()
                .is_some_and(|last| last.state.is_under_way())
        };
        while under_way() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Adds a version by names right before the next request for this action is answered, as
    /// somebody does who is faster by a moment.
    pub fn add_before(&self, action: &str, names: [&str; 3], content: &str) {
        let names = names.map(str::to_owned);
        let content = content.to_owned();
        let work = move |store: &mut Store| {
            let [application, _, profile] =
                store.ensured(names.each_ref().map(String::as_str), "AWS.Freeform");
            if let Ok(application) = store.application(&application)
                && let Ok(profile) = application.profile(&profile)
            {
                // What the service would not take is not added.
                let _ = profile.add(json_content(&content), None);
            }
        };
        let mut state = self.service.lock();
        state.before.push((action.to_owned(), Box::new(work)));
    }

    /// Rolls the latest deployment to an environment back right before the next request for this
    /// action is answered, as an alarm does, however far it has got.
    pub fn roll_back_before(&self, action: &str, [application, environment]: [&str; 2]) {
        let [application, environment] = [application, environment].map(str::to_owned);
        let work = move |store: &mut Store| {
            let mut applications = store.applications.iter_mut();
            let found = applications
                .find(|one| one.name == application)
                .and_then(|application| {
                    let mut environments = application.environments.iter_mut();
                    environments.find(|one| one.name == environment)
                });
            if let Some(last) = found.and_then(|environment| environment.deployments.last_mut()) {
                last.stopped = Some(tokio::time::Instant::now());
            }
        };
        let mut state = self.service.lock();
        state.before.push((action.to_owned(), Box::new(work)));
    }

    /// The deployments to an environment by names, the first one first; none where there is none.
    pub fn deployments(&self, application: &str, environment: &str) -> Vec<Deployment> {
        let state = self.service.lock();
        let mut applications = state.store.applications.iter();
        let found = applications
            .find(|one| one.name == application)
            .and_then(|application| {
                let mut environments = application.environments.iter();
                environments.find(|one| one.name == environment)
            });
        let deployments = found.into_iter().flat_map(|one| &one.deployments);
        deployments.map(super::deployment::Record::shown).collect()
    }

    /// The versions of a hosted configuration by names, the first one first.
    pub fn versions(&self, application: &str, profile: &str) -> Vec<String> {
        let state = self.service.lock();
        let mut applications = state.store.applications.iter();
        let found = applications
            .find(|one| one.name == application)
            .and_then(|application| {
                let mut profiles = application.profiles.iter();
                profiles.find(|one| one.name == profile)
            });
        let versions = found.into_iter().flat_map(|one| &one.versions);
        versions
            .map(|version| String::from_utf8_lossy(&version.content).into_owned())
            .collect()
    }

    /// How requests are treated from now on. When this returns, the old behaviour is over for new
    /// requests.
    ///
    /// # Errors
    ///
    /// If the port cannot be taken back. It stays reserved while connections are refused.
    pub async fn behave(&self, behaviour: Behaviour) -> io::Result<()> {
        self.service.lock().behaviour = behaviour;
        self.server.behave(behaviour).await
    }

    /// The actions, such as `StartDeployment`, that are denied from now on.
    pub fn deny<'a>(&self, actions: impl IntoIterator<Item = &'a str>) {
        let denied = actions.into_iter().map(str::to_owned).collect();
        self.service.lock().denied = denied;
    }

    /// The actions that were asked for over the wire so far, the first one first.
    pub fn requests(&self) -> Vec<&'static str> {
        self.service.lock().requests.clone()
    }
}

impl std::fmt::Debug for AppConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppConfig")
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}

impl Service {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the agent serves.
    pub(super) fn served(&self, key: &[String; 3]) -> Option<(u64, String)> {
        self.lock().store.served(key)
    }
}

async fn answer(service: Arc<Service>, request: http::Request<Body>) -> Answer {
    let (parts, body) = request.into_parts();
    let path: Vec<String> = parts
        .uri
        .path()
        .trim_matches('/')
        .split('/')
        .map(decoded)
        .collect();
    let query = parts.uri.query().unwrap_or_default().split('&');
    let query = query.filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((decoded(name), decoded(value)))
    });
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return failure(&bad_request(error.to_string())),
    };
    let request = Request {
        method: parts.method,
        path,
        query: query.collect(),
        headers: parts.headers,
        body,
    };
    let action = action(&request.method, &request.path);
    let behaviour = service.note(action);
    if let Err(error) = applied(behaviour, action).await {
        return failure(&error);
    }
    service
        .perform(action, &request)
        .unwrap_or_else(|error| failure(&error))
}

impl Service {
    /// Notes a request and says how to treat it.
    fn note(&self, action: &'static str) -> Behaviour {
        let mut state = self.lock();
        state.requests.push(action);
        if state.denied.iter().any(|denied| denied == action) {
            return Behaviour::AccessDenied;
        }
        state.behaviour
    }

    fn perform(&self, action: &str, request: &Request) -> Result<Answer, ServiceError> {
        let mut state = self.lock();
        if let Some(next) = state.before.iter().position(|(before, _)| before == action) {
            let (_, work) = state.before.remove(next);
            work(&mut state.store);
        }
        perform(&mut state.store, request)
    }
}

/// Waits as the behaviour says, for ever if need be, or fails a call as it says.
async fn applied(behaviour: Behaviour, action: &str) -> Result<(), ServiceError> {
    let error = |code, message: String, status| ServiceError {
        code,
        message,
        status,
    };
    match behaviour {
        // A connection that was accepted before the listener closed is about to be cut.
        Behaviour::Silent | Behaviour::Refuse => std::future::pending().await,
        Behaviour::Throttled => Err(error(
            "ThrottlingException",
            "Rate exceeded".to_owned(),
            429,
        )),
        Behaviour::AccessDenied => Err(error(
            "AccessDeniedException",
            format!(
                "User: {} is not authorized to perform: appconfig:{action} because no \
                 identity-based policy allows the appconfig:{action} action",
                crate::ssm::user()
            ),
            403,
        )),
        Behaviour::InternalError => Err(error(
            "InternalServerException",
            "An error occurred on the server side.".to_owned(),
            500,
        )),
        Behaviour::Slow(wait) => {
            tokio::time::sleep(wait).await;
            Ok(())
        }
        Behaviour::Normal => Ok(()),
    }
}
