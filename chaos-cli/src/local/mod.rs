//! A function that runs here, with everything around it that AWS would have.

mod how;
mod stage;

pub(crate) use self::how::how_to_invoke;
pub(crate) use self::stage::{Settings, Stage, What};
