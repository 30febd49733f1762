//! Calls that are judged and not made, what comes of them, and why.

mod asks;
mod histogram;
mod report;
mod tally;

pub(crate) use self::report::{print, to_json};
pub(crate) use self::tally::Tally;

use std::time::{Duration, SystemTime};

use chaos_core::simulate::Call;
use serde_json::Value;

/// What is known of the calls, all of which are alike.
#[derive(Clone, Debug)]
pub(crate) struct Calls {
    pub(crate) count: u64,
    /// The handler's, unless a point is named.
    pub(crate) point: Option<String>,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) event: Option<Value>,
    pub(crate) at: SystemTime,
    /// What is left until the invocation's deadline.
    pub(crate) remaining: Option<Duration>,
}

impl Calls {
    fn call(&self) -> Call {
        let call = match &self.point {
            Some(point) => Call::point(point),
            None => Call::handler(),
        };
        let call = self
            .labels
            .iter()
            .fold(call.at(self.at), |call, (name, value)| {
                call.label(name, value)
            });
        let call = match &self.event {
            Some(event) => call.event(event.clone()),
            None => call,
        };
        match self.remaining {
            Some(remaining) => call.remaining(remaining),
            None => call,
        }
    }

    fn label(&self, name: &str) -> Option<&str> {
        let label = self.labels.iter().find(|(label, _)| label == name);
        label.map(|(_, value)| &**value)
    }
}
