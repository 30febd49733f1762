//! What a document amounts to at a moment: which flags are on, for what, until when.

mod json;
mod overview;
mod table;

pub(crate) use self::json::json;
pub(crate) use self::overview::Overview;
pub(crate) use self::table::table;
