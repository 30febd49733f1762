//! The same against software of others: moto's Parameter Store and cargo-lambda's emulator.
//! `cargo xtask test` installs both and runs this.
#![cfg(feature = "outside")]

mod cargo_lambda;
mod moto;
