//! `CHAOS_APPCONFIG_…`: a configuration of `AppConfig`, through its agent.

use std::time::Duration;

use super::agent::{self, Answer, encoded};
use super::{Fetch, Source, SourceError};

pub(super) const PORT: &str = "AWS_APPCONFIG_EXTENSION_HTTP_PORT";
pub(super) const DEFAULT_PORT: u16 = 2772;

/// A configuration of AWS `AppConfig`, freeform or feature flags, through the agent that AWS offers
/// as the Lambda layer `AWS-AppConfig-Extension`.
///
/// The function's role needs `appconfig:StartConfigurationSession` and
/// `appconfig:GetLatestConfiguration` on the configuration. One that does not exist means no chaos.
///
/// The cache time is zero, so the agent is asked at the start of every invocation: it answers from
/// its own cache, which it renews every `AWS_APPCONFIG_EXTENSION_POLL_INTERVAL_SECONDS` (45 unless
/// set). An answer therefore confirms a document only as much as the agent does.
///
/// # Examples
///
/// ```
/// use chaos_core::source::{AppConfigSource, Source};
///
/// let source = AppConfigSource::new("orders", "production", "chaos");
/// assert_eq!(source.location(), "AppConfig configuration orders/production/chaos");
/// ```
#[derive(Clone, Debug)]
pub struct AppConfigSource {
    application: String,
    environment: String,
    configuration: String,
    port: u16,
}

impl AppConfigSource {
    /// The configuration with this name or id, in this environment of this application, through
    /// the agent on `AWS_APPCONFIG_EXTENSION_HTTP_PORT` (2772 unless set) of this machine.
    pub fn new(
        application: impl Into<String>,
        environment: impl Into<String>,
        configuration: impl Into<String>,
    ) -> Self {
        Self {
            application: application.into(),
            environment: environment.into(),
            configuration: configuration.into(),
            port: agent::own_port(PORT, DEFAULT_PORT),
        }
    }

    /// Through the agent on this port of this machine.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    async fn get(&self) -> Result<String, SourceError> {
        let path = format!(
            "/applications/{}/environments/{}/configurations/{}",
            encoded(&self.application),
            encoded(&self.environment),
            encoded(&self.configuration)
        );
        let answer = agent::get(self.port, &path, None)
            .await
            .map_err(|failure| {
                failure.explain(
                    "AppConfig's agent",
                    self.port,
                    "AWS-AppConfig-Extension",
                    PORT,
                )
            })?;
        if !answer.status.is_success() {
            return Err(self.refused(&answer));
        }
        String::from_utf8(answer.body).map_err(|error| {
            SourceError::invalid(format!("{} is not UTF-8; save it as that", self.location()))
                .with_source(error)
        })
    }

    fn refused(&self, answer: &Answer) -> SourceError {
        let status = answer.status.as_u16();
        let Self {
            application,
            environment,
            configuration,
            ..
        } = self;
        let error = match status {
            404 => SourceError::missing(format!(
                "AppConfig has no configuration {configuration} in the environment {environment} \
                 of the application {application}, or it was never deployed there ({status})"
            )),
            400 => SourceError::unavailable(format!(
                "AppConfig's agent answered {status}; check the names {application}, \
                 {environment} and {configuration}"
            )),
            401 | 403 => SourceError::unavailable(format!(
                "AppConfig's agent answered {status}; allow the function's role \
                 appconfig:StartConfigurationSession and appconfig:GetLatestConfiguration on the \
                 configuration"
            )),
            _ => SourceError::unavailable(format!(
                "AppConfig's agent answered {status}; its lines in the function's log say more"
            )),
        };
        // what it says may have request ids in it, and a message must not change each time
        error.with_source(answer.said())
    }
}

impl Source for AppConfigSource {
    fn name(&self) -> &'static str {
        "appconfig"
    }

    fn location(&self) -> String {
        let Self {
            application,
            environment,
            configuration,
            ..
        } = self;
        format!("AppConfig configuration {application}/{environment}/{configuration}")
    }

    fn fetch(&self) -> Fetch<'_> {
        Box::pin(self.get())
    }

    /// Zero: the agent has a cache of its own.
    fn cache_ttl(&self) -> Option<Duration> {
        Some(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn refused(status: u16, body: &str) -> SourceError {
        AppConfigSource::new("a", "e", "c").refused(&Answer {
            status: StatusCode::from_u16(status).unwrap(),
            body: body.into(),
        })
    }

    #[test]
    fn what_was_never_deployed_is_missing() {
        let error = refused(404, "Not Found");
        assert!(error.is_missing());
        assert!(
            error
                .to_string()
                .contains("configuration c in the environment e of the")
        );
    }

    #[test]
    fn any_other_refusal_is_unavailable_and_says_what_to_do() {
        for (status, advice) in [
            (400, "check the names a, e and c"),
            (401, "appconfig:GetLatestConfiguration"),
            (403, "appconfig:StartConfigurationSession"),
            (429, "in the function's log"),
            (500, "in the function's log"),
            (502, "in the function's log"),
        ] {
            let error = refused(status, "request 1234 failed");
            assert!(error.is_unavailable(), "{status}");
            let message = error.to_string();
            assert!(message.contains(advice), "{status}: {message}");
            assert!(message.contains(&status.to_string()), "{message}");
            assert!(!message.contains("1234"), "{message}");
            assert!(error.chain().contains("request 1234 failed"));
        }
    }

    #[test]
    fn the_agent_has_the_cache() {
        let source = AppConfigSource::new("a", "e", "c");
        assert_eq!(source.cache_ttl(), Some(Duration::ZERO));
        assert_eq!(source.name(), "appconfig");
        assert!(source.answers_in_init());
    }
}
