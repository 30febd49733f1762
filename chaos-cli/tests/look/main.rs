//! The commands that look at a document, and the one that runs a function for it, through the real
//! binary.

#[cfg(all(feature = "outside", unix))]
mod chaos_toolkit;
mod completions;
mod convert;
mod local;
mod man;
mod schema;
mod simulate;
mod support;
mod validate;
