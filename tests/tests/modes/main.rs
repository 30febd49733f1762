//! Modes on a real process: always, never, and half the time with a seed.

mod after;
mod corruption;
mod cors;
mod cpu;
mod denylist;
mod diskspace;
mod duplicate;
mod ending;
mod exception;
mod full_disk;
mod latency;
mod memory;
mod seed;
mod statuscode;
mod streams;
