//! The service on the wire: records each request, behaves as it is told, and answers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::error::ServiceError;
use super::protocol;
use super::store::Store;
use crate::behaviour::Behaviour;
use crate::lambda::request_id;
use crate::server::{Answer, Body};

impl Behaviour {
    /// Waits as the behaviour says, for ever if need be, or fails a call as it says.
    pub(super) async fn applied(self, action: &str, names: &[String]) -> Result<(), ServiceError> {
        match self {
            // A connection that was accepted before the listener closed is about to be cut.
            Self::Silent | Self::Refuse => std::future::pending().await,
            Self::Throttled => Err(ServiceError::throttled()),
            Self::AccessDenied => Err(ServiceError::access_denied(
                action,
                &protocol::resource(names),
            )),
            Self::InternalError => Err(ServiceError::internal()),
            Self::Slow(wait) => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
            Self::Normal => Ok(()),
        }
    }
}

/// A request that arrived at a [`ParameterStore`](crate::ParameterStore).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// What was asked for, such as `GetParameter`.
    pub action: String,
    /// The names of the parameters that it was about.
    pub names: Vec<String>,
    /// Whether decryption was asked for.
    pub with_decryption: bool,
    /// What it was signed with: access key, day, region and service, with slashes between. Nothing
    /// if it was not signed, or came through the extension.
    pub credential: Option<String>,
    /// When it had arrived.
    pub at: SystemTime,
}

#[derive(Default)]
pub(crate) struct Service {
    state: Mutex<State>,
    arrived: Notify,
}

/// What happens to the store right before a request is answered.
type Before = Box<dyn FnOnce(&mut Store) + Send>;

#[derive(Default)]
struct State {
    store: Store,
    behaviour: Behaviour,
    denied: Vec<String>,
    before: Vec<(String, Before)>,
    requests: Vec<RecordedRequest>,
}

impl Service {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn with_store<T>(&self, work: impl FnOnce(&mut Store) -> T) -> T {
        work(&mut self.lock().store)
    }

    pub(crate) fn behave(&self, behaviour: Behaviour) {
        self.lock().behaviour = behaviour;
    }

    pub(crate) fn deny(&self, actions: Vec<String>) {
        self.lock().denied = actions;
    }

    pub(crate) fn before(&self, action: String, work: impl FnOnce(&mut Store) + Send + 'static) {
        self.lock().before.push((action, Box::new(work)));
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().requests.clone()
    }

    pub(crate) fn clear_requests(&self) {
        self.lock().requests.clear();
    }

    pub(crate) async fn until(&self, enough: impl Fn() -> bool) {
        loop {
            let arrived = self.arrived.notified();
            tokio::pin!(arrived);
            arrived.as_mut().enable();
            if enough() {
                return;
            }
            arrived.await;
        }
    }

    /// Does what the service does, and nothing of what it was told to do instead.
    pub(super) fn perform(&self, action: &str, fields: &Value) -> Result<Value, ServiceError> {
        let mut state = self.lock();
        if let Some(next) = state.before.iter().position(|(before, _)| before == action) {
            let (_, work) = state.before.remove(next);
            work(&mut state.store);
        }
        protocol::perform(&mut state.store, action, fields)
    }

    /// Notes a request and says how to treat it.
    pub(super) fn record(&self, request: RecordedRequest) -> Behaviour {
        let mut state = self.lock();
        let behaviour = if state.denied.contains(&request.action) {
            Behaviour::AccessDenied
        } else {
            state.behaviour
        };
        state.requests.push(request);
        drop(state);
        self.arrived.notify_waiters();
        behaviour
    }
}

pub(crate) async fn answer(service: Arc<Service>, request: Request<Body>) -> Answer {
    let action = action(&request);
    let credential = credential(&request);
    let body = match request.into_body().collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return failure(&ServiceError::serialization(error.to_string())),
    };
    let fields: Result<Value, _> = serde_json::from_slice(&body);
    let known = fields.as_ref().unwrap_or(&Value::Null);
    let names = protocol::names(known);
    let behaviour = service.record(RecordedRequest {
        action: action.clone(),
        names: names.clone(),
        with_decryption: known["WithDecryption"] == true,
        credential,
        at: SystemTime::now(),
    });

    if let Err(error) = behaviour.applied(&action, &names).await {
        return failure(&error);
    }
    let result = fields
        .map_err(|error| ServiceError::serialization(error.to_string()))
        .and_then(|fields| service.perform(&action, &fields));
    match result {
        Ok(body) => reply(StatusCode::OK, &body),
        Err(error) => failure(&error),
    }
}

/// The action's name, or nothing if the request is not for this service.
fn action(request: &Request<Body>) -> String {
    let target = request
        .headers()
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok());
    target
        .and_then(|target| target.strip_prefix("AmazonSSM."))
        .unwrap_or_default()
        .to_owned()
}

/// The scope of the signature, which is not checked.
fn credential(request: &Request<Body>) -> Option<String> {
    let signed = request.headers().get("authorization")?.to_str().ok()?;
    let (_, credential) = signed.split_once("Credential=")?;
    let scope = credential.split([',', ' ']).next()?;
    Some(scope.trim_end_matches("/aws4_request").to_owned())
}

fn failure(error: &ServiceError) -> Answer {
    let mut body = json!({ "__type": error.code });
    if !error.message.is_empty() {
        body["message"] = error.message.clone().into();
    }
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = reply(status, &body);
    answer
        .headers_mut()
        .insert("x-amzn-errortype", HeaderValue::from_static(error.code));
    answer
}

fn reply(status: StatusCode, body: &Value) -> Answer {
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-amz-json-1.1"),
    );
    if let Ok(id) = HeaderValue::from_str(&request_id()) {
        headers.insert("x-amzn-requestid", id);
    }
    answer
}
