//! The rows of the table, each a call and what the environment says.

use crate::calls::Call;
use crate::clients;
use crate::process::Build;

/// Nothing is on.
const IDLE: &str = "{}";

/// Would fail the handler and every point, if it were read.
pub(crate) const FIRING: &str = r#"{
    "handler": { "enabled": true, "mode": "exception" },
    "points": { "enabled": true, "mode": "exception", "point": "*" }
}"#;

const OTHER_POINTS: &str = r#"{
    "f0": { "enabled": true, "mode": "exception", "point": "other.p0" },
    "f1": { "enabled": true, "mode": "exception", "point": "other.p1" },
    "f2": { "enabled": true, "mode": "exception", "point": "other.p2" },
    "f3": { "enabled": true, "mode": "exception", "point": "other.p3" },
    "f4": { "enabled": true, "mode": "exception", "point": "other.p4" },
    "f5": { "enabled": true, "mode": "exception", "point": "other.p5" },
    "f6": { "enabled": true, "mode": "exception", "point": "other.p6" },
    "f7": { "enabled": true, "mode": "exception", "point": "other.p7" },
    "f8": { "enabled": true, "mode": "exception", "point": "other.p8" },
    "f9": { "enabled": true, "mode": "exception", "point": "other.p9" }
}"#;

const OTHER_CALLS: &str = r#"{
    "f0": { "enabled": true, "mode": "exception", "point": "aws.sqs.SendMessage" },
    "f1": { "enabled": true, "mode": "exception", "point": "aws.sqs.Receive*" },
    "f2": { "enabled": true, "mode": "exception", "point": "aws.dynamodb.*" },
    "f3": { "enabled": true, "mode": "exception", "point": "aws.s3.*" },
    "f4": { "enabled": true, "mode": "exception", "point": "http.PUT" },
    "f5": { "enabled": true, "mode": "exception", "point": "http.PATCH" },
    "f6": { "enabled": true, "mode": "exception", "point": "http.DELETE" },
    "f7": { "enabled": true, "mode": "exception", "point": "redis.SET" },
    "f8": { "enabled": true, "mode": "exception", "point": "redis.H*" },
    "f9": { "enabled": true, "mode": "exception", "point": "redis.DEL" }
}"#;

const CONDITION: &str = r#"{ "exception": {
    "enabled": true, "match": [{ "path": "headers.x-test", "value": "1" }]
} }"#;

const POINT_CONDITION: &str = r#"{ "exception": {
    "enabled": true, "point": "bench.*", "match": [{ "path": "headers.x-test", "value": "1" }]
} }"#;

const RARE: &str = r#"{ "statuscode": { "enabled": true, "percentage": 0.001 } }"#;

const POINT_RARE: &str =
    r#"{ "statuscode": { "enabled": true, "percentage": 0.001, "point": "bench.*" } }"#;

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
    /// Ten flags that are on, and concern other points.
    OtherPoints,
    /// Ten flags that are on, and concern other calls of the same clients.
    OtherCalls,
    /// The feature `inject` is off, under a document that would fail every call.
    Off,
    /// A flag that is on, with a condition that does not hold.
    Condition,
    /// The same of a flag that names points.
    PointCondition,
    /// A flag that is on, at 0.001 %, with a fault after which the call succeeds all the same.
    Rare,
    /// The same of a flag that names points.
    PointRare,
    /// A document in a file that fails every call. Not a row, but the proof that the others
    /// measure what they say.
    Firing,
}

impl Setting {
    /// What it is called in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoSource => "no source",
            Self::KillSwitch => "kill switch",
            Self::Variable => "nothing on, in a variable",
            Self::File => "nothing on, in a file",
            Self::OtherPoints => "ten flags on that concern other points",
            Self::OtherCalls => "ten flags on that concern other calls",
            Self::Off => "feature `inject` off",
            Self::Condition | Self::PointCondition => "a condition that does not hold",
            Self::Rare | Self::PointRare => "a flag at 0.001 %",
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
            Self::OtherPoints => &[("CHAOS_CONFIG", OTHER_POINTS)],
            Self::OtherCalls => &[("CHAOS_CONFIG", OTHER_CALLS)],
            Self::Off => &[("CHAOS_CONFIG", FIRING)],
            Self::Condition => &[("CHAOS_CONFIG", CONDITION)],
            Self::PointCondition => &[("CHAOS_CONFIG", POINT_CONDITION)],
            Self::Rare => &[("CHAOS_CONFIG", RARE)],
            Self::PointRare => &[("CHAOS_CONFIG", POINT_RARE)],
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
    /// What it may cost; absent for rivals.
    pub budget: Option<Budget>,
}

/// What a call may cost over the bare one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What ARCHITECTURE.md aims at. Times are never a check.
    pub nanoseconds: Option<u32>,
    /// What callgrind may count. That is one.
    pub instructions: Option<u32>,
    /// How often it may allocate. That is another.
    pub allocations: Option<u32>,
}

impl Budget {
    /// Nothing can happen, or nothing is on and nobody has to look at a clock.
    const ONE_LOAD: Self = Self::free(1, 45);
    /// The same, where the compiler copies the event once more: it then counts the copy.
    const ONE_COPY: Self = Self::free(1, 135);
    /// Nothing is on, and the document's age is asked for.
    const CLOCKS: Self = Self::free(15, 280);
    /// Both.
    const CLOCKS_AND_COPY: Self = Self::free(15, 370);

