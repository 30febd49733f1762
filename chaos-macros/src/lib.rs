//! The `#[inject_chaos]` attribute.
