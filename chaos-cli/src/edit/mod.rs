//! The text of a document, and changes of it that leave the rest as somebody wrote it.
//!
//! What a document means is chaos-core's to say (`chaos_core::plan`); this is about its text.

mod difference;
mod draft;
mod merge;
mod off;
mod replay;

pub(crate) use self::difference::difference;
pub(crate) use self::draft::{Attributes, Draft};
pub(crate) use self::merge::merge;
pub(crate) use self::off::{Which, all_off, switch_off};
pub(crate) use self::replay::replay;
