//! What `cargo chaos enable` is made of: options from the table of modes, the presets, the
//! questions, and the flag that comes of them.

mod condition;
mod flag;
mod options;
pub(crate) mod presets;
mod questions;
mod wanted;

pub(crate) use self::condition::shown;
pub(crate) use self::flag::{Enabled, enabled};
pub(crate) use self::questions::{ask_for_least, ask_for_mode};
pub(crate) use self::wanted::{Wanted, subcommands, yes};
