//! The HTTP client of an SDK's client, wrapped: where an attempt is about to go out.

use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::{
    RuntimeComponents, RuntimeComponentsBuilder,
};
use aws_smithy_types::config_bag::ConfigBag;

use super::carrier::Carrier;
use super::labels::labels;
use super::point::{self, Call};
use crate::engine;
use crate::fault::denylist;
use crate::seam::client;

/// Part of the name that it has for `Debug`, which is the only way to tell it from another.
const NAME: &str = "ChaosInstrumented";

/// An HTTP client whose attempts are points.
pub(super) struct Instrumented(SharedHttpClient);

impl Instrumented {
    pub(super) fn new(inner: SharedHttpClient) -> Self {
        Self(inner)
    }
}

impl std::fmt::Debug for Instrumented {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple(NAME).field(&self.0).finish()
    }
}

/// Whether it is one of these already: two would decide twice.
pub(super) fn is_instrumented(client: &SharedHttpClient) -> bool {
    format!("{client:?}").contains(NAME)
}

impl HttpClient for Instrumented {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.0.http_connector(settings, components);
        if client::passes(&point::POINTS) {
            return inner;
        }
        SharedHttpConnector::new(Connector {
            inner,
            operation: point::operation(components),
            sleep: components.sleep_impl(),
            read_timeout: settings.read_timeout(),
        })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.validate_base_client_config(components, config)
    }

    fn validate_final_config(
        &self,
        components: &RuntimeComponents,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.validate_final_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}

/// What sends one attempt.
#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    operation: Option<&'static str>,
    sleep: Option<SharedAsyncSleep>,
    read_timeout: Option<Duration>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = Call::of(&request, self.operation);
        let point = call.point();
        let beginning = engine::begin_point(point, || labels(&call, &request));
        if beginning.is_none() && !denylist::denying() {
            return self.inner.call(request);
        }
        let carrier = Carrier::new(&call, &request, self.sleep.clone(), self.read_timeout);
        let inner = self.inner.clone();
        HttpConnectorFuture::new(client::call(carrier, beginning, move |_| {
            inner.call(request)
        }))
    }
}
