//! What is seen of chaos: the lines that a real process writes, field by field.

mod emf;
mod events;
mod metrics;
mod points;
mod query;
mod sources;