    /// Nothing is to be there.
    const NOTHING: Self = Self::free(1, 0);
    /// Flags are on, and it is remembered that none concerns the point.
    const REMEMBERED: Self = Self::free(5, 50);
    /// What no budget is for.
    pub(crate) const NONE: Self = Self {
        nanoseconds: None,
        instructions: None,
        allocations: None,
    };

    pub(crate) const fn free(nanoseconds: u32, instructions: u32) -> Self {
        Self {
            nanoseconds: Some(nanoseconds),
            instructions: Some(instructions),
            allocations: Some(0),
        }
    }

    /// Something is on that may hit the call, and does not.
    const fn allocating(instructions: u32) -> Self {
        Self {
            nanoseconds: Some(15_000),
            instructions: Some(instructions),
            allocations: None,
        }
    }
}

impl Row {
    /// All rows of all tables.
    pub fn all() -> Vec<Self> {
        [Self::of_calls(), clients::rows()].concat()
    }

    /// The rows of the table of calls, in order.
    pub(crate) fn of_calls() -> Vec<Self> {
        use Setting::{Condition, File, KillSwitch, NoSource, Off, OtherPoints, Rare, Variable};
        let mut rows = vec![Self::rival("the handler itself", Call::Bare)];
        for (title, call, load, clocks) in [
            (
                "attribute",
                Call::Attribute,
                Budget::ONE_LOAD,
                Budget::CLOCKS,
            ),
            (
                "attribute, small",
                Call::Small,
                Budget::ONE_LOAD,
                Budget::CLOCKS,
            ),
            (
                "`wrap`",
                Call::Wrap,
                Budget::ONE_COPY,
                Budget::CLOCKS_AND_COPY,
            ),
            (
                "`ChaosLayer`",
                Call::Layer,
                Budget::ONE_COPY,
                Budget::CLOCKS_AND_COPY,
            ),
        ] {
            for setting in [NoSource, KillSwitch, Variable] {
                rows.push(Self::ours(title, call, setting, load));
            }
            rows.push(Self::ours(title, call, File, clocks));
        }
        for (setting, budget) in [
            (OtherPoints, Budget::allocating(5500)),
            (Condition, Budget::allocating(120_000)),
            (Rare, Budget::allocating(5000)),
        ] {
            rows.push(Self::ours("attribute", Call::Attribute, setting, budget));
            rows.push(Self::ours("`ChaosLayer`", Call::Layer, setting, budget));
        }
        for setting in [NoSource, KillSwitch, Variable] {
            rows.push(Self::ours(
                "named point",
                Call::Point,
                setting,
                Budget::ONE_LOAD,
            ));
        }
        let below = "named point below a handler";
        rows.push(Self::ours(below, Call::PointBelow, File, Budget::ONE_LOAD));
        for setting in [NoSource, Variable] {
            rows.push(Self::ours(
                "block as a point",
                Call::Block,
                setting,
                Budget::ONE_LOAD,
            ));
        }
        let below = "block as a point below a handler";
        rows.push(Self::ours(below, Call::BlockBelow, File, Budget::ONE_LOAD));
        // It keeps the document fresh by itself, which takes what it takes at a handler.
        let alone = "named point without one";
        rows.push(Self::ours(alone, Call::Point, File, Budget::CLOCKS));
        for (title, call) in [
            ("named point", Call::Point),
            ("block as a point", Call::Block),
        ] {
            rows.push(Self::ours(title, call, OtherPoints, Budget::REMEMBERED));
        }
        let within = "named point in a handler";
        let condition = Setting::PointCondition;
        let budget = Budget::allocating(5000);
        rows.push(Self::ours(within, Call::PointWithin, condition, budget));
        let (rare, budget) = (Setting::PointRare, Budget::allocating(3000));
        rows.push(Self::ours("named point", Call::Point, rare, budget));
        for (title, call, budget) in [
            ("attribute", Call::Attribute, Budget::NOTHING),
            ("attribute, small", Call::Small, Budget::NOTHING),
            ("named point", Call::Point, Budget::NOTHING),
            ("block as a point", Call::Block, Budget::ONE_LOAD),
            ("`wrap`", Call::Wrap, Budget::ONE_COPY),
            ("`ChaosLayer`", Call::Layer, Budget::ONE_COPY),
        ] {
            rows.push(Self::ours(title, call, Off, budget));
        }
        rows.push(Self::rival("fail-rs, idle", Call::FailPoint));
        let beside = "fail-rs, another point on";
        rows.push(Self::rival(beside, Call::FailPointBeside));
        let rival = "tower-resilience-chaos, rate 0";
        rows.push(Self::rival(rival, Call::TowerResilience));
        rows
    }

    pub(crate) const fn ours(
        title: &'static str,
        call: Call,
        setting: Setting,
        budget: Budget,
    ) -> Self {
        Self {
            title,
            call,
            setting,
            budget: Some(budget),
        }
    }

    const fn rival(title: &'static str, call: Call) -> Self {
        Self {
            title,
            call,
            setting: Setting::NoSource,
            budget: None,
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

    /// The programs that it is measured in.
    pub fn build(&self) -> Build {
        match self.setting {
            Setting::Off => Build::Off,
            _ => self.call.build(),
        }
    }

    /// Whether anything of it is counted against a budget.
    pub fn is_counted(&self) -> bool {
        let counted = |budget: Budget| budget.instructions.or(budget.allocations).is_some();
        self.budget.is_some_and(counted)
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
