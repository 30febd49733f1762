//! The commands that look at a document and change nothing, through the real binary.

mod completions;
mod convert;
mod man;
mod schema;
mod simulate;
mod support;
mod validate;
