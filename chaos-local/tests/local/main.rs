//! chaos-local from the outside: over the wire, and with real processes.

mod attached;
mod child;
mod parameters;
mod support;
mod switches;
