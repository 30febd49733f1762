//! `CHAOS_PARAM` without an SDK: SSM Parameter Store through the Parameters and Secrets extension.

use std::fmt::{self, Write as _};
use std::time::Duration;

use http::HeaderValue;
use serde_json::Value;

use super::agent::{self, Answer, encoded};
use super::parameter::{parts, resource};
use super::{Fetch, Source, SourceError};

pub(super) const PORT: &str = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT";
pub(super) const DEFAULT_PORT: u16 = 2773;
const TOKEN: &str = "AWS_SESSION_TOKEN";
const TOKEN_HEADER: &str = "x-aws-parameters-secrets-token";

/// A parameter in SSM Parameter Store, `String` or `SecureString`, through the agent that AWS
/// offers as the Lambda layer `AWS-Parameters-and-Secrets-Lambda-Extension`: no AWS SDK comes into
/// the binary.
///
/// The function's role needs the same rights as with `SsmSource`: `ssm:GetParameter` on the
/// parameter and, for a `SecureString` under a key of your own, `kms:Decrypt` on that key. A
/// parameter that does not exist means no chaos.
///
/// The cache time is zero, so the extension is asked at the start of every invocation: it answers
/// from its own cache, and how soon a change is seen is up to its `SSM_PARAMETER_STORE_TTL` (300
/// seconds unless set). An answer confirms a document only as much as the extension does.
///
/// The extension answers during invocations only, so [`init()`](crate::init()) does not ask it, and
/// the first request does.
///
/// # Examples
///
/// In a function that has the feature `ssm` as well, where `CHAOS_PARAM` goes through the SDK:
///
/// ```no_run
/// # async fn example() {
/// use chaos_core::{Chaos, source::ExtensionSource};
///
/// Chaos::from_env().source(ExtensionSource::new("/orders/chaos")).init().await;
/// # }
/// ```
#[derive(Clone)]
pub struct ExtensionSource {
    name: String,
    port: u16,
    token: Option<String>,
}

impl ExtensionSource {
    /// The parameter `name` (a name, a path, an ARN; a version or label after a colon), through
    /// the extension on `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT` (2773 unless set) of this machine.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            port: agent::own_port(PORT, DEFAULT_PORT),
            token: None,
        }
    }

    /// Through the extension on this port of this machine.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// With this token instead of `AWS_SESSION_TOKEN`, which is otherwise read at each fetch.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    async fn get(&self) -> Result<String, SourceError> {
        let header = (TOKEN_HEADER, self.header()?);
        let answer = agent::get(self.port, &path(&self.name), Some(header))
            .await
            .map_err(|failure| {
                failure.explain(
                    "the Parameters and Secrets extension",
                    self.port,
                    "AWS-Parameters-and-Secrets-Lambda-Extension",
                    PORT,
                )
            })?;
        if answer.status.is_success() {
            value(&answer)
        } else {
            Err(refused(&self.name, &answer))
        }
    }

    fn header(&self) -> Result<HeaderValue, SourceError> {
        // In Lambda the token stays the same for as long as the process lives. Elsewhere it may be
        // there later.
        let token = self.token.clone().or_else(|| std::env::var(TOKEN).ok());
        let token = token.filter(|token| !token.is_empty()).ok_or_else(|| {
            SourceError::unavailable(format!(
                "{TOKEN} is not set, and the Parameters and Secrets extension answers nobody \
                 without it; Lambda sets it, so set it where the function runs elsewhere"
            ))
        })?;
        let mut header = HeaderValue::try_from(token).map_err(|error| {
            SourceError::unavailable(format!("{TOKEN} can be no header's value; check it"))
                .with_source(error)
        })?;
        header.set_sensitive(true);
        Ok(header)
    }
}

