//! Lambda on loopback.
