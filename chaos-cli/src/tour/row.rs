//! What was seen at a step, and how it is told in a line of the table.

use std::time::Duration;

use super::disk::Space;
use super::log::Line;
use super::outcome::Outcome;
use super::steps::Expect;

/// One invocation: what came back, and when.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) outcome: Outcome,
    pub(crate) took: Duration,
}

/// What was seen at a step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) calls: Vec<Call>,
    pub(crate) log: Vec<Line>,
    pub(crate) space: Option<Space>,
}

impl Seen {
    /// The last invocation: of several that are alike, the one that is told of.
    pub(crate) fn last(&self) -> Option<&Call> {
        self.calls.last()
    }

    /// Which invocations ended in an error.
    pub(crate) fn hits(&self) -> Vec<bool> {
        let errors = self.calls.iter().map(|call| call.outcome.is_error());
        errors.collect()
    }

    /// What came back, in words.
    pub(crate) fn came_back(&self, expect: &Expect) -> String {
        if !matches!(expect, Expect::Half { .. }) {
            return self
                .last()
                .map(|call| call.outcome.to_string())
                .unwrap_or_default();
        }
        let hits = self.hits();
        let count = hits.iter().filter(|hit| **hit).count();
        let pattern: String = hits
            .iter()
            .map(|hit| if *hit { 'x' } else { '.' })
            .collect();
        format!("{count} of {} hit {pattern}", hits.len())
    }

    /// How long it took; of several invocations, each of them.
    pub(crate) fn took(&self) -> String {
        let Some(last) = self.last() else {
            return String::new();
        };
        if self.calls.len() == 1 {
            return milliseconds(last.took);
        }
        let total: Duration = self.calls.iter().map(|call| call.took).sum();
        let count = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
        format!("~{}", milliseconds(total / count))
    }

    /// What else there is to know: what the log says, what the disk did.
    pub(crate) fn notes(&self, expect: &Expect) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(space) = self.space {
            notes.push(format!(
                "free MB before, meanwhile, after: {}, {}, {}",
                space.before, space.least, space.after
            ));
        }
        let worth_telling = |line: &&Line| match expect {
            Expect::Disk { .. } => line.disk_mb.is_some(),
            Expect::Named { .. } | Expect::Rejected => line.is_complaint(),
            _ => false,
        };
        if let Some(line) = self.log.iter().find(worth_telling) {
            let figure = line.disk_mb.map(|mb| format!(", disk_mb {mb}"));
            notes.push(format!("log: {}{}", line.text, figure.unwrap_or_default()));
        }
        notes
    }
}

/// A duration as the table shows it.
pub(crate) fn milliseconds(duration: Duration) -> String {
    format!("{} ms", duration.as_millis())
}
