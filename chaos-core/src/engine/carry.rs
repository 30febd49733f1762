//! What the engine asks of a return type: to carry an injected error, or a status code.

use crate::error::InjectedError;
use crate::plan::StatusCode;

/// Why a return type cannot carry a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct Refusal(pub(crate) String);

impl Refusal {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// How a whole return value takes faults; `Out` is what the wrapped function returns.
#[doc(hidden)]
pub trait Carry<T> {
    type Out;
    /// The function's own value, untouched.
    fn pass(&self, value: T) -> Self::Out;
    /// An injected error in its place.
    fn error(&self, error: InjectedError) -> Result<Self::Out, CannotFail>;
    /// An injected response in its place.
    fn reply(&self, fault: &StatusCode, http: bool) -> Result<Self::Out, Refusal>;
    /// The function's own value with the status code replaced.
    fn recode(&self, value: T, fault: &StatusCode, http: bool) -> (Self::Out, Option<Refusal>);
}

/// The function's return type has no place for an error.
#[derive(Debug)]
#[doc(hidden)]
pub struct CannotFail(pub(crate) InjectedError);
