//! A return type that says what the engine asked of it.

use std::cell::Cell;

use super::*;
use crate::error::InjectedError;
use crate::plan::StatusCode;

#[derive(Debug, Default)]
pub(super) struct Caller {
    /// Whether it is one that gives up by itself, as a client does.
    pub(super) gives_up: bool,
    /// Whether what it had to corrupt was an HTTP response.
    pub(super) http: Cell<Option<bool>>,
}

impl Carry<()> for Caller {
    type Out = ();

    fn pass(&self, (): ()) {}

    fn error(&self, _: InjectedError) -> Result<(), CannotFail> {
        Ok(())
    }

    fn reply(&self, _: &StatusCode, _: bool) -> Result<(), Refusal> {
        Ok(())
    }

    fn recode(&self, (): (), _: &StatusCode, _: bool) -> ((), Option<Refusal>) {
        ((), None)
    }

    fn corrupt(&self, (): (), corrupting: Corrupting) -> ((), Dropped) {
        self.http.set(Some(corrupting.http));
        ((), Ok(None))
    }

    fn announce(&self, (): (), _: &Announcement, _: bool) {}

    fn timed_out(&self) -> Option<()> {
        self.gives_up.then_some(())
    }
}
