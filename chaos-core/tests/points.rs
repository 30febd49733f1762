//! Named points: which invocation they are in, what modes do there, blocks of code as points, and the
//! list of those that were reached.
#![cfg(all(feature = "inject", feature = "lambda"))]

mod log;
mod taken;

#[path = "points/around.rs"]
mod around;
#[path = "points/blocks.rs"]
mod blocks;
#[path = "points/list.rs"]
mod list;
#[path = "points/modes.rs"]
mod modes;
