//! Faults in the calls of AWS SDK clients, inside the SDK's own retries and timeouts.
//!
#![doc = include_str!("guide.md")]

mod carrier;
mod cbor;
mod client;
mod errors;
mod labels;
mod members;
mod point;
mod protocol;

use std::sync::Once;

use aws_smithy_runtime::client::defaults::default_http_client_plugin_v2;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin as _;
use aws_types::SdkConfig;

use self::client::Instrumented;
pub use self::errors::{ERRORS, ServiceError};

/// Makes a seam of every client that is built from this configuration, whatever the service.
///
/// Call it once, on the configuration that clients are built from; a second call changes nothing.
/// While a function has no source of documents, or the kill switch is set, it costs one relaxed
/// load a call. A client whose builder is given an HTTP client of its own is not touched.
///
/// Where the configuration has no HTTP client, and the SDK is built without its default one (the
/// feature `default-https-client` of `aws-config` and of each service's crate), there is nothing to
/// make a seam of: the configuration comes back as it is, and a warning says so, once a process.
#[must_use = "clients are built from what it returns"]
pub fn instrument(config: SdkConfig) -> SdkConfig {
    let Some(client) = config.http_client().or_else(|| its_own(&config)) else {
        warn_of_no_client();
        return config;
    };
    if client::is_instrumented(&client) {
        return config;
    }
    let mut builder = config.into_builder();
    builder.set_http_client(Some(SharedHttpClient::new(Instrumented::new(client))));
    builder.build()
}

/// Clients may still be given an HTTP client one by one, so it is no more than a warning.
fn warn_of_no_client() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        tracing::warn!(
            target: "chaos", source = "chaos", action = "error",
            "aws::instrument was given a configuration without an HTTP client, and the SDK is built \
             without its default one: clients that are built from it meet no faults. Set one with \
             `http_client(…)` before `instrument`, or switch on the feature `default-https-client` \
             of aws-config",
        );
    });
}

/// What the SDK takes where the configuration names no HTTP client, which is the usual case.
fn its_own(config: &SdkConfig) -> Option<SharedHttpClient> {
    let version = config
        .behavior_version()
        .unwrap_or_else(BehaviorVersion::latest);
    let nothing = RuntimeComponentsBuilder::new("chaos");
    default_http_client_plugin_v2(version)?
        .runtime_components(&nothing)
        .http_client()
}
