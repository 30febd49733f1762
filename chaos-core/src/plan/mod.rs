//! From a document to a plan: which faults there are, where they aim and when they strike.
//!
//! A document is JSON, one key a flag. [`read`] never fails: what is wrong with a document is in
//! the [findings](Reading::findings), and what is right with it is in the [`Plan`].
//!
//! ```
//! use chaos_core::plan;
//!
//! let reading = plan::read(
//!     r#"{
//!         "latency": { "enabled": true, "percentage": 10, "min_latency": 100, "max_latency": 400 },
//!         "exception": { "enabled": true, "percentage": 101 }
//!     }"#,
//! );
//!
//! assert_eq!(reading.plan.flags.len(), 1);
//! assert_eq!(&*reading.plan.flags[0].name, "latency");
//! assert_eq!(
//!     reading.findings[0].to_string(),
//!     "exception.percentage: 101 is out of range; write a number from 0 to 100",
//! );
//! ```
//!
//! Nothing here does I/O, reads a clock or draws a random number: time, draws and events are
//! handed in, so that the same document can be checked on a command line, fuzzed, or replayed in
//! a test.

mod aim;
mod condition;
mod document;
mod embedded;
mod event;
mod fields;
mod figures;
mod finding;
mod glob;
mod headers;
mod json;
mod legacy;
mod mode;
mod modes;
mod nearest;
mod parts;
mod pattern;
mod repeated;
mod report;
pub mod schema;
mod settings;
mod table;
mod trigger;
mod validate;
mod wanted;

use std::sync::Arc;

pub use aim::{Aim, HANDLER_POINT};
pub use condition::{Condition, Operator};
pub use document::{Format, MAX_DOCUMENT_BYTES, Reading, convert, read, read_value};
pub use event::text_at;
pub use finding::{Finding, Severity};
pub use glob::Globs;
pub(crate) use json::{insert_in_order, json_object, json_text, member, sorted};
pub(crate) use mode::BY_NAME_ONLY;
pub use mode::{
    Corruption, Cpu, DenyList, DiskSpace, Distribution, Exception, Exit, Latency, Memory, Mode,
    Panic, Spread, StatusCode, Timeout,
};
pub use modes::{MODES, mode_row};
#[cfg(feature = "_client")]
pub(crate) use nearest::nearest;
pub use pattern::Pattern;
pub use report::spelled as key_in_path;
pub use settings::{SETTINGS_ATTRIBUTES, Settings};
pub use table::{Attribute, DefaultValue, FLAG_ATTRIBUTES, Kind, ModeRow};
pub use trigger::{By, Phase, Trigger};

/// What a document asks for, validated. The default is an empty plan: no chaos.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// What holds for every flag.
    pub settings: Settings,
    /// Every valid flag, enabled or not, in the order in which flags are applied: by the order of
    /// the modes in [`MODES`], flags of one mode by name.
    pub flags: Vec<Flag>,
}

impl Plan {
    /// The flags that are switched on, in the order in which they are applied; none when
    /// [`Settings::enabled`] is false.
    pub fn active(&self) -> impl Iterator<Item = &Flag> {
        let on = self.settings.enabled;
        self.flags.iter().filter(move |flag| on && flag.enabled)
    }
}

/// One flag of a document: a fault, where it aims and when it strikes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Flag {
    /// The flag's key in the document, of at most 256 characters.
    pub name: Arc<str>,
    /// Whether it is switched on. A flag that is not is validated all the same.
    pub enabled: bool,
    /// The points, labels and events that it concerns.
    pub aim: Aim,
    /// Which of the calls that it concerns are hit.
    pub trigger: Trigger,
    /// Whether it strikes before or after the work.
    pub phase: Phase,
    /// The fault.
    pub mode: Mode,
}
