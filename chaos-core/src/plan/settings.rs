//! What a document says of all its flags.

use std::time::SystemTime;

use super::table::{Attribute, DefaultValue, Kind};

/// The `settings` of a document.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// False: none of the flags is on. True unless written; a feature-flag profile of `AppConfig`
    /// carries it.
    pub enabled: bool,
    /// Decide and record, inject nothing.
    pub dry_run: bool,
    /// Where the random draws start from: with the same seed the same calls meet the same faults.
    pub seed: Option<u64>,
    /// Nothing is injected from this time on.
    pub expires_at: Option<SystemTime>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: true,
            dry_run: false,
            seed: None,
            expires_at: None,
        }
    }
}

impl Settings {
    /// Whether `now` is before `expires_at`.
    pub fn window_open(&self, now: SystemTime) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// The attributes that `settings` may have.
pub static SETTINGS_ATTRIBUTES: &[Attribute] = &[
    Attribute {
        key: "enabled",
        kind: Kind::Boolean,
        unit: None,
        default: DefaultValue::Boolean(true),
        help: "false switches every flag off",
    },
    Attribute {
        key: "dry_run",
        kind: Kind::Boolean,
        unit: None,
        default: DefaultValue::Boolean(false),
        help: "decide and record, inject nothing",
    },
    Attribute {
        key: "seed",
        kind: Kind::Integer {
            min: 0,
            max: u64::MAX,
        },
        unit: None,
        default: DefaultValue::Unset,
        help: "where random draws start from, for runs that can be repeated",
    },
    Attribute {
        key: "expires_at",
        kind: Kind::Time,
        unit: None,
        default: DefaultValue::Unset,
        help: "nothing is injected from this time on",
    },
];
