//! The gate of chaos-core (`engine/gate/state.rs`, the file itself) under loom, which runs each model in
//! every order in which its threads can meet, and with each value that a relaxed load may see of those stored
//! before it: a load of what is stored only later (load buffering) is the one thing that loom does not try.
//!
//! `cargo xtask proof --only loom`, or by hand `cargo test -- --nocapture`.
#![cfg(test)]

mod gate;
mod models;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Tries a model in every order, and says how many there were.
fn every_order(name: &str, model: impl Fn() + Sync + Send + 'static) {
    let orders = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&orders);
    loom::model(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        model();
    });
    println!("{name}: {} orders", orders.load(Ordering::Relaxed));
}
