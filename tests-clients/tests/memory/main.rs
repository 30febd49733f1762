//! Clients whose servers are in this process, so that time can stand still: how long calls wait, to the
//! millisecond, and that no document whatever makes them do anything else.

mod any_document;
mod clients;
#[path = "../../../chaos-core/tests/plan_properties/generate.rs"]
mod generate;
mod pipelines;
mod waits;
