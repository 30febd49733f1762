//! Requests of tower HTTP clients behind the layer: hyper-util's client, and one with boxed errors.

mod client;
mod modes;
mod process;
mod real;
