//! SSM Parameter Store, through aws-sdk-ssm.

use std::fmt;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::SharedHttpClient;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ssm::operation::get_parameter::GetParameterError;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use tokio::sync::OnceCell;

use super::parameter::resource;
use super::{Fetch, Source, SourceError};

/// How long one attempt may take. Two of them last longer than a fetch may, so that silence is
/// noticed in one place.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);

/// A parameter in SSM Parameter Store (`CHAOS_PARAM`): `String` or `SecureString`.
///
/// The function's role needs `ssm:GetParameter` on the parameter and, for a `SecureString` under a
/// key of your own, `kms:Decrypt` on that key. A parameter that does not exist means no chaos.
///
/// # Examples
///
/// With a client that the function has anyway:
///
/// ```
/// use chaos_core::source::SsmSource;
///
/// # fn example(config: &aws_config::SdkConfig) -> SsmSource {
/// let client = aws_sdk_ssm::Client::new(config);
/// SsmSource::with_client(client, "/orders/chaos")
/// # }
/// ```
pub struct SsmSource {
    name: String,
    /// Made at the first fetch: credentials and certificates are not read for nothing.
    client: OnceCell<Client>,
}

impl SsmSource {
    /// The parameter `name` (a name, a path, an ARN; a version or label after a colon), through a
    /// client of its own.
    ///
    /// That client is made at the first fetch and configured by the environment, as every AWS
    /// client is: `AWS_REGION`, the function's credentials, `AWS_ENDPOINT_URL_SSM` and so on. It
    /// tries each call twice, for three seconds each.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            client: OnceCell::new(),
        }
    }

    /// The parameter `name` through a client of your own, with its timeouts and retries.
    pub fn with_client(client: Client, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            client: OnceCell::new_with(Some(client)),
        }
    }

    async fn get(&self) -> Result<String, SourceError> {
        let client = self.client.get_or_init(connect).await;
        let answer = client
            .get_parameter()
            .name(&self.name)
            .with_decryption(true)
            .send()
            .await
            .map_err(|error| explain(&self.name, error))?;
        let value = answer.parameter.and_then(|parameter| parameter.value);
        value.ok_or_else(|| {
            SourceError::unavailable(
                "the answer from SSM has no value in it; if it comes from an \
                 emulator, its GetParameter is incomplete",
            )
        })
    }
}

impl Source for SsmSource {
    fn name(&self) -> &'static str {
        "ssm"
    }

    fn location(&self) -> String {
        format!("parameter {}", self.name)
    }

    fn fetch(&self) -> Fetch<'_> {
        Box::pin(self.get())
    }
}

impl fmt::Debug for SsmSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SsmSource")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

async fn connect() -> Client {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .timeout_config(timeouts())
        .retry_config(retries())
        .load()
        .await;
    Client::new(&config)
}

/// The crates' own HTTPS client is switched off, as it brings a second one along.
fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

/// Silence is noticed within one attempt.
pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(ATTEMPT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build()
}

/// A second attempt, as a connection kept through a freeze is dead; more is up to the caller.
pub(crate) fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(2)
        .with_initial_backoff(Duration::from_millis(50))
}

/// What happened, where, and what to do about it.
fn explain(name: &str, error: SdkError<GetParameterError>) -> SourceError {
    match &error {
        SdkError::ServiceError(answer) => refused(name, answer.err()),
        SdkError::TimeoutError(_) => unreachable(error, "SSM did not answer in time"),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            unreachable(error, "SSM did not answer in time")
        }
        SdkError::DispatchFailure(failure) if failure.is_io() => {
            unreachable(error, "SSM cannot be reached")
        }
        // credentials, certificates, a request that cannot be built
        SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) => {
            SourceError::unavailable(
                "SSM cannot be asked; check the function's region and credentials",
            )
            .with_source(error)
        }
        _ => {
            SourceError::unavailable(
                "the answer from SSM cannot be understood; check what answers in its place: a proxy, or \
                 what AWS_ENDPOINT_URL_SSM names",
            )
            .with_source(error)
        }
    }
}

fn unreachable(error: SdkError<GetParameterError>, what: &str) -> SourceError {
    SourceError::unavailable(format!(
        "{what}; in a VPC the function needs a way to it, a NAT gateway or an interface endpoint \
         for ssm"
    ))
    .with_source(error)
}

/// SSM's own refusal.
fn refused(name: &str, error: &GetParameterError) -> SourceError {
    let code = error.code().unwrap_or("an error without a code");
    let said = error.message().unwrap_or("no message");
    if error.is_parameter_not_found() {
        return SourceError::missing(format!(
            "SSM has no parameter {name} ({code}); put one there with `aws ssm put-parameter --name \
             {name} --type String --value '{{}}'`, or correct its name or the region"
        ));
    }
    if error.is_parameter_version_not_found() {
        return SourceError::missing(format!(
            "SSM has no such version or label of parameter {name} ({code}); name one that `aws ssm \
             get-parameter-history` lists, or none"
        ));
    }
    // names of functions and roles are quoted too, and may have kms in them
    let about_key = said.to_ascii_lowercase().contains("kms") && !said.contains("ssm:GetParameter");
    let key = about_key || error.is_invalid_key_id();
    let remedy = match code {
        "AccessDeniedException" | "InvalidKeyId" if key => {
            "allow the function's role kms:Decrypt on the key of this SecureString".to_owned()
        }
        "AccessDeniedException" => {
            let resource = resource(name);
            format!("allow the function's role ssm:GetParameter on {resource}")
        }
        "ThrottlingException" | "TooManyRequestsException" => {
            "raise CHAOS_CACHE_TTL or SSM's throughput setting".to_owned()
        }
        "ExpiredTokenException" | "UnrecognizedClientException" | "InvalidSignatureException" => {
            "check the function's credentials".to_owned()
        }
        "ValidationException" => {
            format!("correct the name {name}, which CHAOS_PARAM has")
        }
        _ => return SourceError::unavailable(format!("SSM answered {code}: {said}")),
    };
    SourceError::unavailable(format!("SSM answered {code}: {said}; {remedy}"))
}

#[cfg(test)]
mod tests;
