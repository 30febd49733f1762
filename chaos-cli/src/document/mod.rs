//! A document as somebody hands it over: its text, and where in it what stands.

mod input;
mod position;

pub(crate) use self::input::{Source, Text};
pub(crate) use self::position::{Position, Positions, no_json};
