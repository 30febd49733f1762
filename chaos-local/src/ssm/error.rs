use super::name::user;

/// An error of the service: its code, its message and its HTTP status, as an SDK gets them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
#[non_exhaustive]
pub struct ServiceError {
    /// The error's name, such as `ParameterNotFound`.
    pub code: &'static str,
    /// What is wrong. Empty where the service sends none.
    pub message: String,
    /// The HTTP status.
    pub status: u16,
}

impl ServiceError {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            status: 400,
        }
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// A field outside what the service's model allows.
    pub(crate) fn constraint(value: &str, field: &str, constraint: &str) -> Self {
        Self::validation(format!(
            "1 validation error detected: Value {value} at '{field}' failed to satisfy constraint: \
             Member must {constraint}"
        ))
    }

    pub(crate) fn serialization(message: impl Into<String>) -> Self {
        Self::new("SerializationException", message)
    }

    pub(crate) fn unknown_operation() -> Self {
        Self::new("UnknownOperationException", "")
    }

    pub(crate) fn parameter_not_found() -> Self {
        // The service sends no message for this one.
        Self::new("ParameterNotFound", "")
    }

    pub(crate) fn version_not_found(name: &str, version: &str) -> Self {
        Self::new(
            "ParameterVersionNotFound",
            format!(
                "Systems Manager could not find version {version} of {name}. Verify the version and try again."
            ),
        )
    }

    pub(crate) fn already_exists() -> Self {
        Self::new(
            "ParameterAlreadyExists",
            "The parameter already exists. To overwrite this value, set the overwrite option in the \
             request to true.",
        )
    }

    pub(crate) fn too_many_levels(limit: usize) -> Self {
        Self::new(
            "HierarchyLevelLimitExceededException",
            format!("A parameter name can have at most {limit} levels."),
        )
    }

    pub(crate) fn reserved_name(name: &str) -> Self {
        Self::new(
            "AccessDeniedException",
            format!("No access to reserved parameter name: {name}."),
        )
    }

    pub(crate) fn invalid_filter(message: impl Into<String>) -> Self {
        Self::new("InvalidFilterOption", message)
    }

    pub(crate) fn invalid_token() -> Self {
        Self::new("InvalidNextToken", "The specified token is not valid.")
    }

    pub(crate) fn throttled() -> Self {
        Self::new("ThrottlingException", "Rate exceeded")
    }

    pub(crate) fn access_denied(action: &str, resource: &str) -> Self {
        Self::new(
            "AccessDeniedException",
            format!(
                "User: {} is not authorized to perform: ssm:{action} on resource: {resource} because \
                 no identity-based policy allows the ssm:{action} action",
                user()
            ),
        )
    }

    pub(crate) fn internal() -> Self {
        Self {
            status: 500,
            ..Self::new(
                "InternalServerError",
                "An error occurred on the server side.",
            )
        }
    }
}
