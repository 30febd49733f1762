//! What takes SDK crates that are not built every time. `cargo xtask test --all-services` runs it.

mod catalogue;
mod cbor;
mod default_client;
mod labels;
