//! The catalogue's services beyond one a protocol. `cargo xtask test --all-services` runs it.

mod catalogue;
mod labels;