impl Source for ExtensionSource {
    /// As for every parameter of SSM, whichever way it is read.
    fn name(&self) -> &'static str {
        "ssm"
    }

    fn location(&self) -> String {
        format!("parameter {} through the extension", self.name)
    }

    fn fetch(&self) -> Fetch<'_> {
        Box::pin(self.get())
    }

    /// Zero: the extension has a cache of its own.
    fn cache_ttl(&self) -> Option<Duration> {
        Some(Duration::ZERO)
    }

    fn answers_in_init(&self) -> bool {
        false
    }
}

impl fmt::Debug for ExtensionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtensionSource")
            .field("name", &self.name)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

fn path(name: &str) -> String {
    let (name, of) = parts(name);
    let mut path = format!(
        "/systemsmanager/parameters/get?name={}&withDecryption=true",
        encoded(name)
    );
    if let Some(of) = of {
        // labels never begin with a digit
        let key = if of.starts_with(|first: char| first.is_ascii_digit()) {
            "version"
        } else {
            "label"
        };
        let _ = write!(path, "&{key}={}", encoded(of));
    }
    path
}

/// The parameter's value, as `GetParameter` answers it.
fn value(answer: &Answer) -> Result<String, SourceError> {
    let body = str::from_utf8(&answer.body).ok();
    // As documents are read, so that a reader of bytes is not compiled as well.
    let body = body.and_then(|body| serde_json::from_str::<Value>(body).ok());
    match body.as_ref().map(|body| &body["Parameter"]["Value"]) {
        Some(Value::String(value)) => Ok(value.clone()),
        // not the body itself: it may hold the value
        _ => Err(SourceError::unavailable(
            "the Parameters and Secrets extension answered without a value in it; if it is an \
             emulator, its answer is incomplete",
        )),
    }
}

