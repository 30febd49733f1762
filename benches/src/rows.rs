//! The rows of the table, each a call and what the environment says.

use crate::calls::Call;

/// Nothing is on.
const IDLE: &str = "{}";

/// Would fail the handler and every point, if it were read.
pub(crate) const FIRING: &str = r#"{
    "handler": { "enabled": true, "mode": "exception" },
    "points": { "enabled": true, "mode": "exception", "point": "*" }
}"#;

/// What the environment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Nothing.
    NoSource,
    /// The kill switch, over a document that would fail every call.
    KillSwitch,
    /// A document in a variable, which never ages, with nothing on.
    Variable,
    /// A document in a file with nothing on: every invocation asks the clocks for its age.
    File,
    /// A document in a file that fails every call. Not a row, but the proof that the others
    /// measure what they say.
    Firing,
}

impl Setting {
    /// What it is called in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoSource => "no source",
            Self::KillSwitch => "kill switch",
            Self::Variable => "nothing on, in a variable",
            Self::File => "nothing on, in a file",
            Self::Firing => "firing, in a file",
        }
    }

    /// The variables. A document in a file comes as the text that the file is to have.
    pub(crate) fn variables(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::NoSource => &[],
            Self::KillSwitch => &[("CHAOS_DISABLED", "1"), ("CHAOS_CONFIG", FIRING)],
            Self::Variable => &[("CHAOS_CONFIG", IDLE)],
            Self::File => &[(FILE, IDLE), ("CHAOS_CACHE_TTL", "3600")],
            Self::Firing => &[(FILE, FIRING), ("CHAOS_CACHE_TTL", "3600")],
        }
    }
}

/// The variable that names a file.
pub(crate) const FILE: &str = "CHAOS_CONFIG_FILE";

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who and where, for those who read the table.
    pub title: &'static str,
    /// What is called.
    pub call: Call,
    /// What the environment says.
    pub setting: Setting,
    /// What ARCHITECTURE.md allows, in nanoseconds over bare. Times are never a check.
    pub budget: Option<u32>,
    /// Whether it must not allocate. That is one.
    pub free: bool,
}

impl Row {
    /// All rows, in the order of the table.
    pub fn all() -> Vec<Self> {
        use Setting::{File, KillSwitch, NoSource, Variable};
        let mut rows = vec![Self::rival("the handler itself", Call::Bare)];
        for (title, call) in [
            ("attribute", Call::Attribute),
            ("`wrap`", Call::Wrap),
            ("`ChaosLayer`", Call::Layer),
        ] {
            for (setting, budget) in [(NoSource, 1), (KillSwitch, 1), (Variable, 15), (File, 15)] {
                rows.push(Self::ours(title, call, setting, budget));
            }
        }
        for (setting, budget) in [(NoSource, 1), (KillSwitch, 1), (Variable, 5)] {
            rows.push(Self::ours("named point", Call::Point, setting, budget));
        }
        let below = "named point below a handler";
        rows.push(Self::ours(below, Call::PointBelow, File, 5));
        for (setting, budget) in [(NoSource, 1), (Variable, 5)] {
            rows.push(Self::ours("block as a point", Call::Block, setting, budget));
        }
        let below = "block as a point below a handler";
        rows.push(Self::ours(below, Call::BlockBelow, File, 5));
        // It keeps the document fresh by itself, which takes what it takes at a handler.
        let alone = "named point without one";
        rows.push(Self::ours(alone, Call::Point, File, 15));
        rows.push(Self::rival("fail-rs, idle", Call::FailPoint));
        let beside = "fail-rs, another point on";
        rows.push(Self::rival(beside, Call::FailPointBeside));
        let rival = "tower-resilience-chaos, rate 0";
        rows.push(Self::rival(rival, Call::TowerResilience));
        rows
    }

    const fn ours(title: &'static str, call: Call, setting: Setting, budget: u32) -> Self {
        Self {
            title,
            call,
            setting,
            budget: Some(budget),
            free: true,
        }
    }

    const fn rival(title: &'static str, call: Call) -> Self {
        Self {
            title,
            call,
            setting: Setting::NoSource,
            budget: None,
            free: false,
        }
    }

    /// The same call where the document fails it.
    #[must_use]
    pub fn firing(self) -> Self {
        Self {
            setting: Setting::Firing,
            ..self
        }
    }

    /// What it is called: by this name a process is told what to measure.
    pub fn name(&self) -> String {
        if self.is_ours() {
            format!("{}, {}", self.title, self.setting.name())
        } else {
            self.title.to_owned()
        }
    }

    /// Whether chaos-core is what is measured.
    pub fn is_ours(&self) -> bool {
        self.budget.is_some()
    }

    /// The row of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let all = Self::all();
        let mut rows = all.iter().flat_map(|row| [*row, row.firing()]);
        rows.find(|row| row.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::Row;

    #[test]
    fn every_row_is_found_by_its_name() {
        for row in Row::all() {
            assert_eq!(Row::named(&row.name()), Some(row));
        }
    }
}
