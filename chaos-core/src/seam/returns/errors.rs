//! How an error type takes an injected error.

use crate::error::InjectedError;

/// An error type that an injected error can become.
///
/// Implemented for every `E: From<InjectedError>`, which boxed errors, `anyhow::Error` and
/// `lambda_runtime::Diagnostic` are, and for `Infallible`, which takes none.
#[diagnostic::on_unimplemented(
    message = "an injected error cannot become a `{Self}`",
    label = "this function's error type takes no injected error",
    note = "implement `From<chaos_core::InjectedError>` for `{Self}`",
    note = "or name a function that makes one: `#[inject_chaos(error = path)]`, where `path` is a `fn(chaos_core::InjectedError) -> {Self}`"
)]
pub trait FromInjected: Sized {
    #[doc(hidden)]
    fn from_injected(error: InjectedError) -> Result<Self, InjectedError>;
}

#[diagnostic::do_not_recommend]
impl<E: From<InjectedError>> FromInjected for E {
    fn from_injected(error: InjectedError) -> Result<Self, InjectedError> {
        Ok(error.into())
    }
}

#[diagnostic::do_not_recommend]
impl FromInjected for std::convert::Infallible {
    fn from_injected(error: InjectedError) -> Result<Self, InjectedError> {
        Err(error)
    }
}

/// How an error type takes an injected error.
#[doc(hidden)]
pub trait Errors<E> {
    type Out;
    fn pass(&self, error: E) -> Self::Out;
    fn make(&self, error: InjectedError) -> Result<Self::Out, InjectedError>;
}

/// Through [`FromInjected`].
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Convert;

impl<E: FromInjected> Errors<E> for Convert {
    type Out = E;
    fn pass(&self, error: E) -> E {
        error
    }
    fn make(&self, error: InjectedError) -> Result<E, InjectedError> {
        E::from_injected(error)
    }
}

/// Through the function that the attribute names.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct By<F>(pub(super) F);

impl<E, F: Fn(InjectedError) -> E> Errors<E> for By<F> {
    type Out = E;
    fn pass(&self, error: E) -> E {
        error
    }
    fn make(&self, error: InjectedError) -> Result<E, InjectedError> {
        Ok((self.0)(error))
    }
}