fn refused(name: &str, answer: &Answer) -> SourceError {
    let status = answer.status.as_u16();
    let body = String::from_utf8_lossy(&answer.body);
    let is = |code: &str| body.contains(code);
    let resource = || resource(name);
    // a refusal quotes names, and a parameter may be called anything
    let error = if is("AccessDenied") {
        SourceError::unavailable(format!(
            "SSM does not let the Parameters and Secrets extension read {name}; allow the \
             function's role ssm:GetParameter on {} and, for a SecureString under a key of your \
             own, kms:Decrypt on that key",
            resource()
        ))
    } else if is("ParameterNotFound") {
        SourceError::missing(format!(
            "SSM has no parameter {name} (ParameterNotFound); put one there with `aws ssm \
             put-parameter --name {name} --type String --value '{{}}'`, or correct its name"
        ))
    } else if is("ParameterVersionNotFound") {
        SourceError::missing(format!(
            "SSM has no such version or label of parameter {name} (ParameterVersionNotFound); name one \
             that `aws ssm get-parameter-history` lists, or none"
        ))
    } else if is("Throttling") || status == 429 {
        SourceError::unavailable(
            "SSM throttles the Parameters and Secrets extension; raise SSM_PARAMETER_STORE_TTL or \
             SSM's throughput setting",
        )
    } else if is("not ready") {
        SourceError::unavailable(
            "the Parameters and Secrets extension is not ready yet; it answers during invocations \
             only",
        )
    } else if matches!(status, 401 | 403) {
        SourceError::unavailable(format!(
            "the Parameters and Secrets extension answered {status}; check that {TOKEN} is the \
             one that Lambda has set"
        ))
    } else {
        SourceError::unavailable(format!(
            "the Parameters and Secrets extension answered {status}; its lines in the function's \
             log say more. The function's role needs ssm:GetParameter on {}",
            resource()
        ))
    };
    // what it says may have request ids in it, and a message must not change each time
    error.with_source(answer.said())
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            body: body.into(),
        }
    }

    #[test]
    fn the_name_is_encoded_and_its_version_goes_by_itself() {
        let start = "/systemsmanager/parameters/get?name=";
        for (name, rest) in [
            ("/orders/chaos", "%2Forders%2Fchaos&withDecryption=true"),
            ("chaos:12", "chaos&withDecryption=true&version=12"),
            ("chaos:live", "chaos&withDecryption=true&label=live"),
            (
                "arn:aws:ssm:eu-west-1:1:parameter/a",
                "arn%3Aaws%3Assm%3Aeu-west-1%3A1%3Aparameter%2Fa&withDecryption=true",
            ),
        ] {
            assert_eq!(path(name), format!("{start}{rest}"));
        }
    }

    #[test]
    fn the_value_is_taken_out_of_the_answer() {
        let body =
            r#"{"Parameter": {"Name": "/a", "Value": "{}", "Version": 3}, "ResultMetadata": {}}"#;
        assert_eq!(value(&answer(200, body)).unwrap(), "{}");
        for body in [
            "",
            "{}",
            "[]",
            r#"{"Parameter": {}}"#,
            r#"{"Parameter": {"Value": 7}}"#,
        ] {
            let error = value(&answer(200, body)).unwrap_err();
            assert!(error.is_unavailable(), "{body}");
        }
        let secret = value(&answer(200, r#"{"Value": "hunter2"}"#)).unwrap_err();
        assert!(!secret.chain().contains("hunter2"));
    }

    #[test]
    fn what_does_not_exist_is_missing() {
        for body in [
            r#"{"__type": "ParameterNotFound"}"#,
            "operation error SSM: GetParameter, https response error StatusCode: 400, RequestID: \
             1234, ParameterNotFound:",
        ] {
            let error = refused("/a", &answer(400, body));
            assert!(error.is_missing(), "{body}");
            assert_eq!(
                error.to_string(),
                "SSM has no parameter /a (ParameterNotFound); put one there with `aws ssm \
                 put-parameter --name /a --type String --value '{}'`, or correct its name"
            );
        }
        assert!(refused("/a:9", &answer(400, "ParameterVersionNotFound: ")).is_missing());
        // the name is quoted
        let body = "AccessDeniedException: not authorized on parameter/ParameterNotFound";
        assert!(refused("ParameterNotFound", &answer(400, body)).is_unavailable());
    }

    #[test]
    fn any_other_refusal_is_unavailable_and_says_what_to_do() {
        for (status, body, advice) in [
            (
                400,
                "AccessDeniedException: 1234",
                "arn:aws:ssm:*:*:parameter/a and",
            ),
            (400, "ThrottlingException: 1234", "SSM_PARAMETER_STORE_TTL"),
            (
                400,
                "not ready to serve traffic 1234",
                "during invocations only",
            ),
            (401, "1234", "AWS_SESSION_TOKEN"),
            (403, "1234", "AWS_SESSION_TOKEN"),
            (500, "unexpected 1234", "answered 500"),
            (
                500,
                "unexpected 1234",
                "ssm:GetParameter on arn:aws:ssm:*:*:parameter/a",
            ),
        ] {
            let error = refused("/a", &answer(status, body));
            assert!(error.is_unavailable(), "{body}");
            let message = error.to_string();
            assert!(message.contains(advice), "{message}");
            assert!(!message.contains("1234"), "{message}");
            assert!(error.chain().contains("1234"));
        }
    }

    #[test]
    fn the_token_is_no_part_of_what_is_shown() {
        let source = ExtensionSource::new("/a").token("hunter2");
        assert!(!format!("{source:?}").contains("hunter2"));
        assert!(source.header().unwrap().is_sensitive());
        let error = ExtensionSource::new("/a")
            .token("hunter2\n")
            .header()
            .unwrap_err();
        assert!(!error.chain().contains("hunter2"));
        let error = ExtensionSource::new("/a").token("").header().unwrap_err();
        assert!(error.is_unavailable() && error.to_string().contains("AWS_SESSION_TOKEN"));
    }

    #[test]
    fn the_extension_has_the_cache_and_sleeps_during_init() {
        let source = ExtensionSource::new("/a");
        assert_eq!(source.cache_ttl(), Some(Duration::ZERO));
        assert_eq!((source.name(), source.answers_in_init()), ("ssm", false));
    }
}
