//! What the engine asks of a return type: to carry an injected error, or a status code.

use std::time::Duration;

use rand_pcg::Pcg64Mcg;

use super::announcement::Announcement;
use crate::error::InjectedError;
use crate::plan::{Corruption, DenyList, StatusCode};

/// Why a return type cannot carry a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct Refusal(pub(crate) String);

impl Refusal {
    #[cold]
    #[inline(never)]
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
    /// What is about to be returned, corrupted: how many headers were dropped, where that is known
    /// already. It is as it was where it cannot be.
    fn corrupt(&self, out: Self::Out, corrupting: Corrupting) -> (Self::Out, Dropped);
    /// What is about to be returned, with the header, if it can carry one.
    fn announce(&self, out: Self::Out, header: &Announcement, http: bool) -> Self::Out;

    // --- what a seam below the handler tells apart, and a function does not ---

    /// What is left where the work was done and its reply is lost.
    fn lose(&self, error: InjectedError) -> Result<Self::Out, CannotFail> {
        self.error(error)
    }
    /// What comes after the wait of mode `timeout`, where it is not the function's own value.
    fn timed_out(&self) -> Option<Self::Out> {
        None
    }
    /// How long the caller waits at most before it gives up by itself, where that is known.
    fn patience(&self) -> Option<Duration> {
        None
    }
    /// What a deny list does to the call.
    fn deny(&self, _list: &DenyList) -> Denial<Self::Out> {
        Denial::WholeProcess
    }
}

/// What a deny list does to a call.
#[derive(Debug)]
#[doc(hidden)]
pub enum Denial<Out> {
    /// It is not about one host: names are denied to the whole process while it lasts.
    WholeProcess,
    /// It goes to a host that is not on the list.
    Passes,
    /// There is no telling.
    Refused(Refusal),
    /// This in its place.
    Answer(Out),
}

/// How many headers were there and dropped; `None` where that is known only later.
pub(crate) type Dropped = Result<Option<usize>, Refusal>;

/// What is to be done to a response.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct Corrupting {
    pub(crate) fault: Corruption,
    pub(crate) random: Pcg64Mcg,
    /// Whether it is the response of a handler of `lambda_http`.
    pub(crate) http: bool,
}

/// Why there is no error in the place of the function's value.
#[derive(Debug)]
#[doc(hidden)]
pub enum CannotFail {
    /// The function's return type has no place for one.
    NoError(InjectedError),
    /// What is called has no such error.
    Refused(Refusal),
}
