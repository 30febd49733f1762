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
#[cfg(target_os = "linux")]
#[path = "../../../chaos-local/tests/sockets/mod.rs"]
mod sockets;
mod support;
mod validate;
