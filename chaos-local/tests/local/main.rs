//! chaos-local from the outside: over the wire, and with real processes.

mod agents;
mod attached;
mod child;
mod control;
mod http_api;
mod invoke;
mod metadata;
mod parameters;
mod support;
mod switches;
