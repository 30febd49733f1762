//! A document as somebody hands it over: its text, what is wrong with it and where, and what it
//! amounts to.

mod checked;
pub(crate) mod flags;
mod input;
mod position;

use serde_json::Value;

pub(crate) use self::checked::{Checked, severity};
pub(crate) use self::input::{Source, Text};

/// A number as JSON has it: 25 and not 25.0.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what is whole and not large"
)]
pub(crate) fn whole(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        (number as i64).into()
    } else {
        number.into()
    }
}

/// `1 error`, `2 errors`.
fn number(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}
