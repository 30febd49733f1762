//! How AWS is reached, and what its refusals mean.

use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use super::{Kind, Trouble};

/// Long enough for a slow link, short enough for somebody who waits.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// Which region and credentials are used, where it is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) region: Option<String>,
    pub(crate) profile: Option<String>,
}

impl Access {
    /// As every AWS tool is configured: by the environment and AWS's own files, endpoints too.
    pub(crate) async fn config(&self) -> SdkConfig {
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(ATTEMPT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http.clone())
            .timeout_config(timeouts);
        let region = self.region.clone().map(Region::new);
        if let Some(region) = region.clone() {
            loader = loader.region(region);
        }
        if let Some(profile) = &self.profile {
            // Who names a profile means it, whatever keys the environment has.
            let provider = ProviderConfig::without_region()
                .with_region(region)
                .with_http_client(http);
            let credentials = ProfileFileCredentialsProvider::builder()
                .configure(&provider)
                .profile_name(profile)
                .build();
            loader = loader
                .profile_name(profile)
                .credentials_provider(credentials);
        }
        loader.load().await
    }
}

/// What a failed call means, and what to do about it. `doing` is what was tried: `cannot read
/// parameter /orders/chaos`.
pub(super) fn explain<E, R>(doing: &str, error: &SdkError<E, R>) -> Trouble
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(answer) => refused(doing, answer.err()),
        SdkError::TimeoutError(_) => Trouble::other(format!(
            "{doing}: AWS did not answer in time; check the network and the region"
        )),
        SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_timeout() => {
            let context = chain(error);
            Trouble::other(format!(
                "{doing}: AWS cannot be reached; check the network and the region ({context})"
            ))
        }
        _ => {
            let context = chain(error);
            let mend = if context.to_lowercase().contains("region") {
                "name a region with --region, or set AWS_REGION"
            } else {
                "check the credentials and the region, as with `aws sts get-caller-identity`"
            };
            Trouble::other(format!("{doing}: {mend} ({context})"))
        }
    }
}

/// What went wrong, from the outside to the inside.
fn chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let text = inner.to_string();
        // Some say what is inside them too.
        if !said.ends_with(&text) {
            said = format!("{said}: {text}");
        }
        source = inner.source();
    }
    said
}

/// The service's own refusal.
fn refused(doing: &str, error: &impl ProvideErrorMetadata) -> Trouble {
    let code = error.code().unwrap_or("an error without a code");
    let said = match error.message() {
        Some(message) if !message.is_empty() => format!("{code}: {message}"),
        _ => code.to_owned(),
    };
    let (kind, mend) = match code {
        "ParameterNotFound" | "ParameterVersionNotFound" | "ResourceNotFoundException" => (
            Kind::Missing,
            "; check the name and the region, or create it with `cargo chaos init`",
        ),
        "ParameterAlreadyExists" => (Kind::Exists, ""),
        "AccessDeniedException" | "AccessDenied" => (
            Kind::Denied,
            "; `cargo chaos policy operator` prints what is needed",
        ),
        "ConflictException" | "TooManyUpdates" => (Kind::Conflict, ""),
        "ExpiredTokenException"
        | "ExpiredToken"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException" => (
            Kind::Other,
            "; check the credentials, as with `aws sts get-caller-identity`",
        ),
        "ParameterMaxVersionLimitExceeded" => (
            Kind::Other,
            "; it keeps a hundred versions, and the oldest has a label: move or delete that",
        ),
        "ThrottlingException" | "TooManyRequestsException" => (Kind::Other, "; try again"),
        _ => (Kind::Other, ""),
    };
    Trouble::new(kind, format!("{doing}: AWS answered {said}{mend}"))
}
