//! Names of parameters: what is allowed, and what `name:version` and an ARN stand for.

use super::error::ServiceError;
use crate::{ACCOUNT_ID, REGION};

const MAX_LENGTH: usize = 1011;
const MAX_LEVELS: usize = 15;

pub(crate) fn arn(name: &str) -> String {
    let slash = if name.starts_with('/') { "" } else { "/" };
    format!("arn:aws:ssm:{REGION}:{ACCOUNT_ID}:parameter{slash}{name}")
}

/// Who asks, in the eyes of the service.
pub(crate) fn user() -> String {
    format!("arn:aws:sts::{ACCOUNT_ID}:assumed-role/chaos-local/function")
}

/// What a reader may write: a name or an ARN, and a version after a colon.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    pub(crate) target: Target<'a>,
    pub(crate) version: Option<&'a str>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    Name(&'a str),
    /// Whose name begins with a slash or not; an ARN does not show it.
    Arn(&'a str),
}

impl<'a> Reference<'a> {
    pub(crate) fn parse(reference: &'a str) -> Self {
        // An ARN has five colons of its own.
        let is_arn = reference.starts_with("arn:");
        let colon = reference.match_indices(':').nth(if is_arn { 5 } else { 0 });
        let (target, version) = match colon {
            Some((colon, _)) => (&reference[..colon], Some(&reference[colon + 1..])),
            None => (reference, None),
        };
        let target = if is_arn {
            Target::Arn(target)
        } else {
            Target::Name(target)
        };
        Self { target, version }
    }

    pub(crate) fn arn(&self) -> String {
        match self.target {
            Target::Name(name) => arn(name),
            Target::Arn(arn) => arn.to_owned(),
        }
    }
}

pub(crate) fn validate(name: &str) -> Result<(), ServiceError> {
    if name.is_empty() {
        return Err(ServiceError::constraint(
            "''",
            "name",
            "have length greater than or equal to 1",
        ));
    }
    if name.len() > MAX_LENGTH {
        return Err(ServiceError::validation(format!(
            "Parameter name must not be longer than {MAX_LENGTH} characters."
        )));
    }
    let first = name.trim_start_matches('/').to_ascii_lowercase();
    let is_path = name.matches('/').count() > 1;
    if is_path && first.starts_with("aws") {
        return Err(ServiceError::reserved_name(name));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/_.-".contains(c);
    if first.starts_with("aws") || first.starts_with("ssm") || !name.chars().all(allowed) {
        let prefixes = if is_path {
            "\"ssm\""
        } else {
            "\"aws\" or \"ssm\""
        };
        return Err(ServiceError::validation(format!(
            "Parameter name: can't be prefixed with {prefixes} (case-insensitive). If formed as a \
             path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed \
             as a mix of letters, numbers and the following 3 symbols .-_"
        )));
    }
    if name.contains('/') && !name.starts_with('/') {
        return Err(ServiceError::validation(
            "Parameter name must be a fully qualified name.",
        ));
    }
    if name.ends_with('/') || name.contains("//") {
        return Err(ServiceError::validation(
            "Parameter name must not have an empty level.",
        ));
    }
    if name.trim_start_matches('/').split('/').count() > MAX_LEVELS {
        return Err(ServiceError::too_many_levels(MAX_LEVELS));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Reference, Target, arn, validate};

    #[test]
    fn references() {
        let arn = "arn:aws:ssm:us-east-1:123456789012:parameter/a/b";
        let arn_of_version = format!("{arn}:7");
        let cases = [
            ("/a/b", Target::Name("/a/b"), None),
            ("/a/b:3", Target::Name("/a/b"), Some("3")),
            ("plain:x", Target::Name("plain"), Some("x")),
            (arn, Target::Arn(arn), None),
            (arn_of_version.as_str(), Target::Arn(arn), Some("7")),
        ];
        for (reference, target, version) in cases {
            assert_eq!(
                Reference::parse(reference),
                Reference { target, version },
                "{reference}"
            );
        }
    }

    #[test]
    fn arns() {
        assert_eq!(
            arn("/a/b"),
            "arn:aws:ssm:us-east-1:123456789012:parameter/a/b"
        );
        assert_eq!(
            arn("plain"),
            "arn:aws:ssm:us-east-1:123456789012:parameter/plain"
        );
    }

    #[test]
    fn names() {
        for good in ["plain", "/a/b-c_d.e/F1", "/1"] {
            assert_eq!(validate(good), Ok(()), "{good}");
        }
        let long = format!("/{}", "x".repeat(1011));
        let deep = "/x".repeat(16);
        let cases = [
            ("", "ValidationException"),
            ("a b", "ValidationException"),
            ("/a/ü", "ValidationException"),
            ("/aws/x", "AccessDeniedException"),
            ("/ssm/x", "ValidationException"),
            ("awsthing", "ValidationException"),
            ("SSMthing", "ValidationException"),
            ("a/b", "ValidationException"),
            ("/a/", "ValidationException"),
            (long.as_str(), "ValidationException"),
            (deep.as_str(), "HierarchyLevelLimitExceededException"),
        ];
        for (bad, code) in cases {
            assert_eq!(validate(bad).unwrap_err().code, code, "{bad}");
        }
    }
}
