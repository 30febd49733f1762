//! Fault injection for AWS Lambda functions written in Rust.

mod clock;
pub mod source;
