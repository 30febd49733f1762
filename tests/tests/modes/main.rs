//! Modes on a real process: always, never, and half the time with a seed.

mod corruption;
mod denylist;
mod diskspace;
mod ending;
mod exception;
mod full_disk;
mod latency;
mod seed;
mod statuscode;
