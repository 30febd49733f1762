//! Switching chaos on and off from outside, on a process that keeps running.

mod agents;
mod formats;
mod parallel;
mod parameter;
mod switches;
