//! The error that an injected exception is.

use std::fmt;

/// The error of a fault of mode `exception`.
///
/// It reaches the caller as whatever error type the function has, through `From`: boxed errors,
/// `anyhow::Error` and `lambda_runtime::Diagnostic` take it as it is; an error type of your own
/// says how, or the attribute names a function with `error = path`.
///
/// ```
/// use chaos_core::InjectedError;
///
/// #[derive(Debug)]
/// enum OrderError {
///     NotFound,
///     Internal(String),
/// }
///
/// impl From<InjectedError> for OrderError {
///     fn from(injected: InjectedError) -> Self {
///         OrderError::Internal(injected.to_string())
///     }
/// }
/// # let _ = OrderError::NotFound;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InjectedError {
    message: String,
    error_type: Option<String>,
    flag: String,
}

impl InjectedError {
    /// What [`error_type`](Self::error_type) is when the document names none.
    pub const DEFAULT_TYPE: &'static str = "InjectedError";

    pub(crate) fn new(message: &str, error_type: Option<&str>, flag: &str) -> Self {
        Self {
            message: message.to_owned(),
            error_type: error_type.map(str::to_owned),
            flag: flag.to_owned(),
        }
    }

    /// The document's `exception_msg`; "Injected exception" where it has none.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same, for an error type that keeps it.
    #[must_use]
    pub fn into_message(self) -> String {
        self.message
    }

    /// The document's `exception_type`; `"InjectedError"` where it has none.
    ///
    /// It is on the wire as `errorType` where the handler's error is
    /// `lambda_runtime::Diagnostic`, or where the handler stands behind a
    /// [`ChaosLayer`](crate::ChaosLayer). A boxed error hides it: the runtime then sends the
    /// name of the box's type, whatever is inside.
    pub fn error_type(&self) -> &str {
        self.error_type.as_deref().unwrap_or(Self::DEFAULT_TYPE)
    }

    /// The document's `exception_type`, if it has one.
    #[cfg(feature = "_client")]
    pub(crate) fn chosen_type(&self) -> Option<&str> {
        self.error_type.as_deref()
    }

    /// The name of the flag that asked for it.
    pub fn flag(&self) -> &str {
        &self.flag
    }
}

impl fmt::Display for InjectedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InjectedError {}

#[cfg(feature = "lambda")]
impl From<InjectedError> for lambda_runtime::Diagnostic {
    fn from(error: InjectedError) -> Self {
        Self {
            error_type: error.error_type().to_owned(),
            error_message: error.message,
        }
    }
}
