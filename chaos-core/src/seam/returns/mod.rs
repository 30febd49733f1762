//! What a return type can carry: an injected error, a status code, or neither.

mod errors;
#[doc(hidden)]
pub mod probe;
mod replies;

pub use self::errors::FromInjected;
pub(crate) use self::errors::{Convert, Errors};
pub(crate) use self::replies::{AsOpaque, Never, Replies};
pub use self::replies::{Respond, kind};
use crate::engine::{Announcement, CannotFail, Carry, Corrupting, Dropped, Refusal};
use crate::error::InjectedError;
use crate::plan::StatusCode;

/// A `Result`.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct ResultCarrier<EC, RC> {
    pub(crate) errors: EC,
    pub(crate) replies: RC,
}

impl<R, E, EC: Errors<E>, RC: Replies<R>> Carry<Result<R, E>> for ResultCarrier<EC, RC> {
    type Out = Result<RC::Out, EC::Out>;
    #[inline]
    fn pass(&self, value: Result<R, E>) -> Self::Out {
        match value {
            Ok(value) => Ok(self.replies.pass(value)),
            Err(error) => Err(self.errors.pass(error)),
        }
    }
    fn error(&self, error: InjectedError) -> Result<Self::Out, CannotFail> {
        self.errors
            .make(error)
            .map(Err)
            .map_err(CannotFail::NoError)
    }
    fn reply(&self, fault: &StatusCode, http: bool) -> Result<Self::Out, Refusal> {
        self.replies.reply(fault, http).map(Ok)
    }
    fn recode(
        &self,
        value: Result<R, E>,
        fault: &StatusCode,
        http: bool,
    ) -> (Self::Out, Option<Refusal>) {
        match value {
            Ok(value) => {
                let (value, refusal) = self.replies.recode(value, fault, http);
                (Ok(value), refusal)
            }
            Err(error) => {
                let refusal = Refusal::new("the function failed by itself: it has no status code");
                (Err(self.errors.pass(error)), Some(refusal))
            }
        }
    }
    fn corrupt(&self, out: Self::Out, corrupting: Corrupting) -> (Self::Out, Dropped) {
        match out {
            Ok(out) => {
                let (out, dropped) = self.replies.corrupt(out, corrupting);
                (Ok(out), dropped)
            }
            Err(error) => {
                let refusal =
                    Refusal::new("the function failed by itself: there is no response to corrupt");
                (Err(error), Err(refusal))
            }
        }
    }
    fn announce(&self, out: Self::Out, header: &Announcement, http: bool) -> Self::Out {
        out.map(|out| self.replies.announce(out, header, http))
    }
}

/// Anything else.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct PlainCarrier<RC> {
    replies: RC,
}

impl<T, RC: Replies<T>> Carry<T> for PlainCarrier<RC> {
    type Out = RC::Out;
    #[inline]
    fn pass(&self, value: T) -> Self::Out {
        self.replies.pass(value)
    }
    fn error(&self, error: InjectedError) -> Result<Self::Out, CannotFail> {
        Err(CannotFail::NoError(error))
    }
    fn reply(&self, fault: &StatusCode, http: bool) -> Result<Self::Out, Refusal> {
        self.replies.reply(fault, http)
    }
    fn recode(&self, value: T, fault: &StatusCode, http: bool) -> (Self::Out, Option<Refusal>) {
        self.replies.recode(value, fault, http)
    }
    fn corrupt(&self, out: Self::Out, corrupting: Corrupting) -> (Self::Out, Dropped) {
        self.replies.corrupt(out, corrupting)
    }
    fn announce(&self, out: Self::Out, header: &Announcement, http: bool) -> Self::Out {
        self.replies.announce(out, header, http)
    }
}
