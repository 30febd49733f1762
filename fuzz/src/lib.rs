//! What the fuzz targets share: how bytes become documents and events (`document.rs`), and requests
//! that are answered in memory (`requests.rs`).
//!
//! Run by `cargo xtask proof --only fuzz`, or one by hand, on nightly, with cargo-fuzz installed:
//! `cargo +nightly fuzz run document`.

pub mod document;
pub mod requests;
