//! A call of the real SDK's client to a service in memory, which answers alike or never. No socket is
//! in it, so that tokio's time may stand still.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::retry::RetryConfig;
use aws_sdk_ssm::config::timeout::TimeoutConfig;
use aws_sdk_ssm::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_ssm::error::SdkError;
use aws_sdk_ssm::operation::get_parameter::{GetParameterError, GetParameterOutput};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use chaos_core::testing::Scope;
use chaos_core::{InjectedError, inject_chaos};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};

/// What the parameter really is.
pub(crate) const VALUE: &str = "hello";

/// The longest wait of a flag, and there are three at most that were drawn at random.
const LONGEST: Duration = Duration::from_mins(3 * 15);
/// What an invocation has.
const LEFT: Duration = Duration::from_secs(30);
/// How far past the deadline mode `timeout` waits where it has no buffer, so that Lambda is first.
const PAST: Duration = Duration::from_secs(1);
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(20);

type Came = Result<GetParameterOutput, SdkError<GetParameterError>>;

/// A call that was made.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) came: Came,
    pub(crate) took: Duration,
    /// How many requests reached the service.
    pub(crate) requests: usize,
}

/// The service.
#[derive(Clone, Debug)]
struct Service {
    requests: Arc<AtomicUsize>,
    answers: bool,
}

impl HttpConnector for Service {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        self.requests.fetch_add(1, Ordering::SeqCst);
        if !self.answers {
            return HttpConnectorFuture::new(std::future::pending());
        }
        let body = json!({ "Parameter": { "Name": "mine", "Value": VALUE } }).to_string();
        let status = StatusCode::try_from(200).expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        let content_type = "application/x-amz-json-1.1";
        response.headers_mut().insert("content-type", content_type);
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// A client with one attempt for each call.
pub(crate) struct Ssm {
    client: Client,
    service: Service,
    in_an_invocation: bool,
    bound: Duration,
}

impl Ssm {
    /// One that waits for ever.
    pub(crate) fn patient() -> Self {
        Self::new(TimeoutConfig::disabled(), LONGEST, true)
    }

    /// One that waits for the reply as long as its read timeout, to which it is the HTTP client that
    /// keeps: this one does not.
    pub(crate) fn with_read_timeout(answers: bool) -> Self {
        let timeouts = TimeoutConfig::builder().read_timeout(READ_TIMEOUT);
        Self::new(timeouts.build(), READ_TIMEOUT, answers)
    }

    /// The patient one, called by a handler that has a deadline.
    pub(crate) fn in_an_invocation() -> Self {
        Self {
            in_an_invocation: true,
            bound: LEFT + PAST,
            ..Self::patient()
        }
    }

    fn new(timeouts: TimeoutConfig, bound: Duration, answers: bool) -> Self {
        let service = Service {
            requests: Arc::default(),
            answers,
        };
        let own = service.clone();
        let http = http_client_fn(move |_, _| SharedHttpConnector::new(own.clone()));
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "these tests");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            .http_client(http)
            .build();
        Self {
            client: Client::new(&chaos_core::aws::instrument(config)),
            service,
            in_an_invocation: false,
            bound,
        }
    }

    /// How long a call may take, whatever the document asks for.
    pub(crate) fn bound(&self) -> Duration {
        self.bound
    }

    pub(crate) async fn call(&self, scope: &Scope) -> Called {
        let before = self.service.requests.load(Ordering::SeqCst);
        let begun = tokio::time::Instant::now();
        let came = if self.in_an_invocation {
            let mut context = Context::default();
            context.deadline = scope.deadline_in(LEFT);
            let event = LambdaEvent::new(json!({}), context);
            let handled = scope.run(handler(event, self.client.clone())).await;
            handled.expect("no flag is aimed at the handler")
        } else {
            scope.run(get(&self.client)).await
        };
        Called {
            came,
            took: begun.elapsed(),
            requests: self.service.requests.load(Ordering::SeqCst) - before,
        }
    }
}

async fn get(client: &Client) -> Came {
    client.get_parameter().name("mine").send().await
}

#[inject_chaos]
async fn handler(_event: LambdaEvent<Value>, client: Client) -> Result<Came, InjectedError> {
    Ok(get(&client).await)
}
