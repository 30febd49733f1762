//! Fault injection for AWS Lambda functions written in Rust.

pub mod plan;
