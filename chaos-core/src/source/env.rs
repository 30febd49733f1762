//! `CHAOS_CONFIG`: the document itself, in the environment.

use std::fmt;
use std::time::Duration;

use super::{Fetch, Source, SourceError};

/// A document that is in the environment itself (`CHAOS_CONFIG`).
///
/// It is read once: a change needs a new execution environment, which Lambda makes whenever the
/// function's configuration changes.
pub struct EnvSource {
    variable: String,
    document: String,
}

impl EnvSource {
    /// The document that was found in the environment variable `variable`.
    pub fn new(variable: impl Into<String>, document: impl Into<String>) -> Self {
        Self {
            variable: variable.into(),
            document: document.into(),
        }
    }
}

impl Source for EnvSource {
    fn name(&self) -> &'static str {
        "env"
    }

    fn location(&self) -> String {
        format!("environment variable {}", self.variable)
    }

    fn fetch(&self) -> Fetch<'_> {
        Box::pin(async { Ok(self.document.clone()) })
    }

    fn cache_ttl(&self) -> Option<Duration> {
        None
    }

    fn immediate(&self) -> Option<Result<String, SourceError>> {
        Some(Ok(self.document.clone()))
    }
}

// A document may hold what an operator would not want in a log.
impl fmt::Debug for EnvSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvSource")
            .field("variable", &self.variable)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_document_is_read_once_and_at_once() {
        let source = EnvSource::new("CHAOS_CONFIG", "{}");
        assert_eq!(source.immediate().unwrap().unwrap(), "{}");
        assert_eq!(source.fetch().await.unwrap(), "{}");
        assert_eq!(source.cache_ttl(), None);
        assert_eq!(source.location(), "environment variable CHAOS_CONFIG");
        assert!(!format!("{source:?}").contains("{}"));
    }
}
